"""Turns for the writers of one SQLite file: SQLite itself lets some wait a second while others pass them."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

from tui_billing.domain.errors import StoreBusy, StoreUnavailable

BUSY_TIMEOUT_S = 30


def take_turn(database: Path) -> int:
    """Wait for this writer's turn; the descriptor that is given ends it when it is closed.

    The lock is that of a file beside the database, and is gone with whoever holds it. Raises `StoreBusy` if others are
    too long at it, and `StoreUnavailable` if that file cannot be locked.
    """
    turn = database.with_name(f"{database.name}-turn")
    with ExitStack() as failed:
        try:
            descriptor = os.open(turn, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            failed.callback(os.close, descriptor)
            locked = _locked(descriptor)
        except OSError as error:
            raise StoreUnavailable(f"{turn} cannot be locked: {error.strerror}. Nothing was done.") from None
        if not locked:
            raise StoreBusy(f"{database} is busy: somebody else is writing a lot. Nothing was done; try again.")
        failed.pop_all()
    return descriptor


def _locked(descriptor: int) -> bool:
    """Whether the file's lock was got in time; the system gives it in the order in which it was asked for."""
    got: list[bool] = []

    def wait() -> None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            got.append(True)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # No call waits for a lock with a limit. What it gets too late, it gives back as the descriptor is closed.
        waiting = Thread(target=wait, daemon=True)
        waiting.start()
        waiting.join(BUSY_TIMEOUT_S)
        return bool(got)
    return True
