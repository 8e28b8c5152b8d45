"""The log of bugs: where in the code, never with which values."""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui_billing import __version__
from tui_billing.commands.words import command_word
from tui_billing.config import read_settings
from tui_billing.domain.errors import BillingError
from tui_billing.domain.text import shown


def write_failure(error: Exception, arguments: Sequence[str]) -> Path | None:
    """Append the failure to the log file, which only its owner can read, and give its path if that worked."""
    try:
        path = read_settings().log_file
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as log:
            log.write(_report(error, arguments))
    except (OSError, BillingError):
        return None
    return path


def _report(error: Exception, arguments: Sequence[str]) -> str:
    command = shown(command_word(arguments), 40) or "the desk"
    head = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} tui-billing {__version__}: {command}"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{head}\n{frames}{type(error).__name__}: {shown(str(error))}\n\n"
