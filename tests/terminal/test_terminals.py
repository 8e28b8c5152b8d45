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
    "tmux": {"TERM": "tmux"},
    "truecolor": {"COLORTERM": "truecolor"},
}


def attributes(desk: PtyDesk, row: int) -> set[tuple[object, ...]]:
    """How the characters of a row look, apart from what they say."""
    cells = desk.screen.buffer[row]
    return {(c.fg, c.bg, c.bold, c.reverse, c.underscore) for c in (cells[column] for column in range(80))}


def row_with(desk: PtyDesk, text: str) -> int:
    return next(row for row, line in enumerate(desk.screen_text().splitlines()) if text in line)


@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_selected_row_is_marked_in_text_and_in_attributes(demo: DemoHome, terminal: str) -> None:
    with demo.signed_in(env=TERMINALS[terminal]) as desk:
        desk.wait_for("› ⚙ ▤ 10000056")
        desk.send("j")
        desk.wait_for("› ⚙ ▤ 10000093")
        desk.read_until_quiet()
        selected, other = row_with(desk, "› ⚙ ▤ 10000093"), row_with(desk, "10000130")
        assert attributes(desk, selected) != attributes(desk, other)
        assert sum(line.startswith("›") for line in desk.screen_text().splitlines()) == 1


@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_current_entry_field_and_button_are_marked(demo: DemoHome, terminal: str) -> None:
    with demo.signed_in(env=TERMINALS[terminal]) as desk:
        desk.send("g")
        desk.wait_for("› c  Issue Credit")
        desk.send("\r")
        desk.wait_for("╭─ Issue Credit ─")
        for _ in range(3):
            desk.send("\t")
        desk.read_until_quiet()
        row = row_with(desk, "Issue Credit     Cancel")
        column = desk.screen_text().splitlines()[row].index("Issue Credit")
        ok, cancel = desk.screen.buffer[row][column], desk.screen.buffer[row][column + len("Issue Credit     ")]
        look = [(cell.fg, cell.bg, cell.bold, cell.reverse, cell.underscore) for cell in (ok, cancel)]
        assert look[0] != look[1]


def test_without_colour_no_colour_is_sent(demo: DemoHome) -> None:
    with demo.signed_in(env={"NO_COLOR": "1"}) as desk:
        desk.read_until_quiet()
        rows = range(24)
        colours = {(c.fg, c.bg) for row in rows for c in (desk.screen.buffer[row][column] for column in range(80))}
        assert all(is_grey(colour) for pair in colours for colour in pair), colours


def is_grey(colour: str) -> bool:
    """The terminal's own colour or a shade of grey."""
    return colour in ("default", "black", "white", "brightblack") or len({colour[i : i + 2] for i in (0, 2, 4)}) == 1
