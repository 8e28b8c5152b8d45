"""The turns of those who write to one SQLite file: who keeps on, who comes next, and what stands in nobody's way."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.desk_fixtures import Desk
from tui_billing.domain.errors import StoreBusy, StoreUnavailable
from tui_billing.store import sqlite_turns
from tui_billing.store.sqlite_turns import CALLED_OFFSET, SINCE_OFFSET, STAMP_BYTES, Turns

LONG_NS = 600 * 1_000_000_000
IN_TIME_S = 20
# Who waits for a lock, and who has it.
LOCKS = Path("/proc/locks")


class Writers:
    """Some who write to one database, each in a thread; and what their files say."""

    def __init__(self, database: Path, threads: ThreadPoolExecutor) -> None:
        self._database, self._threads = database, threads
        self.turn, self.line = Path(f"{database}-turn"), Path(f"{database}-line")

    def one(self) -> Turns:
        """One that has not written yet."""
        return Turns(self._database)

    def one_without_pause(self) -> Turns:
        """One that has just written."""
        turns = self.one()
        turns.take().close()
        return turns

    def comes(self, turns: Turns) -> Future[ExitStack]:
        """It waits for the turn, or for the head of the line."""
        waiting = self._waiting()
        comes = self._threads.submit(turns.take)
        until(lambda: self._waiting() > waiting)
        return comes

    def says(self, offset: int) -> int:
        """What the turn's file says there."""
        return int.from_bytes(self.turn.read_bytes()[offset : offset + STAMP_BYTES], "big")

    def let_say(self, offset: int, stamp_ns: int) -> None:
        """Write it there."""
        with self.turn.open("r+b") as file:
            os.pwrite(file.fileno(), stamp_ns.to_bytes(STAMP_BYTES, "big"), offset)

    def _waiting(self) -> int:
        files = [file.stat().st_ino for file in (self.turn, self.line) if file.exists()]
        locks = LOCKS.read_text()
        return sum(locks.count(f":{file} ") for file in files)


def until(holds: Callable[[], bool]) -> None:
    until_s = time.monotonic() + IN_TIME_S
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.001)


@pytest.fixture
def writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Writers]:
    """All of which make no pause once they have begun, and keep on for long while others stand in line."""
    if not LOCKS.exists():
        pytest.skip("who waits for a lock is what only Linux tells")
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", LONG_NS)
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", LONG_NS)
    with ThreadPoolExecutor() as threads:
        try:
            yield Writers(tmp_path / "billing.db", threads)
        finally:
            # A test that fails leaves nobody waiting.
            monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", 0)


def test_who_makes_no_pause_keeps_on_until_his_time_is_over(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps_on, other = writers.one_without_pause(), writers.one_without_pause()
    turn = keeps_on.take()
    comes = writers.comes(other)
    for _ in range(5):
        turn.close()
        turn = keeps_on.take()
        time.sleep(5 * sqlite_turns.LOOK_EVERY_S)
    assert not comes.done()
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", 0)
    until(lambda: writers.says(CALLED_OFFSET) > 0)
    turn.close()
    comes.result(IN_TIME_S).close()
    assert writers.says(CALLED_OFFSET) == 0


def test_somebody_else_is_let_in_with_the_end_of_a_turn(writers: Writers) -> None:
    keeps_on = writers.one_without_pause()
    turn = keeps_on.take()
    comes = writers.comes(writers.one())
    turn.close()
    comes.result(IN_TIME_S).close()
    keeps_on.take().close()


def test_who_makes_a_pause_is_not_waited_for(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    paused, other = writers.one_without_pause(), writers.one_without_pause()
    turn = paused.take()
    comes = writers.comes(other)
    turn.close()
    time.sleep(5 * sqlite_turns.LOOK_EVERY_S)
    assert not comes.done()
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", 1_000_000)
    comes.result(IN_TIME_S).close()


def test_who_was_let_in_keeps_on_from_then(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = writers.one_without_pause(), writers.one_without_pause()
    turn = first.take()
    comes = writers.comes(second)
    before_ns = time.monotonic_ns()
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", 1_000_000)
    turn.close()
    comes.result(IN_TIME_S).close()
    assert writers.says(SINCE_OFFSET) > before_ns


def test_who_has_to_let_others_in_passes_nobody(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps_on, second, third = (writers.one_without_pause() for _ in range(3))
    turn = keeps_on.take()
    second_comes = writers.comes(second)
    third_comes = writers.comes(third)
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", 0)
    until(lambda: writers.says(CALLED_OFFSET) > 0)
    turn.close()
    second_turn = second_comes.result(IN_TIME_S)
    again = writers.comes(keeps_on)
    second_turn.close()
    third_turn = third_comes.result(IN_TIME_S)
    assert not again.done()
    third_turn.close()
    again.result(IN_TIME_S).close()


def test_who_is_called_stands_in_line_though_the_turn_is_free(
    writers: Writers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_turns, "STOPPED_NS", LONG_NS)
    keeps_on = writers.one_without_pause()
    line = os.open(writers.line, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(line, fcntl.LOCK_EX)
    writers.let_say(CALLED_OFFSET, time.monotonic_ns())
    comes = writers.comes(keeps_on)
    assert not comes.done()
    os.close(line)
    comes.result(IN_TIME_S).close()


def test_who_is_stopped_in_line_keeps_others_for_a_moment(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_turns, "STOPPED_NS", 50_000_000)
    one, other = writers.one_without_pause(), writers.one_without_pause()
    line = os.open(writers.line, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(line, fcntl.LOCK_EX)
    writers.let_say(CALLED_OFFSET, time.monotonic_ns())
    one.take().close()
    assert writers.says(CALLED_OFFSET) > 0
    turn = other.take()
    comes = writers.comes(one)
    time.sleep(0.05)
    turn.close()
    comes.result(IN_TIME_S).close()
    os.close(line)


@pytest.mark.parametrize("said", [b"", b"\xff" * 3 * STAMP_BYTES, b"a letter to nobody"])
def test_whatever_the_file_says_a_turn_comes(writers: Writers, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = writers.one_without_pause(), writers.one_without_pause()
    turn = one.take()
    writers.turn.write_bytes(said)
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", 1_000_000)
    comes = writers.comes(other)
    turn.close()
    comes.result(IN_TIME_S).close()


def test_what_was_done_in_a_turn_is_done_on_a_full_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    turns = Turns(tmp_path / "billing.db")
    turn = turns.take()
    with monkeypatch.context() as on_a_full_disk:
        on_a_full_disk.setattr(os, "pwrite", full)
        turn.close()
    turns.take().close()


def test_nobody_waits_for_a_turn_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_turns, "BUSY_TIMEOUT_S", 0.05)
    with (
        desk.store.writing(),
        pytest.raises(StoreBusy, match=r"writing a lot\. Nothing was done"),
        desk.store.writing(),
    ):
        pass
    with desk.store.writing():
        pass


def test_nobody_waits_in_line_without_end(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = writers.one_without_pause(), writers.one_without_pause()
    turn = one.take()
    monkeypatch.setattr(sqlite_turns, "BUSY_TIMEOUT_S", 0.05)
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", 0)
    with pytest.raises(StoreBusy, match=r"writing a lot\. Nothing was done"):
        other.take()
    assert writers.says(CALLED_OFFSET) == 0
    turn.close()
    other.take().close()


@pytest.mark.parametrize("ending", ["-turn", "-line"])
def test_a_turn_that_cannot_be_taken_is_a_sentence(
    desk: Desk, tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", LONG_NS)
    with desk.store.writing():
        pass
    turn = Turns(Path(desk.settings.database)).take()
    file = Path(f"{desk.settings.database}{ending}")
    file.unlink(missing_ok=True)
    file.symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(StoreUnavailable, match=rf"{ending} cannot be locked: .* Nothing was done"),
        desk.store.writing(),
    ):
        pass
    assert not (tmp_path / "elsewhere").exists()
    turn.close()
