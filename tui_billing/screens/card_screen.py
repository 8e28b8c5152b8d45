"""What the dashboard and the payments of a customer share: the card on file."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_billing.domain.cards import refuse_card
from tui_billing.domain.errors import refusal_of
from tui_billing.domain.text import shown
from tui_billing.screens.customer_screen import CustomerScreen
from tui_billing.screens.modals.gear_menu import GearEntry

CARD_KEY, CARD_LABEL = "o", "Card on File"


class CardScreen(CustomerScreen):
    """A place of a customer from which a card is put on file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            CARD_KEY, "card", CARD_LABEL, show=False, tooltip="Attach a card by the gateway's reference", id="card"
        ),
    ]

    def other_entries(self) -> list[GearEntry]:
        """The card on file, for those who may change it."""
        entries = super().other_entries()
        if self.check_action("card", ()):
            entries.append(GearEntry(CARD_KEY, CARD_LABEL, "card", refusal_of(lambda: refuse_card(self.account))))
        return entries

    def action_card(self) -> None:
        """Open the dialog."""
        self.holds_keys = True
        self._open_card()

    @work
    async def _open_card(self) -> None:
        try:
            account = await self.asked(self.services.accounts.show, self.session, self.account.number)
            if account is None:
                return
            if refusal := refusal_of(lambda: refuse_card(account)):
                self.notify(shown(refusal), title=CARD_LABEL, severity="warning", markup=False)
                return
            from tui_billing.screens.modals.card_on_file import CardOnFile

            attached = await self.opened_form(CardOnFile(self.services, self.session, account))
        finally:
            self.holds_keys = False
        if attached is not None and attached.card is not None:
            card = f"{attached.card.label}, expires {attached.card.expiry}"
            self.notify(f"{shown(attached.name)}: {shown(card)} is on file.", title=CARD_LABEL, markup=False)
            self.account = attached
            self.action_reload()
