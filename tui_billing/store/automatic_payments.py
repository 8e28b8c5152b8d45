"""Reading the invoices that automatic payments are to collect, with the attempts so far."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, RowMapping, Select, and_, exists, func, select

from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment
from tui_billing.store.compiled_tables import ACCOUNT, INVOICE, PAYMENT
from tui_billing.store.compiled_tables import LEDGER_ENTRY as ENTRY
from tui_billing.store.payments import WITH_ACCOUNT, payment_of

FAILED = PAYMENT.alias("failed")
LATER = PAYMENT.alias("later")


def _of_invoice(what: Any, *where: Any) -> Any:
    """A figure over the automatic payments of the invoice."""
    made_for_it = (PAYMENT.c.invoice_sequence == INVOICE.c.sequence, *where)
    return select(what).where(*made_for_it).correlate(INVOICE).scalar_subquery()


IS_FAILED = PAYMENT.c.state == "failed"
REOPENED = (
    select(ENTRY.c.sequence)
    .where(ENTRY.c.invoice_sequence == INVOICE.c.sequence, ENTRY.c.event == "application_undone")
    .correlate(INVOICE)
    .exists()
)
CHARGEABLE = ACCOUNT.c.card_payment_method_reference.is_not(None) & (ACCOUNT.c.state != "terminated")
LAST_FAILED = _of_invoice(func.max(PAYMENT.c.sequence), IS_FAILED)
TO_COLLECT: Select[Any] = (
    select(
        INVOICE.c.sequence,
        INVOICE.c.number,
        INVOICE.c.issued,
        INVOICE.c.account_id,
        INVOICE.c.due_minor,
        ACCOUNT.c.number.label("account_number"),
        ACCOUNT.c.name.label("account_name"),
        ACCOUNT.c.currency,
        _of_invoice(func.count()).label("attempts"),
        _of_invoice(func.count(), IS_FAILED).label("failed_attempts"),
        _of_invoice(func.min(PAYMENT.c.received), IS_FAILED).label("first_failed"),
        FAILED.c.id.label("failed_id"),
        FAILED.c.recorded_at.label("failed_at"),
        FAILED.c.failure_reason,
        REOPENED.label("reopened"),
        CHARGEABLE.label("chargeable"),
    )
    .select_from(INVOICE)
    .join(ACCOUNT, INVOICE.c.account_id == ACCOUNT.c.id)
    .outerjoin(FAILED, FAILED.c.sequence == LAST_FAILED)
    .where(
        INVOICE.c.due_minor > 0,
        ACCOUNT.c.type == "retail",
        and_(ACCOUNT.c.billed_through.is_not(None), INVOICE.c.period_end <= ACCOUNT.c.billed_through),
    )
)


def count_to_collect(connection: Connection, account_number: str | None, through: date) -> int:
    """How many open invoices there are of periods that were closed by a day, of retail accounts or one."""
    return int(connection.execute(_to_collect(account_number, through).with_only_columns(func.count())).scalar_one())


def to_collect(
    connection: Connection, account_number: str | None, through: date, after: int, limit: int
) -> list[InvoiceToCollect]:
    """The first so many of them after the invoice of this sequence."""
    statement = _to_collect(account_number, through).where(INVOICE.c.sequence > after)
    rows = connection.execute(statement.order_by(INVOICE.c.sequence).limit(limit)).mappings()
    return [_invoice_of(row) for row in rows]


def still_to_collect(connection: Connection, invoice_sequence: int) -> InvoiceToCollect | None:
    """The invoice as it stands now, if something of it is still due."""
    row = connection.execute(TO_COLLECT.where(INVOICE.c.sequence == invoice_sequence)).mappings().one_or_none()
    return None if row is None else _invoice_of(row)


def failed(connection: Connection, account_number: str | None = None) -> list[InvoiceToCollect]:
    """Those of them for which the last automatic payment has failed."""
    statement = _of_account(account_number).where(FAILED.c.id.is_not(None), is_last_attempt(FAILED))
    rows = connection.execute(statement.order_by(INVOICE.c.issued, INVOICE.c.sequence)).mappings()
    return [_invoice_of(row) for row in rows]


def is_last_attempt(payment: FromClause) -> ColumnElement[bool]:
    """Whether no other automatic payment was tried for the same invoice after this one."""
    same_invoice = LATER.c.invoice_sequence == payment.c.invoice_sequence
    return ~exists().where(same_invoice, LATER.c.sequence > payment.c.sequence)


def _of_account(number: str | None) -> Select[Any]:
    return TO_COLLECT if number is None else TO_COLLECT.where(ACCOUNT.c.number == number)


def pending_of(connection: Connection, account_id: int) -> list[Payment]:
    """An account's card payments whose outcome is not known."""
    statement = WITH_ACCOUNT.where(PAYMENT.c.state == "pending", PAYMENT.c.account_id == account_id)
    rows = connection.execute(statement.order_by(PAYMENT.c.sequence)).mappings()
    return [payment_of(row) for row in rows]


def _to_collect(account_number: str | None, through: date) -> Select[Any]:
    return _of_account(account_number).where(INVOICE.c.period_end <= through)


def _invoice_of(row: RowMapping) -> InvoiceToCollect:
    failure = row["failed_id"] and (row["failed_id"], row["failed_at"], row["failure_reason"])
    return InvoiceToCollect(
        sequence=row["sequence"],
        number=row["number"],
        issued=row["issued"],
        account_id=row["account_id"],
        account_number=row["account_number"],
        account_name=row["account_name"],
        due=Money(row["due_minor"], row["currency"]),
        attempts=row["attempts"],
        failed_attempts=row["failed_attempts"],
        first_failed=row["first_failed"],
        last_failure=failure,
        reopened=bool(row["reopened"]),
        chargeable=bool(row["chargeable"]),
    )
