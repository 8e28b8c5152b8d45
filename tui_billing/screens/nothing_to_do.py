"""Where a user lands whose profile has no part in billing."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

from tui_billing.screens.base import DeskScreen


class NothingToDo(DeskScreen):
    """Says so, and whom to ask."""

    path = ("Accounts",)

    def content(self) -> Iterable[Widget]:
        """One sentence."""
        profile = self.session.profile.value
        yield Static(
            f"Your profile, {profile}, has no part in billing.\nAsk an administrator if it should.", markup=False
        )
