"""Where a user lands whose profile has no part in billing."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from tui_billing.screens.desk_screen import DeskScreen


class NothingToDo(DeskScreen):
    """Says so, and whom to ask."""

    path = ("Nothing to do",)

    def content(self) -> Iterable[Widget]:
        """What to do about it."""
        sentences = (
            f"Your profile, {self.session.profile.value}, has no part in billing.",
            "Ask an administrator if it should. Ctrl+P offers Log Out; Ctrl+Q leaves.",
        )
        yield Static("\n".join(sentences), classes="nothing", markup=False)
