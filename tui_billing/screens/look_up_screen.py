"""Look up: ask the gateway what became of a row, while the desk goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from tui_billing.domain.text import shown
from tui_billing.screens.desk_screen import DeskScreen

if TYPE_CHECKING:
    from tui_billing.services.outcomes import LookedUp


class LookUpScreen(DeskScreen):
    """A screen whose Pending rows can be looked up."""

    @work(group="look up")
    async def look_up(self, number: str, payment_id: str) -> None:
        """Ask, and say what the gateway says."""
        self.notify("Asking the gateway…", markup=False)
        found = await self.asked(self.services.outcomes.look_up, self.session, number, payment_id)
        if found is not None:
            notice = f"{shown(found.account.name)}: {found.sentence} Balance: {found.account.balance}."
            self.notify(shown(notice), title="Looked up", markup=False)
        self.looked_up(found)

    def looked_up(self, found: LookedUp | None) -> None:
        """Show what has changed; none if the gateway could not say."""
        raise NotImplementedError
