"""The gear menu: what can be done in this place and with this row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui_billing.domain.text import shown
from tui_billing.screens.modals.menu_modal import MenuModal
from tui_billing.widgets.menu import Entry, Menu

REASON_CELLS = 68


@dataclass(frozen=True, slots=True)
class GearEntry:
    """An action by its letter, words and name; with a reason it is there, dim, and cannot be chosen."""

    letter: str
    label: str
    action: str
    reason: str = ""

    @property
    def lines(self) -> Entry:
        """The entry as the menu shows it, with the reason below."""
        look = "muted" if self.reason else ""
        reasons = wrap(shown(self.reason), REASON_CELLS)
        return [[(look, f"{self.letter}  {self.label}")], *([(look, f"   {reason}")] for reason in reasons)]


class GearMenu(MenuModal[str]):
    """Offers actions and dismisses with the name of the one chosen, or none."""

    CSS_PATH = "gear_menu.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "move(-1)", "Up", show=False),
        Binding("j", "move(1)", "Down", show=False),
    ]

    def __init__(self, entries: Sequence[GearEntry]) -> None:
        first = next((place for place, entry in enumerate(entries) if not entry.reason), 0)
        super().__init__([entry.lines for entry in entries], first, empty="No actions available")
        self._entries = entries

    def compose(self) -> ComposeResult:
        """The entries in a frame."""
        with Vertical() as box:
            box.border_title = "⚙ Gear menu"
            box.border_subtitle = "Esc Close"
            yield self._menu

    @on(Menu.Chosen)
    def action_choose(self) -> None:
        """Take the marked entry, unless it is dim."""
        if not self._entries:
            return
        entry = self._entries[self._menu.current]
        if entry.reason:
            self.app.bell()
        else:
            self.finish(entry.action)

    def on_key(self, event: events.Key) -> None:
        """An entry's letter takes it."""
        for place, entry in enumerate(self._entries):
            if event.character == entry.letter:
                event.stop()
                self._menu.mark(place)
                self.action_choose()
