"""Two series of amounts, month by month, as bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget, Run

FIRST, SECOND = "█", "▒"
EIGHTHS = " ▁▂▃▄▅▆▇█"
MIN_GROUP = 4
MAX_GROUP = 8


class Bar(NamedTuple):
    """One month: its label, and the two amounts side by side."""

    label: str
    first: int
    second: int


class BarChart(LineWidget):
    """Pairs of bars over a scale: the first solid, the second hatched, so that no colour is needed to tell them."""

    DEFAULT_CSS = """
    BarChart { height: 10; padding: 0 1; }
    """

    def __init__(
        self,
        first: str,
        second: str,
        bars: Sequence[Bar] = (),
        formatter: Callable[[int], str] = str,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._legend = shown(first), shown(second)
        self._bars = tuple(bars)
        self._formatter = formatter

    def show(self, bars: Sequence[Bar], formatter: Callable[[int], str] | None = None) -> None:
        """Show other bars, and write their scale in another way if given; only what differs is painted."""
        self._bars = tuple(bars)
        self._formatter = formatter or self._formatter
        self.repaint(range(self.size.height))

    def draw_line(self, y: int) -> Strip:
        """The legend, a line of bars, or the labels."""
        first, second = self._legend
        if y == 0:
            return self.strip([("accent", FIRST), ("", f" {first}   "), ("muted", SECOND), ("", f" {second}")])
        lines = max(1, self.size.height - 2)
        scale_cells, group, bars = self._geometry()
        if y > lines:
            labels = "".join(fitted(bar.label, group - 1) + " " for bar in bars)
            return self.strip([("", " " * scale_cells), ("muted", labels)])
        highest = max((amount for bar in bars for amount in bar[1:]), default=0)
        mark = {1: highest, lines: 0}.get(y) if highest > 0 or y == lines else None
        runs = [("muted", fitted("" if mark is None else self._formatter(mark), scale_cells - 1, "right") + "│")]
        for bar in bars:
            runs += self._bar_runs(bar, lines - y, lines, highest, group)
        return self.strip(runs)

    def _geometry(self) -> tuple[int, int, tuple[Bar, ...]]:
        highest = max((amount for bar in self._bars for amount in bar[1:]), default=0)
        scale_cells = max(cell_len(shown(self._formatter(amount))) for amount in (0, max(0, highest))) + 1
        room = max(MIN_GROUP, self.size.width - scale_cells)
        group = max(MIN_GROUP, min(MAX_GROUP, room // max(1, len(self._bars))))
        return scale_cells, group, self._bars[-(room // group) :]

    @staticmethod
    def _bar_runs(bar: Bar, level: int, lines: int, highest: int, group: int) -> list[Run]:
        thick = (group - 1) // 2
        solid = EIGHTHS[max(0, min(8, _eighths(bar.first, lines, highest) - 8 * level))]
        hatched = SECOND if _eighths(bar.second, lines, highest) > 8 * level + 3 else " "
        if level == 0 and bar.second > 0:
            hatched = SECOND
        rest = " " * (group - 2 * thick)
        return [("accent", solid * thick), ("muted", hatched * thick), ("", rest)]


def _eighths(amount: int, lines: int, highest: int) -> int:
    if amount <= 0:
        return 0
    return max(1, amount * lines * 8 // highest)
