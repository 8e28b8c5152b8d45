"""The lines of a list: its header, its rows, or a word on why there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, Generic, NamedTuple

from textual.strip import Strip

from tui_billing.domain.pages import RowT
from tui_billing.widgets.columns import Cell, Column, PlacedColumn, place_columns
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget, Run

MARKER = "›"
MARGIN = 2
RIGHT_MARGIN = 2
KEPT_ROWS = 200


class TableLines(Generic[RowT]):
    """Draws the header and the rows of a table in its width and styles."""

    def __init__(
        self, widget: LineWidget, columns: Sequence[Column], cells: Callable[[RowT], Sequence[str | Cell]]
    ) -> None:
        self._widget = widget
        self._columns = tuple(columns)
        self._cells = cells
        self._placed: list[PlacedColumn] = []
        self._placed_width = -1
        self._drawn: dict[tuple[int, bool, str], tuple[RowT, Strip]] = {}

    @property
    def placed(self) -> list[PlacedColumn]:
        """The columns that fit the widget's present width."""
        width = self._widget.cells
        if width != self._placed_width:
            self.forget()
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
        return self._widget.strip([("header", text)])

    def row(self, row: RowT, cursor: bool, more_above: bool, more_below: bool) -> Strip:
        """A row; the last cell of the line says whether the list goes on above or below.

        A row that comes to another line, or into sight again, is not drawn again.
        """
        goes_on = "↕" if more_above and more_below else "↑" if more_above else "↓" if more_below else " "
        looks = (id(row), cursor, goes_on)
        drawn_of, strip = self._drawn.get(looks, (None, None))
        if strip is None or drawn_of is not row or strip.cell_length != self._widget.cells:
            strip = self._drawn_row(row, cursor, goes_on)
            if len(self._drawn) >= KEPT_ROWS:
                self.forget()
            self._drawn[looks] = row, strip
        return strip

    def forget(self) -> None:
        """Draw all rows anew."""
        self._drawn.clear()

    def _drawn_row(self, row: RowT, cursor: bool, goes_on: str) -> Strip:
        cells = self._cells(row)
        values = [self._value(cells, placed) for placed in self.placed]
        if cursor:
            values = [("cursor" if placed.cell == 0 else style, text, placed) for style, text, placed in values]
        marker = MARKER if cursor else ""
        return self._widget.strip([*self._runs(marker, values), ("muted", goes_on)])

    def status(self, text: str) -> Strip:
        """A line that says why there are no rows."""
        return self._widget.strip([("muted", " " * MARGIN + text)])

    def blank(self) -> Strip:
        """A line below the last row."""
        return self._widget.strip([])

    @staticmethod
    def _value(cells: Sequence[str | Cell], placed: PlacedColumn) -> tuple[str, str, PlacedColumn]:
        if placed.cell is None:
            return "accent", placed.column.icon, placed
        cell = cells[placed.cell]
        return (cell.style, cell.text, placed) if isinstance(cell, Cell) else ("", cell, placed)

    def _runs(self, marker: str, values: list[tuple[str, str, PlacedColumn]]) -> list[Run]:
        """The cells in their places, up to the last one of the line."""
        runs: list[Run] = [("", marker.ljust(MARGIN))]
        end = 0
        for style, text, placed in values:
            runs.append(("", " " * (placed.left - end)))
            runs.append((style, fitted(text, placed.width, placed.column.align)))
            end = placed.left + placed.width
        runs.append(("", " " * (self._widget.cells - MARGIN - end - 1)))
        return runs


class Painted(NamedTuple):
    """What is on the screen: rows, the cursor's line, whether the list goes on above and below, or why it is empty."""

    rows: Sequence[Any] = ()
    cursor_line: int = 0
    ends: tuple[bool, bool] = (False, False)
    status: str = ""

    def difference(self, before: Painted) -> set[int]:
        """The lines that are not as they were."""
        pairs = enumerate(zip_longest(before.rows, self.rows), 1)
        lines = {line for line, (was, now) in pairs if was is not now and was != now}
        if self.cursor_line != before.cursor_line:
            lines |= {before.cursor_line, self.cursor_line}
        if (self.ends, len(self.rows)) != (before.ends, len(before.rows)):
            lines |= {1, len(before.rows), len(self.rows)}
        return lines | ({1} if self.status != before.status else set())
