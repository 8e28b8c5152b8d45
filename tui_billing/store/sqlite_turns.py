"""Turns for the writers of one SQLite file: SQLite itself lets some wait a second while others pass them.

They come in order. But whoever writes without a pause takes the next turn too, as long as it is free; if it is not, he
stands in line. The head of the line waits while somebody else writes so, for as long as that may last, and then calls.
"""

from __future__ import annotations

import fcntl
import os
import time
from _thread import allocate_lock, start_new_thread
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path

from tui_billing.domain.errors import StoreBusy, StoreUnavailable

BUSY_TIMEOUT_S = 30
# Without a pause: no more than this between the end of a turn and the next.
PAUSE_NS = 500_000
# For so long, while others stand in line: a payment takes half as long again after another desk's, whose data is what
# the processor's caches hold. Of four that never pause each waits for three.
KEEPS_ON_NS = 73_000_000
LOOK_EVERY_S = timedelta(milliseconds=1).total_seconds()
# Who is stopped in line, as by Ctrl+Z, keeps others for no longer.
STOPPED_NS = 1_000_000_000
# Where the turn's file says, in nanoseconds of the system's monotonic clock: since when somebody keeps on, when the
# last turn ended, and when the head of the line called, 0 once it was let in.
SINCE_OFFSET, ENDED_OFFSET, CALLED_OFFSET = 0, 8, 16
STAMP_BYTES = 8


class Turns:
    """A writer's turns, by the locks of two files beside the database, which are gone with whoever holds them."""

    def __init__(self, database: Path) -> None:
        self._database, self._turn_path, self._line_path = database, f"{database}-turn", f"{database}-line"
        # When this writer's last turn ended, by the system's monotonic clock.
        self._ended_ns = 0

    def take(self) -> ExitStack:
        """Wait for this writer's turn, which ends as what is given is closed: once it has committed or rolled back.

        Raises `StoreBusy` if others are too long at it, and `StoreUnavailable` if a file cannot be locked.
        """
        until_ns = time.monotonic_ns() + BUSY_TIMEOUT_S * 1_000_000_000
        with ExitStack() as held:
            try:
                turn = _opened(self._turn_path, held)
                if time.monotonic_ns() < self._ended_ns + PAUSE_NS:
                    taken = _kept_on(turn) or self._let_in(turn, held, until_ns)
                else:
                    taken = _locked(turn, until_ns)
            except OSError as error:
                file = error.filename or self._turn_path
                raise StoreUnavailable(f"{file} cannot be locked: {error.strerror}. Nothing was done.") from None
            if taken:
                held.callback(self._end, turn)
                return held.pop_all()
        raise StoreBusy(f"{self._database} is busy: somebody else is writing a lot. Nothing was done; try again.")

    def _let_in(self, turn: int, held: ExitStack, until_ns: int) -> bool:
        """Whether the line led to the turn in time."""
        # Held until the turn ends: by then whoever kept on, and finds the next one called, stands behind those in line.
        line = _opened(self._line_path, held)
        if not _locked(line, min(until_ns, time.monotonic_ns() + STOPPED_NS)):
            return _locked(turn, until_ns)
        if _came_free(turn) or _called(turn, until_ns):
            _stamp(turn, SINCE_OFFSET)
            return True
        return False

    def _end(self, turn: int) -> None:
        self._ended_ns = time.monotonic_ns()
        # What was committed stays so on a full disk, too.
        with suppress(OSError):
            _stamp(turn, ENDED_OFFSET)


def _kept_on(turn: int) -> bool:
    """Whether the turn was free and nobody called, so that a writer who makes no pause has it again."""
    if _age_ns(turn, CALLED_OFFSET) < STOPPED_NS or not _locked_at_once(turn):
        return False
    if _age_ns(turn, SINCE_OFFSET) >= KEEPS_ON_NS:
        _stamp(turn, SINCE_OFFSET)
    return True


def _came_free(turn: int) -> bool:
    """Whether the turn came free, and is taken, while somebody wrote without a pause and might go on."""
    until_ns = time.monotonic_ns() + KEEPS_ON_NS
    while _age_ns(turn, SINCE_OFFSET) < KEEPS_ON_NS and time.monotonic_ns() < until_ns:
        if _age_ns(turn, ENDED_OFFSET) >= PAUSE_NS and _locked_at_once(turn):
            return True
        time.sleep(LOOK_EVERY_S)
    return False


def _called(turn: int, until_ns: int) -> bool:
    """Whether the turn was got in time, while whoever keeps on stands in line."""
    _stamp(turn, CALLED_OFFSET)
    try:
        return _locked(turn, until_ns)
    finally:
        os.pwrite(turn, bytes(STAMP_BYTES), CALLED_OFFSET)


def _age_ns(turn: int, offset: int) -> int:
    # What was written before the system was started again lies in the future.
    return abs(time.monotonic_ns() - int.from_bytes(os.pread(turn, STAMP_BYTES, offset), "big"))


def _stamp(turn: int, offset: int) -> None:
    os.pwrite(turn, time.monotonic_ns().to_bytes(STAMP_BYTES, "big"), offset)


def _opened(file: str, held: ExitStack) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    held.callback(os.close, descriptor)
    return descriptor


def _locked_at_once(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked(descriptor: int, until_ns: int) -> bool:
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
    left = timedelta(microseconds=(until_ns - time.monotonic_ns()) // 1_000)
    ended.acquire(timeout=max(0, left.total_seconds()))
    return bool(got)
