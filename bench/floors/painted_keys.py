"""A Textual application that paints one character for each key, or with `all` the whole screen."""

from __future__ import annotations

import sys

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class PaintedKeys(Widget, can_focus=True):
    """Counts keys, and paints the count's last digit at the left edge, or everywhere."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self._everywhere = everywhere
        self._keys = 0

    def render_line(self, y: int) -> Strip:
        """The digit, once or in the whole line."""
        digit = str(self._keys % 10)
        text = digit * self.size.width if self._everywhere or y == 0 else " " * self.size.width
        return Strip([Segment(text, self.rich_style)])

    def on_key(self, event: events.Key) -> None:
        """Paint anew."""
        event.stop()
        self._keys += 1
        self.refresh() if self._everywhere else self.refresh(Region(0, 0, 1, 1))


class PaintedKeysApp(App[None]):
    """One widget that paints."""

    def compose(self) -> ComposeResult:
        """The widget."""
        yield PaintedKeys("all" in sys.argv)

    def on_mount(self) -> None:
        """Give it the keys."""
        self.query_one(PaintedKeys).focus()


if __name__ == "__main__":
    PaintedKeysApp().run()
