"""Where the tests keep their files: in memory, where the machine has room for them there.

What survives a power cut is no test's question, and waiting for a disk a hundred thousand times takes a minute.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30


def keep_files_in_memory() -> None:
    """For this process and those that it starts, unless somebody has said where: TMPDIR."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and _has_room():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _has_room() -> bool:
    there = os.statvfs(MEMORY)
    # A server's programs may have to be copied to where its data lies.
    return there.f_bavail * there.f_frsize > ROOM and not there.f_flag & os.ST_NOEXEC
