"""What a key costs on the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal.pty_desk import PtyDesk

MOVE_BYTES = {"truecolor": 640, "": 480}


@pytest.fixture(scope="module", params=MOVE_BYTES)
def colours(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def open_table(colours: str) -> Iterator[PtyDesk]:
    with PtyDesk.python("tests.terminal.tiny_table", env={"COLORTERM": colours}) as desk:
        yield desk


@pytest.fixture
def desk(open_table: PtyDesk) -> PtyDesk:
    """A list of ten million rows with the cursor on the first one."""
    open_table.wait_for("A-")
    open_table.send("\x1b[H")
    open_table.wait_for("› ⚙ A-0 ")
    open_table.read_until_quiet()
    return open_table


def bytes_for(desk: PtyDesk, keys: str) -> int:
    before = len(desk.raw_output)
    desk.send(keys)
    desk.read_until_quiet()
    return len(desk.raw_output) - before


def test_a_move_of_the_cursor_writes_two_lines(desk: PtyDesk, colours: str) -> None:
    bytes_for(desk, "j")
    assert 0 < bytes_for(desk, "j") <= MOVE_BYTES[colours]


def test_two_hundred_moves_in_one_go_land_on_their_row_without_painting_each(desk: PtyDesk) -> None:
    written = bytes_for(desk, "\x1b[B" * 200)
    desk.wait_for("› ⚙ A-200 ")
    assert written < 100_000


def test_the_end_of_ten_million_rows_is_one_key_away(desk: PtyDesk) -> None:
    desk.send("\x1b[F")
    desk.wait_for("A-9999999 ")


def test_an_idle_list_writes_nothing(desk: PtyDesk) -> None:
    assert bytes_for(desk, "") == 0
