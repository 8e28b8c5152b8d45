"""Loading an account's book from the tables, and writing what happened in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, func, literal_column, select, update

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
FUNDS = select(PAYMENT.c.sequence, PAYMENT.c.kind, PAYMENT.c.expires, PAYMENT.c.unapplied_minor)
# Literals, so that SQLite sees that the partial indexes hold all that is asked for.
UNAPPLIED = FUNDS.where(
    PAYMENT.c.account_id == bindparam("account_id"), PAYMENT.c.unapplied_minor > literal_column("0")
)
CREDITS_IN_TURN = UNAPPLIED.where(PAYMENT.c.kind == literal_column("'credit'")).order_by(
    PAYMENT.c.expires.is_(None), PAYMENT.c.expires, PAYMENT.c.sequence
)
PAYMENTS_IN_TURN = UNAPPLIED.where(PAYMENT.c.kind != literal_column("'credit'")).order_by(PAYMENT.c.sequence)
LAST_MOMENT = select(func.max(ENTRY.c.recorded_at)).where(ENTRY.c.account_id == bindparam("account_id"))


def load_book(connection: Connection, account: Account, due_minor: int = 0, reversing: int | None = None) -> Book:
    """The account's open invoices, and as much of its unapplied funds as can pay `due_minor` more becoming due.

    With the payment `reversing`, also that one, what it has paid, and the funds that can pay it again.
    """
    book = Book(account.funds_minor, account.receivable_minor)
    due = INVOICE.c.due_minor > 0
    if reversing is not None:
        row = connection.execute(FUNDS.where(PAYMENT.c.sequence == reversing)).mappings().one()
        book.fundings[reversing] = _funding_of(row)
        applied_minor = applications(connection, reversing)
        book.fundings[reversing].applied_minor.update(applied_minor)
        due_minor += sum(applied_minor.values())
        due |= INVOICE.c.sequence.in_(list(applied_minor))
    for funding in _funds_in_turn(connection, account.id, due_minor):
        book.fundings.setdefault(funding.sequence, funding)
    for row in connection.execute(select(INVOICE).where(INVOICE.c.account_id == account.id, due)).mappings():
        book.invoices[row["sequence"]] = OpenInvoice(
            row["sequence"], row["issued"], row["total_minor"], row["due_minor"]
        )
    return book


def save_book(connection: Connection, account: Account, book: Book, recorded_at: datetime, recorded_by: str) -> None:
    """Append the book's new entries and bring the cached figures into line with them.

    Where the clock has gone back, they are recorded at the moment of the account's last entry.
    """
    if not book.entries:
        return
    at = max(recorded_at, _last_moment(connection, account.id) or recorded_at)
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


def _last_moment(connection: Connection, account_id: int) -> datetime | None:
    moment: datetime | None = connection.execute(LAST_MOMENT, {"account_id": account_id}).scalar_one()
    return moment


def _funds_in_turn(connection: Connection, account_id: int, due_minor: int) -> Iterator[Funding]:
    """Unapplied funds in the order of `Funding.turn`, until they can pay so much."""
    for statement in (CREDITS_IN_TURN, PAYMENTS_IN_TURN):
        if due_minor <= 0:
            return
        with closing(connection.execute(statement, {"account_id": account_id})) as rows:
            for row in rows.mappings():
                yield _funding_of(row)
                due_minor -= row["unapplied_minor"]
                if due_minor <= 0:
                    return


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
