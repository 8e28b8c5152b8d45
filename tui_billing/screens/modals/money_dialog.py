"""The dialog every money action runs in: says before OK what will happen, and can't do it twice."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Generic, TypeVar

from rich.text import Text
from textual import work
from textual.widgets import Button

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import BillingError, OutcomeUnknown, StoreUnavailable
from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment
from tui_billing.domain.text import shown
from tui_billing.screens.modals.form_dialog import FormDialog

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.previews import Preview
    from tui_billing.services.results import MoneyMoved
    from tui_billing.services.session import OperatorSession

RequestT = TypeVar("RequestT")
INVOICES_NAMED = 3


class MoneyDialog(FormDialog[RequestT, "MoneyMoved"], Generic[RequestT]):
    """A form for one money action; dismisses with what was done, or none if it was left."""

    def __init__(
        self, services: DeskServices, session: OperatorSession, account: Account, payment: Payment | None
    ) -> None:
        super().__init__(services, session, account)
        self.payment = payment
        self._key = uuid.uuid4().hex

    @property
    def subject(self) -> Payment:
        """The payment that this dialog is about."""
        assert self.payment is not None, "this action is about a payment"
        return self.payment

    def preview(self, request: RequestT) -> Preview:
        """What it would do. Runs off the event loop."""
        raise NotImplementedError

    def submit(self, request: RequestT, key: str) -> MoneyMoved:
        """Do it. Runs off the event loop, once for each key."""
        raise NotImplementedError

    def told(self, moved: MoneyMoved) -> str:
        """What was done, for the notice."""
        raise NotImplementedError

    def send(self, request: RequestT) -> MoneyMoved:
        """Do it under the key that was made when the dialog opened."""
        return self.submit(request, self._key)

    def was_refused(self, refusal: BillingError) -> None:
        """Wait if nobody knows what happened; otherwise another try is another action."""
        if isinstance(refusal, (OutcomeUnknown, StoreUnavailable)):
            self._wait_for_outcome(refusal)
            return
        self._key = uuid.uuid4().hex
        super().was_refused(refusal)

    def show_outlook(self) -> None:
        """Ask for the preview of the form as it is; without one, say the balance now."""
        self._show_preview()

    @work(exclusive=True, group="preview")
    async def _show_preview(self) -> None:
        try:
            preview = await asyncio.to_thread(self.preview, self.request())
        except BillingError:
            balance = Text(f"Balance now {self.account.balance}")
            self._outlook.update(balance)
            return
        self._outlook.update(preview_text(preview))

    def _wait_for_outcome(self, unknown: BillingError) -> None:
        """The same key again looks the outcome up and moves no money twice, so the form stays as it was sent."""
        self.busy = False
        for button in self.query(Button):
            button.disabled = False
        self._ok.label = Text("Look up")
        self._ok.focus()
        self._refusal.update(Text(f"{unknown.title}. {shown(unknown.sentence)}"))


def preview_text(preview: Preview) -> Text:
    """Balance now → balance after, and which invoices it will pay or re-open."""
    lines = [f"Balance {preview.now} → {preview.after}"]
    for word, changes in (("Pays", preview.paid), ("Re-opens", preview.reopened)):
        named = [f"{shown(number)} ({amount.figure})" for number, amount in changes[:INVOICES_NAMED]]
        if len(changes) > INVOICES_NAMED:
            rest_minor = sum(amount.minor_units for _, amount in changes[INVOICES_NAMED:])
            rest = Money(rest_minor, preview.now.currency).figure
            named.append(f"{len(changes) - INVOICES_NAMED} more ({rest})")
        if named:
            lines.append(f"{word} {', '.join(named)}")
    if not preview.paid and not preview.reopened:
        lines.append("Pays or re-opens no invoice")
    return Text("\n".join(lines))
