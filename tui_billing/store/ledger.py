"""Loading an account's book from the tables, and writing what happened in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, func, select, update

from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import LedgerLine
from tui_billing.domain.ledger import Book, Entry, Event, Funding, OpenInvoice
from tui_billing.domain.payments import PaymentKind
from tui_billing.store import accounts
from tui_billing.store.payments import PAYMENT
from tui_billing.store.tables import InvoiceRow, LedgerEntryRow, table

INVOICE = table(InvoiceRow)
ENTRY = table(LedgerEntryRow)
APPLIED = {Event.FUNDS_APPLIED.value: 1, Event.APPLICATION_UNDONE.value: -1}
NET_APPLIED = func.sum(ENTRY.c.amount_minor * case(APPLIED, value=ENTRY.c.event, else_=0))
LAST_MOMENT = select(func.max(ENTRY.c.recorded_at)).where(ENTRY.c.account_id == bindparam("account_id"))


def load_book(connection: Connection, account: Account, reversing: int | None = None) -> Book:
    """The account's open invoices and unapplied funds; with the payment `reversing`, also what that one has paid."""
    book = Book(account.funds_minor, account.receivable_minor)
    unapplied = PAYMENT.c.unapplied_minor > 0
    if reversing is not None:
        unapplied |= PAYMENT.c.sequence == reversing
    for row in connection.execute(select(PAYMENT).where(PAYMENT.c.account_id == account.id, unapplied)).mappings():
        book.fundings[row["sequence"]] = _funding_of(row)
    due = INVOICE.c.due_minor > 0
    if reversing is not None:
        applied_minor = applications(connection, reversing)
        book.fundings[reversing].applied_minor.update(applied_minor)
        due |= INVOICE.c.sequence.in_(list(applied_minor))
    for row in connection.execute(select(INVOICE).where(INVOICE.c.account_id == account.id, due)).mappings():
        book.invoices[row["sequence"]] = OpenInvoice(
            row["sequence"], row["issued"], row["total_minor"], row["due_minor"]
        )
    return book


def save_book(connection: Connection, account: Account, book: Book, recorded_at: datetime, recorded_by: str) -> None:
    """Append the book's new entries and bring the cached figures into line with them.

    Where the clock has gone back, they are recorded at the moment of the account's last entry, and after the last
    closed period.
    """
    if not book.entries:
        return
    at = max(recorded_at, _last_moment(connection, account.id) or recorded_at, _opened(account) or recorded_at)
    connection.execute(ENTRY.insert(), [_values_of(e, account.id, at, recorded_by) for e in book.entries])
    for sequence in {e.payment_sequence for e in book.entries if e.payment_sequence is not None}:
        funding = book.fundings[sequence]
        connection.execute(
            update(PAYMENT).where(PAYMENT.c.sequence == sequence).values(unapplied_minor=funding.unapplied_minor)
        )
    for sequence in {e.invoice_sequence for e in book.entries if e.invoice_sequence is not None}:
        invoice = book.invoices[sequence]
        connection.execute(update(INVOICE).where(INVOICE.c.sequence == sequence).values(due_minor=invoice.due_minor))
    accounts.save_balances(connection, account.id, book.funds_minor, book.receivable_minor)


def applications(connection: Connection, payment_sequence: int) -> dict[int, int]:
    """What a payment or credit has paid and not been undone, in minor units by invoice sequence."""
    statement = (
        select(ENTRY.c.invoice_sequence, NET_APPLIED)
        .where(ENTRY.c.payment_sequence == payment_sequence, ENTRY.c.invoice_sequence.is_not(None))
        .group_by(ENTRY.c.invoice_sequence)
        .having(NET_APPLIED > 0)
        .order_by(ENTRY.c.invoice_sequence)
    )
    return {sequence: int(minor) for sequence, minor in connection.execute(statement)}


def lines_of_payment(connection: Connection, payment_sequence: int) -> list[LedgerLine]:
    """Every entry of a payment or credit, oldest first."""
    statement = (
        select(ENTRY, PAYMENT.c.id.label("payment_id"), INVOICE.c.number.label("invoice_number"))
        .outerjoin(PAYMENT, ENTRY.c.payment_sequence == PAYMENT.c.sequence)
        .outerjoin(INVOICE, ENTRY.c.invoice_sequence == INVOICE.c.sequence)
        .where(ENTRY.c.payment_sequence == payment_sequence)
        .order_by(ENTRY.c.sequence)
    )
    return [_line_of(row) for row in connection.execute(statement).mappings()]


def sums_by_event(connection: Connection, account_id: int, starts: Sequence[datetime]) -> list[dict[Event, int]]:
    """What the account's entries sum to by event, in minor units: before the first start, then from start to start."""
    moment = ENTRY.c.recorded_at
    span = case(*((moment < start, index) for index, start in enumerate(starts)), else_=len(starts))
    statement = (
        select(span, ENTRY.c.event, func.sum(ENTRY.c.amount_minor))
        .where(ENTRY.c.account_id == account_id)
        .group_by(span, ENTRY.c.event)
    )
    sums: list[dict[Event, int]] = [{} for _ in range(len(starts) + 1)]
    for index, event, amount_minor in connection.execute(statement):
        sums[index][Event(event)] = int(amount_minor)
    return sums


def _opened(account: Account) -> datetime | None:
    """The first moment that lies in no closed period."""
    if account.billed_through is None:
        return None
    return datetime.combine(account.billed_through + timedelta(days=1), time(), UTC)


def _last_moment(connection: Connection, account_id: int) -> datetime | None:
    moment: datetime | None = connection.execute(LAST_MOMENT, {"account_id": account_id}).scalar_one()
    return moment


def _funding_of(row: RowMapping) -> Funding:
    return Funding(row["sequence"], PaymentKind(row["kind"]), row["expires"], row["unapplied_minor"])


def _values_of(entry: Entry, account_id: int, recorded_at: datetime, recorded_by: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "event": entry.event.value,
        "debit": entry.debit.value,
        "credit": entry.credit.value,
        "amount_minor": entry.amount_minor,
        "payment_sequence": entry.payment_sequence,
        "invoice_sequence": entry.invoice_sequence,
        "recorded_at": recorded_at,
        "recorded_by": recorded_by,
    }


def _line_of(row: RowMapping) -> LedgerLine:
    return LedgerLine(
        sequence=row["sequence"],
        recorded_at=row["recorded_at"],
        event=Event(row["event"]).label,
        amount_minor=row["amount_minor"],
        payment_id=row["payment_id"],
        invoice_number=row["invoice_number"],
        recorded_by=row["recorded_by"],
    )
