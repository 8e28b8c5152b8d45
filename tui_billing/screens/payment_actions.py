"""What can be done with an account and its payments: key, words, who sees it, and what the row must allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused, refusal_of
from tui_billing.domain.money_actions import (
    refuse_cancel_credit,
    refuse_cancel_payment,
    refuse_charge_back,
    refuse_credit,
    refuse_look_up,
    refuse_make,
    refuse_record,
)
from tui_billing.domain.payments import Payment, PaymentKind
from tui_billing.screens.row_action import RowAction


@dataclass(frozen=True, slots=True)
class PaymentAction(RowAction):
    """An action on an account or one of its payments; `refuse` raises `RuleRefused` where it is not possible."""

    permission: Permission = field(kw_only=True)
    refuse: Callable[[Account, Payment | None], None] = field(kw_only=True)
    also: tuple[Permission, ...] = field(kw_only=True, default=())

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Any one of these offers it."""
        return (self.permission, *self.also)

    def label_for(self, payment: Payment | None) -> str:
        """The words for the row at hand: what takes a credit back is Cancel Credit."""
        is_credit = payment is not None and payment.kind is PaymentKind.CREDIT
        return "Cancel Credit" if self is CANCEL and is_credit else self.label

    def refusal(self, account: Account, payment: Payment | None) -> str:
        """Why this is not possible here, or nothing."""
        return refusal_of(lambda: self.refuse(account, payment))


def _of_row(refuse: Callable[[Payment], None]) -> Callable[[Account, Payment | None], None]:
    def refuse_row(account: Account, payment: Payment | None) -> None:  # noqa: ARG001
        if payment is None:
            raise RuleRefused("No payment is selected.")
        refuse(payment)

    return refuse_row


def _refuse_cancel(payment: Payment) -> None:
    (refuse_cancel_credit if payment.kind is PaymentKind.CREDIT else refuse_cancel_payment)(payment)


RECORD = PaymentAction(
    *("r", "record", "Record Payment", "Money a corporate customer has paid by bank, check or cash"),
    permission=Permission.FINANCE,
    refuse=lambda account, _: refuse_record(account),
)
MAKE = PaymentAction(
    *("m", "make", "Make Payment", "Charge the card on file"),
    permission=Permission.BILLING_ADMIN,
    refuse=lambda account, _: refuse_make(account),
)
ISSUE_CREDIT = PaymentAction(
    *("c", "credit", "Issue Credit", "Raise the customer's balance; it pays later charges first"),
    permission=Permission.FINANCE,
    refuse=lambda account, _: refuse_credit(account),
)
CHARGE_BACK = PaymentAction(
    *("b", "charge_back", "Issue Charge Back", "Return the selected card payment, whole or in part"),
    permission=Permission.FINANCE,
    refuse=_of_row(refuse_charge_back),
)
CANCEL = PaymentAction(
    *("x", "cancel", "Cancel Payment", "Take the selected recorded payment or credit back whole"),
    permission=Permission.FINANCE,
    refuse=_of_row(_refuse_cancel),
)
LOOK_UP = PaymentAction(
    *("l", "look_up", "Look up", "Ask the gateway what became of the selected Pending row; moves no money"),
    permission=Permission.FINANCE,
    refuse=_of_row(refuse_look_up),
    also=(Permission.BILLING_ADMIN,),
    on_key_bar=False,
)
ACTIONS = {action.name: action for action in (RECORD, MAKE, CHARGE_BACK, CANCEL, ISSUE_CREDIT, LOOK_UP)}
