"""Which cells of a line are painted anew."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui_billing.widgets.line_widget import differences


@pytest.mark.parametrize(
    ("before", "after", "stretches"),
    [
        ("same", "same", []),
        ("abcdef", "abXdYf", [(2, 3)]),
        ("abcdefghijkl", "Xbcdefghijkl", [(0, 1)]),
        ("abcdefghijkl", "XbcdefghijkY", [(0, 1), (11, 1)]),
        ("日本甲", "日本乙", [(4, 2)]),
        ("日本x", "日本", [(4, 1)]),
        ("日日", "a日b", [(0, 4)]),
        ("e\u0301ab", "e\u0301ac", [(2, 1)]),
        ("e\u0301ab", "e\u0300ab", [(0, 1)]),
    ],
)
def test_all_cells_of_what_differs_and_no_others(before: str, after: str, stretches: list[tuple[int, int]]) -> None:
    assert differences(Strip([Segment(before)]), Strip([Segment(after)])) == stretches


def test_cells_of_another_style_are_not_painted_along() -> None:
    middle = Segment("--", Style(color="red"))
    before, after = Strip([Segment("a"), middle, Segment("b")]), Strip([Segment("A"), middle, Segment("B")])
    assert differences(before, after) == [(0, 1), (3, 1)]
