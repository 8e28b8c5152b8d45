"""The six dialogs: their fields, what they ask for, and what they say afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.payments import (
    RECORD_METHODS,
    CancelReason,
    ChargeBackReason,
    Payment,
    PaymentKind,
    PaymentMethod,
)
from tui_billing.screens.modals.money_dialog import MoneyDialog
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.previews import Preview
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession
from tui_billing.widgets.choice import Choice
from tui_billing.widgets.field import Field
from tui_billing.widgets.text_field import TextField

NO_REASON = "Not given"


class RecordPayment(MoneyDialog[RecordRequest]):
    """A payment the provider received from a corporate customer."""

    HEADING = "Record Payment"

    def fields(self) -> Iterable[Field]:
        """Amount, received date, method, reference and memo."""
        self._amount = TextField()
        self._received = TextField(value=f"{self.services.today:%Y-%m-%d}")
        self._method = Choice([method.label for method in RECORD_METHODS])
        self._reference = TextField()
        self._memo = TextField()
        yield Field("Amount", self._amount, self.amount_note)
        yield Field("Received", self._received, "YYYY-MM-DD")
        yield Field("Method", self._method, "← → to change")
        yield Field("Reference", self._reference)
        yield Field("Memo", self._memo)

    def request(self) -> RecordRequest:
        """The payment as the form has it."""
        return RecordRequest(
            self._amount.value,
            date_of(self._received.value, "Received"),
            next(method for method in PaymentMethod if method.label == self._method.value),
            self._reference.value,
            self._memo.value,
        )

    def preview(self, request: RecordRequest) -> Preview:
        """What the payment would do."""
        return self.services.previews.record(self.session, self.account.number, request.amount)

    def submit(self, request: RecordRequest, key: str) -> MoneyMoved:
        """Record it."""
        return self.services.payments.record(self.session, self.account.number, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """The amount recorded."""
        return f"{moved.payment.amount} recorded"


class MakePayment(MoneyDialog[str]):
    """A charge of the card on file."""

    HEADING = "Make Payment"

    def fields(self) -> Iterable[Field]:
        """The amount, and the card it is taken from."""
        card = self.account.card
        due = self.account.amount_due
        self._amount = TextField(value=due.figure if due.minor_units else "")
        yield Field("Amount", self._amount, self.amount_note)
        shown_card = TextField(value=f"{card.label}, expires {card.expiry}" if card else "none")
        yield Field("Card on file", shown_card, fixed=True)

    def request(self) -> str:
        """The amount as typed."""
        return self._amount.value

    def preview(self, request: str) -> Preview:
        """What the payment would do once the card is charged."""
        return self.services.previews.make(self.session, self.account.number, request)

    def submit(self, request: str, key: str) -> MoneyMoved:
        """Charge the card."""
        return self.services.payments.make(self.session, self.account.number, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """The amount charged."""
        return f"{moved.payment.amount} charged to {moved.payment.card_label}"


class IssueCredit(MoneyDialog[CreditRequest]):
    """A credit for the customer."""

    HEADING = "Issue Credit"
    OK = "Issue Credit"

    def fields(self) -> Iterable[Field]:
        """Amount and reason, both required, and a day to use it first."""
        self._amount = TextField()
        self._reason = TextField()
        self._expires = TextField()
        yield Field("Amount", self._amount, self.amount_note)
        yield Field("Reason", self._reason)
        yield Field("Expires", self._expires, "YYYY-MM-DD, optional")

    def request(self) -> CreditRequest:
        """The credit as the form has it."""
        expires = date_of(self._expires.value, "Expires") if self._expires.value.strip() else None
        return CreditRequest(self._amount.value, self._reason.value, expires)

    def preview(self, request: CreditRequest) -> Preview:
        """What the credit would do."""
        return self.services.previews.credit(self.session, self.account.number, request.amount, request.expires)

    def submit(self, request: CreditRequest, key: str) -> MoneyMoved:
        """Issue it."""
        return self.services.credits.issue(self.session, self.account.number, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """The amount granted."""
        return f"credit of {moved.payment.amount} issued"


class IssueChargeBack(MoneyDialog[ChargeBackRequest]):
    """Card money on its way back."""

    HEADING = "Issue Charge Back"
    OF_PAYMENT = True

    @property
    def amount_note(self) -> str:
        """What was left to return when the dialog opened."""
        return f"{self.account.currency}  left: {self.subject.returnable.figure}"

    def fields(self) -> Iterable[Field]:
        """The amount, all that is left at first, and the bank's reason and case."""
        self._amount = TextField(value=self.subject.returnable.figure)
        self._reason = Choice([NO_REASON, *(reason.label for reason in ChargeBackReason)])
        self._case = TextField()
        yield Field("Amount", self._amount, self.amount_note)
        yield Field("Bank's reason", self._reason, "← → to change", name="Reason")
        yield Field("Case reference", self._case, "optional")

    def request(self) -> ChargeBackRequest:
        """The charge back as the form has it; an emptied amount is not all that is left."""
        if not self._amount.value.strip():
            raise InvalidInput("Amount is required.", field="Amount")
        reason = next((reason for reason in ChargeBackReason if reason.label == self._reason.value), None)
        return ChargeBackRequest(self._amount.value, reason, self._case.value)

    def preview(self, request: ChargeBackRequest) -> Preview:
        """What the charge back would do."""
        return self.services.previews.take_back(self.session, self.subject.id, request.amount)

    def submit(self, request: ChargeBackRequest, key: str) -> MoneyMoved:
        """Send it back."""
        return self.services.refunds.charge_back(self.session, self.subject.id, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """The amount that went back."""
        assert moved.charge_back is not None
        amount = self.account.money(moved.charge_back.amount_minor)
        return f"{amount} charged back to {moved.payment.card_label}"


class Cancel(MoneyDialog[CancelReason]):
    """A recorded payment or a credit taken back whole."""

    OF_PAYMENT = True

    @property
    def heading(self) -> str:
        """Cancel Payment, or Cancel Credit for a credit."""
        return "Cancel Credit" if self._of_credit else "Cancel Payment"

    @property
    def amount_note(self) -> str:
        """That it is all or nothing."""
        return f"{self.account.currency}  the whole amount"

    @property
    def _of_credit(self) -> bool:
        return self.subject.kind is PaymentKind.CREDIT

    def fields(self) -> Iterable[Field]:
        """The whole amount, which is not to be changed, and the reason."""
        amount = TextField(value=self.subject.amount.figure)
        self._reason = Choice([reason.label for reason in CancelReason])
        yield Field("Amount", amount, self.amount_note, fixed=True)
        yield Field("Reason", self._reason, "← → to change")

    def request(self) -> CancelReason:
        """The reason chosen."""
        return next(reason for reason in CancelReason if reason.label == self._reason.value)

    def preview(self, request: CancelReason) -> Preview:  # noqa: ARG002
        """What the cancellation would do, whatever its reason."""
        return self.services.previews.take_back(self.session, self.subject.id)

    def submit(self, request: CancelReason, key: str) -> MoneyMoved:
        """Cancel it."""
        cancel = self.services.credits.cancel if self._of_credit else self.services.refunds.cancel_payment
        return cancel(self.session, self.subject.id, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """The amount that was taken back."""
        return f"{'credit' if self._of_credit else 'payment'} of {moved.payment.amount} cancelled"


DIALOGS: dict[str, type[MoneyDialog[Any]]] = {
    "record": RecordPayment,
    "make": MakePayment,
    "credit": IssueCredit,
    "charge_back": IssueChargeBack,
    "cancel": Cancel,
}


def dialog_for(
    name: str, services: DeskServices, session: OperatorSession, account: Account, payment: Payment | None
) -> MoneyDialog[Any]:
    """The dialog of the money action with this name."""
    return DIALOGS[name](services, session, account, payment)


def date_of(typed: str, field: str) -> date:
    """The day that was typed; raises `InvalidInput` if it is none."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise InvalidInput(f"{field} is not a day. Type it like 2026-03-31.", field=field) from None
