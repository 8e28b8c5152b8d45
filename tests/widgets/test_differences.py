"""Which cells of a line are painted anew."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from tui_billing.widgets.line_widget import LineWidget


class Recorder(LineWidget):
    """Remembers what it is asked to paint."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: list[Region] = []

    def refresh(self, *regions: Region, **_: object) -> Recorder:
        """Paint nothing."""
        self.painted += regions
        return self


@pytest.mark.parametrize(
    ("before", "after", "first", "last"),
    [
        ("abcdef", "abXdYf", 2, 4),
        ("日本甲", "日本乙", 4, 5),
        ("日本x", "日本", 4, 4),
        ("e\u0301ab", "e\u0301ac", 2, 2),
        ("e\u0301ab", "e\u0300ab", 0, 0),
    ],
)
def test_all_cells_of_what_differs_and_no_others(before: str, after: str, first: int, last: int) -> None:
    widget = Recorder()
    widget.refresh_difference(3, Strip([Segment(before)]), Strip([Segment(after)]))
    assert widget.painted[-1:] == [Region(first, 3, last + 1 - first, 1)]


def test_nothing_where_nothing_differs() -> None:
    widget = Recorder()
    before = len(widget.painted)
    widget.refresh_difference(3, Strip([Segment("same")]), Strip([Segment("same")]))
    assert len(widget.painted) == before
