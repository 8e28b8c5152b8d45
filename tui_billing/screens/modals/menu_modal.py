"""What the modals that offer something to choose have in common: the way through what is offered, and out."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType

from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.widgets.menu import Entry, Menu

ResultT = TypeVar("ResultT")


class MenuModal(DeskModal[ResultT | None], Generic[ResultT], inherit_bindings=False):
    """A modal around a menu; dismisses with what was chosen, or none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("enter", "choose", "Choose", key_display="Enter"),
        Binding("escape", "leave", "Close", key_display="Esc"),
    ]

    def __init__(self, entries: list[Entry], current: int = 0, *, empty: str = "") -> None:
        super().__init__()
        self._menu = Menu(entries, current, empty=empty)

    def action_move(self, step: int) -> None:
        """Mark another entry."""
        self._menu.move(step)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.finish(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside what is offered chooses nothing."""
        if event.widget is self:
            self.finish(None)
