"""A list of things to choose from, drawn whole: as widgets of their own its lines would take longest to open."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget, Run

MARK, NO_MARK = "› ", "  "
WHEEL_LINES = 3

Entry = Sequence[Sequence[Run]]
"""What there is to choose, in one line or more."""


class Menu(LineWidget):
    """Entries of which one is marked; it has no keys of its own, and says when one is clicked."""

    DEFAULT_CSS = """
    Menu { height: auto; }
    """

    class Chosen(Message):
        """An entry was clicked; it is the marked one now."""

    def __init__(self, entries: Sequence[Entry] = (), current: int = 0, *, empty: str = "") -> None:
        super().__init__()
        self._top = 0
        self._fill(entries, current, empty)

    @property
    def current(self) -> int:
        """The place of the marked entry."""
        return self._current

    def show(self, entries: Sequence[Entry], *, empty: str = "") -> None:
        """Show other entries, the first one marked, or a word that there are none."""
        self._top = 0
        self._fill(entries, 0, empty)
        self.repaint(range(self.size.height))

    def mark(self, entry: int) -> None:
        """Mark an entry, and scroll to it."""
        self._current = entry
        self._scroll_to_current()
        self.repaint(range(self.size.height))

    def move(self, step: int) -> None:
        """Mark an entry further down, or up if negative; after the last one comes the first."""
        if self._entries:
            self.mark((self._current + step) % len(self._entries))

    def page(self, pages: int) -> None:
        """Mark an entry pages further down, or up if negative, at most the last or first one."""
        if self._entries:
            step = pages * max(1, self.size.height - 1)
            self.mark(min(max(0, self._current + step), len(self._entries) - 1))

    def draw_line(self, y: int) -> Strip:
        """A line of an entry."""
        if not self._entries:
            return self.strip([("", NO_MARK), ("muted", self._empty if y == 0 else "")])
        if self._top + y >= len(self._lines):
            return self.strip([])
        entry, line = self._lines[self._top + y]
        runs = self._entries[entry][line]
        if entry != self._current:
            return self.strip(_cut([("", NO_MARK), *runs], self.size.width))
        marked = (MARK if line == 0 else NO_MARK) + "".join(text for _, text in runs)
        return self.strip([("cursor", fitted(marked, self.size.width))])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All of its lines."""
        return max(1, len(self._lines))

    def _on_resize(self) -> None:
        self.mark(self._current)

    async def _on_click(self, event: events.Click) -> None:
        line = self._top + event.get_content_offset_capture(self).y
        if line < len(self._lines):
            self.mark(self._lines[line][0])
            self.post_message(self.Chosen())

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(WHEEL_LINES)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-WHEEL_LINES)

    def _fill(self, entries: Sequence[Entry], current: int, empty: str) -> None:
        self._entries, self._current, self._empty = entries, current, empty
        self._lines = [(place, line) for place, entry in enumerate(entries) for line in range(len(entry))]

    def _scroll_to_current(self) -> None:
        own = [y for y, (entry, _) in enumerate(self._lines) if entry == self._current]
        if own:
            self._top = max(min(self._top, own[0]), own[-1] + 1 - self.size.height)

    def _scroll(self, lines: int) -> None:
        self._top = max(0, min(self._top + lines, len(self._lines) - self.size.height))
        self.repaint(range(self.size.height))


def _cut(runs: Sequence[Run], width: int) -> list[Run]:
    """The same in this width, what comes last cut with an ellipsis."""
    *first, (look, last) = runs
    room = max(0, width - sum(cell_len(text) for _, text in first))
    return [*first, (look, fitted(last, min(room, cell_len(last))))]
