"""The desk in the terminals and colours it is used with."""

from __future__ import annotations

import pytest

from tests.terminal.demo_home import DemoHome
from tests.terminal.pty_desk import PtyDesk

TERMINALS = {
    "NO_COLOR": {"NO_COLOR": "1"},
    "xterm": {"TERM": "xterm"},
    "xterm-256color": {"TERM": "xterm-256color"},
    "screen": {"TERM": "screen"},
}


def row_with(desk: PtyDesk, text: str) -> int:
    return next(row for row, line in enumerate(desk.screen_text().splitlines()) if text in line)


def look(desk: PtyDesk, row: int, column: int) -> tuple[object, ...]:
    """How a character looks, apart from what it says."""
    cell = desk.screen.buffer[row][column]
    return (cell.fg, cell.bg, cell.bold, cell.reverse, cell.underscore)


@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_selected_row_entry_and_button_are_marked_and_without_colour_none_is_sent(
    demo: DemoHome, terminal: str
) -> None:
    with demo.signed_in(env=TERMINALS[terminal]) as desk:
        desk.wait_for("› ⚙ ▤ 10000056")
        if "NO_COLOR" in TERMINALS[terminal]:
            desk.read_until_quiet()
            assert_no_colour(desk)
        desk.send("j")
        desk.wait_for("› ⚙ ▤ 10000093")
        assert sum(line.startswith("›") for line in desk.screen_text().splitlines()) == 1
        selected, other = row_with(desk, "› ⚙ ▤ 10000093"), row_with(desk, "10000130")
        assert look(desk, selected, 8) != look(desk, other, 8)
        desk.send("g")
        desk.wait_for("› c  Issue Credit")
        desk.send("\r")
        desk.wait_for("╭─ Issue Credit ─")
        desk.send("\t\t\t")
        desk.wait_for("[› Issue Credit  ]  [  Cancel  ]")
        desk.read_until_idle()
        row = row_with(desk, "[› Issue Credit  ]  [  Cancel  ]")
        line = desk.screen_text().splitlines()[row]
        assert look(desk, row, line.index("Issue Credit")) != look(desk, row, line.index("Cancel"))
        if "NO_COLOR" in TERMINALS[terminal]:
            assert_no_colour(desk)


def assert_no_colour(desk: PtyDesk) -> None:
    rows = range(24)
    colours = {(c.fg, c.bg) for row in rows for c in (desk.screen.buffer[row][column] for column in range(80))}
    assert all(is_grey(colour) for pair in colours for colour in pair), colours


def is_grey(colour: str) -> bool:
    """The terminal's own colour or a shade of grey."""
    return colour in ("default", "black", "white", "brightblack") or len({colour[i : i + 2] for i in (0, 2, 4)}) == 1
