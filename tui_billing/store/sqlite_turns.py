"""Turns for the writers of one SQLite file: SQLite itself lets some wait a second while others pass them."""

from __future__ import annotations

import fcntl
import os
from _thread import allocate_lock, start_new_thread
from contextlib import suppress
from pathlib import Path

from tui_billing.domain.errors import StoreBusy, StoreUnavailable

BUSY_TIMEOUT_S = 30


class Turns:
    """The lock of a file beside the database, which is gone with whoever holds it."""

    def __init__(self, database: Path) -> None:
        self._database, self._file = database, f"{database}-turn"

    def take(self) -> int:
        """Wait for this writer's turn; the descriptor that is given ends it when it is closed.

        Raises `StoreBusy` if others are too long at it, and `StoreUnavailable` if the file cannot be locked.
        """
        descriptor, locked = None, False
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            locked = _locked(descriptor)
        except OSError as error:
            raise StoreUnavailable(f"{self._file} cannot be locked: {error.strerror}. Nothing was done.") from None
        finally:
            if descriptor is not None and not locked:
                os.close(descriptor)
        if not locked:
            raise StoreBusy(f"{self._database} is busy: somebody else is writing a lot. Nothing was done; try again.")
        return descriptor


def _locked(descriptor: int) -> bool:
    """Whether the file's lock was got in time; the system gives it in the order in which it was asked for."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _locked_in_time(descriptor)
    return True


def _locked_in_time(descriptor: int) -> bool:
    got: list[bool] = []
    ended = allocate_lock()
    ended.acquire()

    def wait() -> None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            got.append(True)
        ended.release()

    # No call waits for a lock with a limit. What it gets too late, it gives back as the descriptor is closed.
    # A `Thread` would wake this one twice more: once it has begun, and once it has wholly gone.
    start_new_thread(wait, ())
    ended.acquire(timeout=BUSY_TIMEOUT_S)
    return bool(got)
