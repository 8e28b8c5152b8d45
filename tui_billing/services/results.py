"""What is told of a money action afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState
from tui_billing.store import accounts, payments


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """What a money action did: the payment it made or changed, and the account with its new balance."""

    account: Account
    payment: Payment
    charge_back: ChargeBack | None = None


def told(connection: Connection, payment_id: str, charge_back_id: str | None = None) -> MoneyMoved:
    """What is said of an action as it stands: its result, `RuleRefused` if it failed, `OutcomeUnknown` if pending."""
    payment = payments.by_id(connection, payment_id)
    assert payment is not None
    if charge_back_id is not None:
        return _told_charge_back(connection, payment, payments.charge_back_by_id(connection, charge_back_id))
    if payment.state is PaymentState.FAILED:
        raise RuleRefused(f"The card was not charged: {payment.failure_reason}")
    if payment.state is PaymentState.PENDING:
        raise OutcomeUnknown(
            f"The gateway has not answered for {payment.amount}. The payment stays Pending and is looked up before"
            " anything else happens to it; do not charge the card again.",
            payment.id,
        )
    return MoneyMoved(accounts.by_id(connection, payment.account_id), payment)


def _told_charge_back(connection: Connection, payment: Payment, charge_back: ChargeBack) -> MoneyMoved:
    if charge_back.state is ChargeBackState.FAILED:
        raise RuleRefused(f"The gateway refused: {charge_back.failure_reason} Nothing was given back.")
    if charge_back.state is ChargeBackState.PENDING:
        raise OutcomeUnknown(
            f"The gateway has not answered for the charge back of {Money(charge_back.amount_minor, payment.currency)}."
            " It stays Pending and is looked up before anything else happens to that payment.",
            payment.id,
        )
    return MoneyMoved(accounts.by_id(connection, payment.account_id), payment, charge_back)
