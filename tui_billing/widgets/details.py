"""A panel of labels and values about one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from textual import events
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted, wrapped
from tui_billing.widgets.line_widget import LineWidget, Run

LABEL_CELLS = 18
MIN_VALUE_CELLS = 12
GAP = 2
WHEEL_LINES = 3
ANY_HEIGHT = 10_000

Line = list[Run]


class Detail(NamedTuple):
    """A label and its value; without a label the value takes the whole line, without a value the label is a heading."""

    label: str
    value: str = ""
    style: str = ""


class Details(LineWidget):
    """A title and details below it: in one column with long values wrapped, or in two if they
    would not fit else and `one_column` does not forbid it.
    """

    DEFAULT_CSS = """
    Details { height: 1fr; padding: 0 1; }
    """

    def __init__(
        self,
        title: str = "",
        details: Iterable[Detail | tuple[str, str] | tuple[str, str, str]] = (),
        *,
        one_column: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._one_column = one_column
        self._title = shown(title)
        self._details = [Detail(*detail) for detail in details]
        self._lines: list[Line] = []
        self._shown: list[Line] = []
        self._top = 0

    def show(self, title: str, details: Iterable[Detail | tuple[str, str] | tuple[str, str, str]]) -> None:
        """Show other details; only lines that differ are painted, and under the same title it stays scrolled."""
        before, self._title = self._title, shown(title)
        self._details = [Detail(*detail) for detail in details]
        self._top = self._top if self._title == before else 0
        self._lay_out()

    def draw_line(self, y: int) -> Strip:
        """The title, or a line of details."""
        return self.strip(self._shown[y] if y < len(self._shown) else [])

    def _on_resize(self, event: events.Resize) -> None:  # noqa: ARG002
        self._lay_out()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(WHEEL_LINES)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-WHEEL_LINES)

    def scroll_lines(self, lines: int) -> None:
        """Show later lines, or earlier ones if negative."""
        self._top += lines
        self._lay_out()

    def _lay_out(self) -> None:
        width, height = self.size
        self._lines = detail_lines(self._details, width, ANY_HEIGHT if self._one_column else height - 1)
        hidden = len(self._lines) - (height - 1)
        self._top = max(0, min(self._top, hidden))
        before, title = self._shown, [("strong", fitted(self._title, width))]
        self._shown = [title, *self._lines[self._top : self._top + height - 1]]
        pairs = enumerate(zip_longest(before, self._shown))
        self.repaint(y for y, (was, now) in pairs if was != now)


def detail_lines(details: Sequence[Detail], width: int, height: int) -> list[Line]:
    """The details in one column, or in two if they are more than the lines there are."""
    single = [line for detail in details for line in _wrapped(detail, width)]
    half = (width - GAP) // 2
    if len(single) <= height or half < LABEL_CELLS + MIN_VALUE_CELLS:
        return single
    rows = max(height, (len(details) + 1) // 2)
    return [_side_by_side(details[row : row + 1], details[row + rows : row + rows + 1], half) for row in range(rows)]


def _side_by_side(left: Sequence[Detail], right: Sequence[Detail], width: int) -> Line:
    first, second = ([run for detail in side for run in _cut(detail, width)] for side in (left, right))
    return [*first, ("", " " * (GAP if first else width + GAP)), *second]


def _cut(detail: Detail, width: int) -> Line:
    label, value, style = detail
    if not value:
        return [("header", fitted(label, width))]
    if not label:
        return [(style, fitted(value, width))]
    return [("muted", fitted(label, LABEL_CELLS)), (style, fitted(value, width - LABEL_CELLS))]


@lru_cache(1024)
def _wrapped(detail: Detail, width: int) -> list[Line]:
    label, value, style = detail
    if not value:
        return [_cut(detail, width)]
    label_cells = min(LABEL_CELLS, width // 2) if label else 0
    first, *more = wrapped(shown(value), max(1, width - label_cells))
    lines: list[Line] = [[("muted", fitted(label, label_cells)), (style, first)]]
    return lines + [[("", " " * label_cells), (style, text)] for text in more]
