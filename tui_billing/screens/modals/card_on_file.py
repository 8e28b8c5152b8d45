"""Card on File: attach a card by the gateway's reference, or show where the customer enters one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import work

from tui_billing.domain.accounts import Account
from tui_billing.domain.cards import FIELD, checked_reference
from tui_billing.domain.errors import BillingError
from tui_billing.domain.text import shown
from tui_billing.screens.modals.form_dialog import FormDialog
from tui_billing.widgets.field import Field
from tui_billing.widgets.text_field import TextField

if TYPE_CHECKING:
    from tui_billing.services.cards import CardLink

LONGEST_ADDRESS = 2_000
LABEL_CELLS = 26


class CardOnFile(FormDialog[str, Account]):
    """A card by its reference, never by its number; dismisses with the account as it is then."""

    HEADING = "Card on File"

    def fields(self) -> Iterable[Field]:
        """The card there is, and the reference of the one to attach."""
        card = self.account.card
        current = TextField(value=f"{card.label}, expires {card.expiry}" if card else "none")
        self._reference = TextField()
        yield Field("Card on file", current, label_cells=LABEL_CELLS, fixed=True)
        if card:
            # On a line of its own: beside the longest of brands it would not fit.
            yield Field("Gateway", TextField(value=card.gateway), label_cells=LABEL_CELLS, fixed=True)
        yield Field(FIELD, self._reference, label_cells=LABEL_CELLS)

    @property
    def first_outlook(self) -> tuple[str, ...]:
        """That the gateway is being asked."""
        return ("Asking the gateway for its card page…",)

    def on_mount(self) -> None:
        """Put the cursor where something is typed, and ask the gateway for its page."""
        self._reference.focus()
        self._fetch_link()

    def show_outlook(self) -> None:
        """What is typed changes nothing of how to come by a reference."""

    def request(self) -> str:
        """The reference; a card number goes nowhere."""
        return checked_reference(self._reference.value)

    def send(self, request: str) -> Account:
        """Attach it."""
        return self.services.cards.attach(self.session, self.account.number, request)

    @work(group="link")
    async def _fetch_link(self) -> None:
        try:
            link = await asyncio.to_thread(self.services.cards.link, self.session, self.account.number)
        except BillingError as refusal:
            # Whether the session has ended is told when the form is sent.
            self._outlook.show(f"{refusal.title}: {shown(refusal.sentence)}")
            return
        self._outlook.show(*how_to(link))


def how_to(link: CardLink) -> tuple[str, ...]:
    """How to come by a payment method reference at this gateway; its address stands alone, to be copied."""
    if link.address is None:
        return (
            f"The gateway {link.gateway} has no card page. Its test cards are named in docs/sandbox.md:"
            " card_approved approves everything, card_insufficient_funds declines.",
        )
    return (
        "The customer enters the card on this page of the gateway's own, good for a day. Then type the reference that"
        " the gateway gave it, which begins with pm_. “tui-billing accounts card-link” prints the address"
        " on one line.",
        "",
        shown(link.address, LONGEST_ADDRESS),
    )
