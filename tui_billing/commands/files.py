"""Files that commands take in."""

from __future__ import annotations

import sys
from pathlib import Path

from tui_billing.commands.parsing import UsageFault
from tui_billing.services.csv_lines import LARGEST_BYTES

STANDARD_INPUT = "-"


def file_name(named: str) -> str:
    """What a file is called, without its folder."""
    return "standard input" if named == STANDARD_INPUT else Path(named).name


def content_of(name: str) -> bytes:
    """A file's bytes, or those of standard input for `-`, up to one more than is taken in.

    Raises `UsageFault` if it cannot be read.
    """
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST_BYTES + 1)
    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else "") or "is no file"
        raise UsageFault(f"{name[:200]} cannot be read: {reason}. Name a CSV file.") from None
