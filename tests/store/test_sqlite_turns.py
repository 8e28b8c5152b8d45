"""The turns of those who write to one SQLite file: who keeps on, who comes next, and what stands in nobody's way."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.desk_fixtures import Desk
from tui_billing.domain.errors import StoreBusy, StoreUnavailable
from tui_billing.store import sqlite_turns
from tui_billing.store.sqlite_turns import CALLED, LET_IN_AT, STAMP_BYTES, Turn, Turns

LONG_NS = 10**18
IN_TIME_S = 20


class Writers:
    """Some who write to one database, each in a thread; and what their files say."""

    def __init__(self, database: Path, threads: ThreadPoolExecutor) -> None:
        self.turns, self._threads = Turns(database), threads
        self.turn, self.line = Path(f"{database}-turn"), Path(f"{database}-line")

    def come(self) -> Future[Turn]:
        """One comes, and waits in line."""
        waiting = self.waiting()
        comes = self._threads.submit(self.turns.take)
        until(lambda: self.waiting() > waiting)
        return comes

    def waiting(self) -> int:
        """How many hold the line or wait for it, as the system tells."""
        if not self.line.exists():
            return 0
        return LOCKS.read_text().count(f":{self.line.stat().st_ino} ")

    def is_called(self) -> bool:
        """Whether the next in line is called."""
        return self.turn.read_bytes()[LET_IN_AT:] == CALLED

    def says_let_in(self, when_ns: int) -> None:
        """Write when the line last let one in."""
        with self.turn.open("r+b") as file:
            os.pwrite(file.fileno(), when_ns.to_bytes(STAMP_BYTES, "big"), LET_IN_AT)

    def let_in(self) -> Turn:
        """One who came by the line."""
        turn = self.turns.take()
        comes = self.come()
        turn.end()
        return comes.result(IN_TIME_S)


LOCKS = Path("/proc/locks")
pytestmark = pytest.mark.skipif(not LOCKS.exists(), reason="who waits for a lock is what only Linux tells")


def until(holds: Callable[[], bool]) -> None:
    until_s = time.monotonic() + IN_TIME_S
    while not holds():
        assert time.monotonic() < until_s
        time.sleep(0.001)


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[Writers]:
    with ThreadPoolExecutor() as threads:
        yield Writers(tmp_path / "billing.db", threads)


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_turns, "PAUSE_NS", LONG_NS)


@pytest.mark.usefixtures("no_pause")
def test_who_was_let_in_keeps_on_for_a_while(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = writers.let_in()
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", LONG_NS)
    comes = writers.come()
    for _ in range(5):
        turn.end()
        turn = writers.turns.take()
        time.sleep(10 * sqlite_turns.LOOK_S)
    assert not comes.done()
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", 0)
    until(writers.is_called)
    turn.end()
    comes.result(IN_TIME_S).end()


def test_who_makes_a_pause_is_not_waited_for(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = writers.let_in()
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", LONG_NS)
    comes = writers.come()
    turn.end()
    comes.result(IN_TIME_S).end()


@pytest.mark.usefixtures("no_pause")
def test_who_has_kept_on_for_long_lets_in_whoever_comes(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    writers.let_in().end()
    turn = writers.turns.take()
    writers.says_let_in(1)
    monkeypatch.setattr(sqlite_turns, "KEEPS_ON_NS", time.monotonic_ns() // 2)
    comes = writers.come()
    until(writers.is_called)
    turn.end()
    comes.result(IN_TIME_S).end()


def test_who_has_to_let_others_in_passes_nobody(writers: Writers) -> None:
    turn = writers.turns.take()
    second = writers.come()
    until(writers.is_called)
    third = writers.come()
    turn.end()
    first_again = writers.come()
    second.result(IN_TIME_S).end()
    third_turn = third.result(IN_TIME_S)
    assert not first_again.done()
    third_turn.end()
    first_again.result(IN_TIME_S).end()


def test_who_was_called_and_is_gone_stands_in_nobodys_way(writers: Writers) -> None:
    writers.let_in().end()
    writers.says_let_in(0)
    assert writers.is_called()
    writers.turns.take().end()
    assert not writers.is_called()


@pytest.mark.parametrize("said", [b"", b"\xff" * 2 * STAMP_BYTES, b"a letter to nobody"])
@pytest.mark.usefixtures("no_pause")
def test_whatever_the_file_says_a_turn_comes(writers: Writers, said: bytes) -> None:
    writers.turn.write_bytes(said)
    writers.let_in().end()
    writers.turns.take().end()


def test_what_was_done_in_a_turn_is_done_on_a_full_disk_too(writers: Writers, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    turn = writers.turns.take()
    with monkeypatch.context() as on_a_full_disk:
        on_a_full_disk.setattr(os, "pwrite", full)
        turn.end()
    writers.turns.take().end()


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


@pytest.mark.parametrize("ending", ["-turn", "-line"])
def test_a_turn_that_cannot_be_taken_is_a_sentence(desk: Desk, tmp_path: Path, ending: str) -> None:
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
    turn.end()
