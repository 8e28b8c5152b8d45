"""The lines of a list as strips: one segment for each run of equal style, since each costs bytes on the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui_billing.widgets.columns import Cell, Column, PlacedColumn, fitted, place_columns
from tui_billing.widgets.paging import RowT

CELL_STYLES = ("icon", "positive", "negative", "warning", "muted", "strong")
MARKER = "›"
MARGIN = 2
RIGHT_MARGIN = 2

Run = tuple[str, str]
"""A style name and text."""


class TableLines(Generic[RowT]):
    """Draws the header and the rows of a table in its width and styles."""

    def __init__(
        self, widget: Widget, columns: Sequence[Column], cells: Callable[[RowT], Sequence[str | Cell]]
    ) -> None:
        self._widget = widget
        self._columns = tuple(columns)
        self._cells = cells
        self._placed: list[PlacedColumn] = []
        self._placed_width = -1

    @property
    def placed(self) -> list[PlacedColumn]:
        """The columns that fit the widget's present width."""
        width = self._widget.size.width
        if width != self._placed_width:
            self._placed = place_columns(self._columns, width - MARGIN - RIGHT_MARGIN)
            self._placed_width = width
        return self._placed

    def column_at(self, x: int) -> Column | None:
        """The column at this place of the line."""
        for placed in self.placed:
            if placed.left <= x - MARGIN < placed.left + placed.width:
                return placed.column
        return None

    def header(self) -> Strip:
        """The column labels."""
        labels = [("", "" if p.column.icon else p.column.label, p) for p in self.placed]
        text = "".join(text for _, text in self._runs("", labels))
        return self._strip([("header", text)])

    def row(self, row: RowT, cursor: bool, more_above: bool, more_below: bool) -> Strip:
        """A row; the last cell of the line says whether the list goes on above or below."""
        cells = self._cells(row)
        values = [self._value(cells, placed) for placed in self.placed]
        runs = self._runs(MARKER if cursor else "", values)
        filled = sum(len(text) for _, text in runs)
        runs.append(("", " " * max(0, self._widget.size.width - filled - 1)))
        runs.append(("muted", "↕" if more_above and more_below else "↑" if more_above else "↓" if more_below else " "))
        return self._strip([("cursor", "".join(text for _, text in runs))] if cursor else runs)

    def status(self, text: str) -> Strip:
        """A line that says why there are no rows."""
        return self._strip([("muted", " " * MARGIN + text)])

    def blank(self) -> Strip:
        """A line below the last row."""
        return self._strip([])

    @staticmethod
    def _value(cells: Sequence[str | Cell], placed: PlacedColumn) -> tuple[str, str, PlacedColumn]:
        if placed.cell is None:
            return "icon", placed.column.icon, placed
        cell = cells[placed.cell]
        return (cell.style, cell.text, placed) if isinstance(cell, Cell) else ("", cell, placed)

    @staticmethod
    def _runs(marker: str, values: list[tuple[str, str, PlacedColumn]]) -> list[Run]:
        runs: list[Run] = [("", marker.ljust(MARGIN))]
        end = 0
        for style, text, placed in values:
            runs.append(("", " " * (placed.left - end)))
            runs.append((style, fitted(text, placed.width, placed.column.align)))
            end = placed.left + placed.width
        return runs

    def _strip(self, runs: list[Run]) -> Strip:
        width = self._widget.size.width
        base = self._widget.rich_style
        segments = [
            Segment("".join(text for _, text in same), self._style(name) if name else base)
            for name, same in groupby((run for run in runs if run[1]), key=itemgetter(0))
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, name: str) -> Style:
        return self._widget.get_component_rich_style(f"virtual-table--{name}")
