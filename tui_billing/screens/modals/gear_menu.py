"""The gear menu: what can be done in this place and with this row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_billing.domain.text import shown
from tui_billing.screens.modals.desk_modal import DeskModal

REASON_CELLS = 68


@dataclass(frozen=True, slots=True)
class GearEntry:
    """An action by its letter, words and name; with a reason it is there, dim, and cannot be chosen."""

    letter: str
    label: str
    action: str
    reason: str = ""


class GearLine(Static):
    """One entry of the menu."""

    def __init__(self, entry: GearEntry, index: int) -> None:
        super().__init__(classes="-refused" if entry.reason else "")
        self.entry = entry
        self.index = index

    def show(self, current: bool) -> None:
        """Draw the entry, marked if the cursor is on it."""
        line = Text(f"{'›' if current else ' '} {self.entry.letter}  {self.entry.label}")
        if self.entry.reason:
            for part in wrap(shown(self.entry.reason), REASON_CELLS):
                line.append(f"\n     {part}")
        self.set_class(current, "-current")
        self.update(line)


class GearMenu(DeskModal[str | None]):
    """Offers actions and dismisses with the name of the one chosen, or none."""

    CSS_PATH = "gear_menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("enter", "choose", "Choose", key_display="Enter"),
        Binding("escape", "leave", "Close", key_display="Esc"),
    ]

    def __init__(self, entries: Sequence[GearEntry]) -> None:
        super().__init__()
        self._entries = entries
        self._current = next((i for i, entry in enumerate(entries) if not entry.reason), 0)

    def compose(self) -> ComposeResult:
        """A line for each entry, or a word that there are none."""
        with Vertical() as box:
            box.border_title = "⚙ Gear menu"
            box.border_subtitle = "Esc Close"
            for index, entry in enumerate(self._entries):
                yield GearLine(entry, index)
            if not self._entries:
                yield Static("No actions available", classes="-refused")

    def on_mount(self) -> None:
        """Draw the entries."""
        self._draw()

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        if self._entries:
            self._current = (self._current + step) % len(self._entries)
            self._draw()

    def action_choose(self) -> None:
        """Take the entry under the cursor, unless it is dim."""
        if self._entries:
            self._take(self._entries[self._current])

    def action_leave(self) -> None:
        """Close the menu."""
        self.finish(None)

    def on_key(self, event: events.Key) -> None:
        """An entry's letter takes it."""
        for index, entry in enumerate(self._entries):
            if event.character == entry.letter:
                event.stop()
                self._current = index
                self._draw()
                self._take(entry)

    def on_click(self, event: events.Click) -> None:
        """A click takes an entry, and one beside the menu closes it."""
        if isinstance(event.widget, GearLine):
            self._current = event.widget.index
            self._draw()
            self._take(event.widget.entry)
        elif event.widget is self:
            self.finish(None)

    def _take(self, entry: GearEntry) -> None:
        if entry.reason:
            self.app.bell()
        else:
            self.finish(entry.action)

    def _draw(self) -> None:
        for line in self.query(GearLine):
            line.show(line.index == self._current)
