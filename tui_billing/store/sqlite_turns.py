"""Turns for the writers of one SQLite file: SQLite itself lets some wait a second while others pass them."""

from __future__ import annotations

import fcntl
import os
import time
from _thread import allocate_lock, start_new_thread
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from tui_billing.domain.errors import StoreBusy, StoreUnavailable

BUSY_TIMEOUT_S = 30
# Whoever writes without a pause keeps on for so long, from when the line let it in, before it lets in the next: a
# payment takes half as long again after another desk's, whose data is what the processor's caches hold. Of four such
# desks each waits for three; who comes upon one that has kept on for longer waits for no more than its turn.
KEEPS_ON_NS = 75_000_000
# Who has not ended a turn for longer does not write without a pause.
PAUSE_NS = 5_000_000
LOOK_S = timedelta(milliseconds=1).total_seconds()
# What the turn's file says, by the system's monotonic clock: when a turn last ended, and when the line last let one in.
ENDED_AT, LET_IN_AT, STAMP_BYTES = 0, 8, 8
CALLED = bytes(STAMP_BYTES)
"""Stands for the latter while the next in line is called: nobody else may go on."""


class Turns:
    """The locks of two files beside the database, the turn and the head of the line; both go with who holds them."""

    def __init__(self, database: Path) -> None:
        self._database, self._turn, self._line = database, f"{database}-turn", f"{database}-line"

    def take(self) -> Turn:
        """Wait for this writer's turn.

        Raises `StoreBusy` if others are too long at it, and `StoreUnavailable` if a file cannot be locked.
        """
        held: list[int] = []
        taken = False
        try:
            taken = self._is_free(held) or self._is_let_in(held)
        except OSError as error:
            file = error.filename or self._turn
            raise StoreUnavailable(f"{file} cannot be locked: {error.strerror}. Nothing was done.") from None
        finally:
            if not taken:
                _close(held)
        if not taken:
            raise StoreBusy(f"{self._database} is busy: somebody else is writing a lot. Nothing was done; try again.")
        return Turn(held)

    def _is_free(self, held: list[int]) -> bool:
        held.append(turn := _opened(self._turn))
        return os.pread(turn, STAMP_BYTES, LET_IN_AT) != CALLED and _locked_at_once(turn)

    def _is_let_in(self, held: list[int]) -> bool:
        [turn] = held
        # Kept until the turn has ended, so that who is sent to the line by the call finds others before him.
        held.append(line := _opened(self._line))
        if not _locked(line):
            return False
        while _keeps_on(turn):
            time.sleep(LOOK_S)
        os.pwrite(turn, CALLED, LET_IN_AT)
        try:
            return _locked(turn)
        finally:
            _stamp(turn, LET_IN_AT)


class Turn:
    """A writer's turn."""

    def __init__(self, held: list[int]) -> None:
        self._held = held

    def end(self) -> None:
        """Let the next writer go on, once this one has committed or rolled back."""
        # What was committed stays so on a full disk, too.
        with suppress(OSError):
            _stamp(self._held[0], ENDED_AT)
        _close(self._held)


def _keeps_on(turn: int) -> bool:
    """Whether somebody has turn after turn, and may."""
    return _age_ns(turn, ENDED_AT) < PAUSE_NS and _age_ns(turn, LET_IN_AT) < KEEPS_ON_NS


def _age_ns(turn: int, at: int) -> int:
    return abs(time.monotonic_ns() - int.from_bytes(os.pread(turn, STAMP_BYTES, at), "big"))


def _stamp(turn: int, at: int) -> None:
    os.pwrite(turn, time.monotonic_ns().to_bytes(STAMP_BYTES, "big"), at)


def _opened(file: str) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _close(held: list[int]) -> None:
    for descriptor in held:
        os.close(descriptor)


def _locked_at_once(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(descriptor: int) -> bool:
    """Whether the file's lock was got in time; the system gives it in the order in which it was asked for."""
    if _locked_at_once(descriptor):
        return True
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
