"""The bottom line: which keys do what, here and now."""

from __future__ import annotations

from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.line_widget import LineWidget, Run

GAP = 2


class KeyEntry(NamedTuple):
    """A key as Textual names it, as it is shown, and what it does."""

    key: str
    display: str
    description: str

    @property
    def width(self) -> int:
        """The cells it takes."""
        return cell_len(self.display) + 1 + cell_len(self.description)


class KeyBar(LineWidget):
    """The keys in force, as many as fit: the screen's own first, and the pinned key always, at the right end.

    It follows the screen's active bindings; a click on an entry presses its key.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; dock: bottom; padding: 0; background: $surface; }
    """

    def __init__(
        self,
        pinned: str = "f1",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._pinned = pinned
        self._entries: list[KeyEntry] = []

    @property
    def entries(self) -> list[KeyEntry]:
        """The entries in force, whether or not they fit."""
        return list(self._entries)

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self._follow(self.screen)

    def draw_line(self, y: int) -> Strip:  # noqa: ARG002
        """The entries that fit."""
        runs: list[Run] = []
        end = 0
        for left, entry in self._placed():
            runs += [("", " " * (left - end)), ("accent", entry.display), ("muted", f" {entry.description}")]
            end = left + entry.width
        return self.strip(runs)

    def _placed(self) -> list[tuple[int, KeyEntry]]:
        width = self.size.width
        pinned = [entry for entry in self._entries if entry.key == self._pinned and entry.width <= width]
        room = width - sum(entry.width + GAP for entry in pinned)
        placed: list[tuple[int, KeyEntry]] = []
        left = 0
        for entry in self._entries:
            if entry in pinned:
                continue
            if left + entry.width > room:
                break
            placed.append((left, entry))
            left += entry.width + GAP
        return placed + [(width - entry.width, entry) for entry in pinned]

    def _follow(self, screen: Screen[object]) -> None:
        entries: dict[str, KeyEntry] = {}
        own = {binding.key for binding in type(screen).BINDINGS if isinstance(binding, Binding)}
        active = sorted(screen.active_bindings.values(), key=lambda active: active.binding.key not in own)
        for _, binding, enabled, _ in active:
            if binding.show and enabled and binding.description:
                entry = KeyEntry(binding.key, self.app.get_key_display(binding), shown(binding.description))
                entries.setdefault(binding.action, entry)
        if (found := list(entries.values())) != self._entries:
            self._entries = found
            self.refresh()

    async def _on_click(self, event: events.Click) -> None:
        x = event.get_content_offset_capture(self).x
        for left, entry in self._placed():
            if left <= x < left + entry.width:
                self.app.simulate_key(entry.key)
