"""Which cells of a line are painted anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.terminal.pty_desk import Emulator
from tui_billing.terminal.cells import Cells

WIDTH = 12
RED = Style(color="red")
runs = st.tuples(st.text("ab ›日é\u0301", max_size=WIDTH), st.sampled_from([Style(), RED, Style(bold=True)]))
lines = st.lists(runs, max_size=4).map(lambda made: Strip([Segment(*run) for run in made]).adjust_cell_length(WIDTH))


@pytest.mark.parametrize(
    ("before", "after", "stretches"),
    [
        ("same", "same", []),
        ("abcdef", "abXdYf", [(2, 5)]),
        ("abcdefghijkl", "Xbcdefghijkl", [(0, 1)]),
        ("abcdefghijkl", "XbcdefghijkY", [(0, 1), (11, 12)]),
        ("日本甲", "日本乙", [(4, 6)]),
        ("日本x", "日本y", [(4, 5)]),
        ("日日", "a日b", [(0, 4)]),
        ("e\u0301ab", "e\u0301ac", [(2, 3)]),
        ("e\u0301ab", "e\u0300ab", [(0, 1)]),
        # A mark that makes the heart before it two cells wide.
        ("❤\ufe0fab", "❤\ufe0fac", [(3, 4)]),
        ("longer", "short", [(0, 5)]),
    ],
)
def test_all_cells_of_what_differs_and_no_others(before: str, after: str, stretches: list[tuple[int, int]]) -> None:
    assert Cells([Segment(after)]).differences(Cells([Segment(before)])) == stretches


def test_cells_of_another_style_are_not_painted_along() -> None:
    middle = Segment("--", RED)
    before, after = Cells([Segment("a"), middle, Segment("b")]), Cells([Segment("A"), middle, Segment("B")])
    assert after.differences(before) == [(0, 1), (3, 4)]


def test_a_line_that_was_never_painted_is_painted_whole() -> None:
    assert Cells([Segment("all", RED), Segment(" of it")]).differences(None) == [(0, 9)]


@pytest.mark.parametrize("name", ["❤\ufe0f", "🇩🇪", "日本", "e\u0301"])
def test_a_figure_stands_where_it_belongs_however_wide_the_terminal_takes_the_name_before_it(name: str) -> None:
    terminal = Emulator(WIDTH + 1, 1)
    cells = Cells(Strip([Segment(name)]).extend_cell_length(4) + Strip([Segment("12.50")]))
    terminal.feed(cells.written(0, 9, ColorSystem.TRUECOLOR).encode())
    assert "".join(terminal.screen.buffer[0][x].data for x in range(4, 9)) == "12.50"


def test_nothing_of_what_stood_there_stays_behind_an_emoji_that_the_terminal_takes_for_narrow() -> None:
    terminal = Emulator(WIDTH, 1)
    terminal.feed(b"before")
    terminal.feed(b"\r" + Cells([Segment("❤\ufe0f! ")]).written(0, 4, ColorSystem.TRUECOLOR).encode())
    assert terminal.text == "❤ ! re"


@given(lines, lines)
def test_a_line_over_which_the_differences_are_written_is_the_other_line(before: Strip, after: Strip) -> None:
    # A column more: the emulator takes a mark at the end of a line to the next one.
    painted, expected = Emulator(WIDTH + 1, 1), Emulator(WIDTH + 1, 1)
    was, now = Cells(before), Cells(after)
    painted.feed(was.written(0, WIDTH, ColorSystem.TRUECOLOR).encode())
    for first, end in now.differences(was):
        painted.feed(f"\x1b[1;{first + 1}H{now.written(first, end, ColorSystem.TRUECOLOR)}".encode())
    expected.feed(now.written(0, WIDTH, ColorSystem.TRUECOLOR).encode())
    assert [painted.screen.buffer[0][x] for x in range(WIDTH)] == [expected.screen.buffer[0][x] for x in range(WIDTH)]
