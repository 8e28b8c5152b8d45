"""What every money action shares: the idempotency key, the request, and what is told afterwards."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput, NotFound, OutcomeUnknown, RuleRefused
from tui_billing.domain.ledger import Funding
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentMethod, PaymentState
from tui_billing.domain.text import checked_text
from tui_billing.store import accounts, payments
from tui_billing.store.tables import MoneyActionRow, table

MONEY_ACTION = table(MoneyActionRow)
LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A payment the provider received: the amount as typed, the day it came (today if none), and how."""

    amount: str
    received: date | None = None
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER
    reference: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class MakeRequest:
    """A charge of the card on file: the amount as typed."""

    amount: str


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """A credit to grant: the amount as typed, the reason, and the day it should be used by."""

    amount: str
    reason: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class MoneyMoved:
    """What a money action did: the payment it made or changed, and the account with its new balance."""

    account: Account
    payment: Payment
    charge_back: ChargeBack | None = None


def earlier_result(connection: Connection, key: str, content: str) -> str | None:
    """The ID that this key's first use led to; raises `RuleRefused` if that was another action or other content."""
    row = connection.execute(select(MONEY_ACTION).where(MONEY_ACTION.c.key == key)).mappings().one_or_none()
    if row is None:
        return None
    if row["content"] != content:
        raise RuleRefused("This idempotency key was used for another action. Use a new key for a new action.")
    return str(row["result_id"])


def remember(connection: Connection, key: str, content: str, result_id: str) -> None:
    """Keep what this key led to, in the transaction that does it."""
    connection.execute(MONEY_ACTION.insert().values(key=key, content=content, result_id=result_id))


def content_of(action: str, subject: str, request: Any) -> str:
    """The digest of an action and everything asked of it."""
    asked = json.dumps([action, subject, asdict(request)], default=str, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def checked_key(key: str) -> str:
    """The idempotency key, if it can be kept; raises `InvalidInput` if not."""
    return checked_text(key, "Key", max_length=LONGEST_KEY, required=True)


def payment_found(connection: Connection, payment_id: str, account_number: str | None = None) -> Payment:
    """The payment with this ID or unique beginning of one (eight characters or more); raises `NotFound`.

    With an account number no other account's payments are looked at, so that nothing is learnt of them.
    """
    shortest = 8
    matching = payments.by_id_start(connection, payment_id, account_number) if len(payment_id) >= shortest else []
    if len(matching) > 1:
        raise InvalidInput(f"Several payments begin with {payment_id[:36]}. Give the whole ID.", field="Payment")
    if not matching:
        raise NotFound(f"There is no payment {payment_id[:36]}.")
    return matching[0]


def funding_of(payment: Payment) -> Funding:
    """A payment or credit that has just come in, as the book takes it."""
    return Funding(payment.sequence, payment.kind, payment.expires, payment.amount_minor)


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
            " anything else happens to it; do not charge the card again."
        )
    return MoneyMoved(accounts.by_id(connection, payment.account_id), payment)


def _told_charge_back(connection: Connection, payment: Payment, charge_back: ChargeBack) -> MoneyMoved:
    if charge_back.state is ChargeBackState.FAILED:
        raise RuleRefused(f"The gateway refused: {charge_back.failure_reason} Nothing was given back.")
    if charge_back.state is ChargeBackState.PENDING:
        raise OutcomeUnknown(
            f"The gateway has not answered for the charge back of {Money(charge_back.amount_minor, payment.currency)}."
            " It stays Pending and is looked up before anything else happens to that payment."
        )
    return MoneyMoved(accounts.by_id(connection, payment.account_id), payment, charge_back)
