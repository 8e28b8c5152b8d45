"""Asks before quitting while a payment is in flight."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui_billing.screens.modals.desk_modal import DeskModal


class ConfirmQuit(DeskModal[bool]):
    """Dismisses with whether to quit."""

    CSS_PATH = "confirm_quit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "answer(True)", "Quit", key_display="q"),
        Binding("escape,enter", "answer(False)", "Stay", key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        """What quitting means for the payment."""
        with Vertical() as box:
            box.border_title = "A payment is in flight"
            box.border_subtitle = "q Quit · Esc Stay"
            yield Static(
                "Nobody knows yet whether it will be done. If you quit, look for it among the customer's payments"
                " afterwards: a charge stays Pending there, and is looked up when the desk starts again.",
                markup=False,
            )

    def action_answer(self, leave: bool) -> None:
        """Quit or stay."""
        self.finish(leave)
