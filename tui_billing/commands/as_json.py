"""What the JSON documents are made of: each thing of the domain as plain names and values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tui_billing.commands.parsing import snake_case
from tui_billing.domain.accounts import Account, CardOnFile
from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.exceptions import ExceptionLine
from tui_billing.domain.invoices import Charge, ChargeImport, Invoice, LedgerLine, Statement
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, Payment, PaymentState

if TYPE_CHECKING:
    from tui_billing.store.users import AuditEntry, User

Document = dict[str, Any]
RETURNABLE_STATES = (PaymentState.COMPLETED, PaymentState.PARTLY_CHARGED_BACK)


def amount(money: Money) -> Document:
    """An amount in whole minor units of its currency."""
    return {"minor_units": money.minor_units, "currency": money.currency}


def money_text(minor_units: int, currency: str) -> str:
    """An amount as people read it."""
    return str(Money(minor_units, currency))


def moment(at: datetime | None) -> str | None:
    """A moment in ISO 8601, UTC."""
    return None if at is None else f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def day(of: date | None) -> str | None:
    """A day in ISO 8601."""
    return None if of is None else of.isoformat()


def applied(amounts: Iterable[tuple[str, Money]]) -> list[Document]:
    """What went to which invoice, or came back from it."""
    return [{"invoice": number, "amount": amount(money)} for number, money in amounts]


def account(of: Account) -> Document:
    """An account with its balances."""
    limit = of.credit_limit_minor
    return {
        "number": of.number,
        "name": of.name,
        "type": of.type.value,
        "state": of.state.value,
        "currency": of.currency,
        "master_user": of.master_user,
        "created": day(of.created),
        "balance": amount(of.balance),
        "amount_due": amount(of.amount_due),
        "credit_balance": amount(of.credit_balance),
        "credit_limit": None if limit is None else amount(of.money(limit)),
        "billing_day": of.billing_day,
        "payment_terms_days": of.payment_terms_days,
        "billed_through": day(of.billed_through),
        "card": _card(of.card),
    }


def _card(card: CardOnFile | None) -> Document | None:
    if card is None:
        return None
    return {"brand": card.brand, "last_four": card.last_four, "expiry": card.expiry, "gateway": card.gateway}


def payment(of: Payment) -> Document:
    """A payment or a credit."""
    may_go_back = of.kind.by_card and of.state in RETURNABLE_STATES
    return {
        "id": of.id,
        "account": of.account_number,
        "kind": of.kind.value,
        "state": of.state.value,
        "amount": amount(of.amount),
        "unapplied": amount(of.unapplied),
        "returnable": amount(of.returnable if may_go_back else Money(0, of.currency)),
        "charged_back": amount(Money(of.charged_back_minor, of.currency)),
        "charge_back_pending": amount(Money(of.charge_back_pending_minor, of.currency)),
        "received": day(of.received),
        "recorded_at": moment(of.recorded_at),
        "recorded_by": of.recorded_by,
        "method": of.method.value,
        "card": of.card_label or None,
        "reference": of.reference,
        "memo": of.memo,
        "expires": day(of.expires),
        "gateway": of.gateway or None,
        "gateway_reference": of.gateway_reference or None,
        "failure_reason": of.failure_reason or None,
        "cancelled_by": of.cancelled_by or None,
        "cancelled_at": moment(of.cancelled_at),
        "cancel_reason": None if of.cancel_reason is None else of.cancel_reason.value,
        "key": of.key,
    }


def credit(of: Payment) -> Document:
    """A credit: what it was granted for is its memo."""
    return payment(of) | {"reason": of.memo}


def charge_back(of: ChargeBack, currency: str) -> Document:
    """Money returned to a card, or on its way there."""
    return {
        "id": of.id,
        "payment": of.payment_id,
        "amount": amount(Money(of.amount_minor, currency)),
        "state": of.state.value,
        "reason": None if of.reason is None else of.reason.value,
        "case_reference": of.case_reference,
        "failure_reason": of.failure_reason or None,
        "gateway_reference": of.gateway_reference or None,
        "of_dispute": of.dispute is not None,
        "reversed": amount(Money(of.reversed_minor, currency)),
        "key": of.key,
        "issued_by": of.issued_by,
        "issued_at": moment(of.issued_at),
    }


def exception(of: ExceptionLine) -> Document:
    """Something that needs a person."""
    return {
        "kind": of.kind.value,
        "since": moment(of.since),
        "account": of.account_number or None,
        "name": of.account_name or None,
        "amount": amount(of.amount),
        "gateway": of.gateway or None,
        "reference": of.reference or None,
        "payment": of.payment_id,
        "charge_back": of.charge_back_id,
        "message": of.sentence,
        "to_do": of.kind.advice,
    }


def ledger_line(of: LedgerLine, currency: str) -> Document:
    """One ledger entry."""
    return {
        "event": snake_case(of.event),
        "amount": amount(Money(of.amount_minor, currency)),
        "payment": of.payment_id,
        "invoice": of.invoice_number,
        "recorded_at": moment(of.recorded_at),
        "recorded_by": of.recorded_by,
    }


def audit_entry(of: AuditEntry) -> Document:
    """One line of the audit log."""
    return {"at": moment(of.recorded_at), "user": of.user_name, "action": of.action, "outcome": of.outcome}


def user(of: User) -> Document:
    """A user; never the password's hash."""
    return {
        "name": of.name,
        "profile": snake_case(of.profile.value),
        "account": of.account_number,
        "disabled": of.disabled,
        "failed_sign_ins": of.failures,
        "locked_until": moment(of.locked_until),
    }


def invoice(of: Invoice, today: date) -> Document:
    """An invoice; whether it is overdue depends on the day."""
    return {
        "number": of.number,
        "state": of.state(today).value,
        "period_start": day(of.period_start),
        "period_end": day(of.period_end),
        "issued": day(of.issued),
        "due_date": day(of.due_date),
        "total": amount(of.money(of.total_minor)),
        "paid_from_credit": amount(of.money(of.paid_from_credit_minor)),
        "due": amount(of.money(of.due_minor)),
    }


def charge(of: Charge, currency: str) -> Document:
    """A line of an invoice; quantity and unit price as they were given."""
    return {
        "dated": day(of.dated),
        "description": of.description,
        "quantity": of.quantity,
        "unit_price": of.unit_price,
        "amount": amount(Money(of.amount_minor, currency)),
    }


def charge_import(of: ChargeImport) -> Document:
    """A file of charges that was taken in."""
    return {
        "key": of.key,
        "file_name": of.file_name,
        "sha256": of.digest,
        "charges": of.lines,
        "imported_at": moment(of.imported_at),
        "imported_by": of.imported_by,
    }


def failed_payment(of: InvoiceToCollect) -> Document:
    """An invoice that is still due since its automatic payment failed; without a next attempt a person is needed."""
    payment_id, failed_at, reason = of.last_failure or (None, None, None)
    return {
        "invoice": of.number,
        "account": of.account_number,
        "due": amount(of.due),
        "failed_attempts": of.failed_attempts,
        "payment": payment_id,
        "failed_at": moment(failed_at),
        "failure_reason": reason,
        "next_attempt": day(of.next_attempt),
    }


def statement(of: Statement) -> Document:
    """A statement; a positive net balance means that the customer owes."""
    return {
        "period_start": day(of.start),
        "period_end": day(of.end),
        "state": snake_case(of.state_label),
        "balance_forward": amount(Money(of.balance_forward_minor, of.currency)),
        "payments": amount(Money(of.payments_minor, of.currency)),
        "credits": amount(Money(of.credits_minor, of.currency)),
        "charges": amount(Money(of.charges_minor, of.currency)),
        "net_balance": amount(Money(of.net_balance_minor, of.currency)),
    }
