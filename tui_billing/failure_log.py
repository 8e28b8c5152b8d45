"""The log of bugs: where in the code, never with which values."""

from __future__ import annotations

import os
import time
import traceback
from pathlib import Path

from tui_billing import __version__
from tui_billing.domain.text import shown


def write_failure(log_file: Path, error: BaseException, doing: str) -> Path | None:
    """Append the failure to the log file, which only its owner can read, and give its path if that worked."""
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as log:
            log.write(_report(error, doing))
    except OSError:
        return None
    return log_file


def told_of_failure(error: BaseException, written: Path | None) -> str:
    """The sentence for the one in front of the terminal."""
    where = f"Details are in {written}." if written else "The details could not be written to the log file."
    return f"Something went wrong that is a fault of tui-billing ({type(error).__name__}). {where}"


def _report(error: BaseException, doing: str) -> str:
    head = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} tui-billing {__version__}: {shown(doing, 40)}"
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{head}\n{frames}{type(error).__name__}: {shown(str(error))}\n\n"
