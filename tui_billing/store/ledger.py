"""Loading an account's book from the tables, and writing what happened in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, func, literal_column, select, update

from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import LedgerLine
from tui_billing.domain.ledger import LEGS, NEW, Book, Entry, Event, Funding, OpenInvoice
from tui_billing.domain.payments import PaymentKind
from tui_billing.store import accounts, totals
from tui_billing.store.compiled_tables import INVOICE, PAYMENT
from tui_billing.store.compiled_tables import LEDGER_ENTRY as ENTRY
from tui_billing.store.prepared import Prepared, Row, together

# An event and its legs, as they stand in the table.
WRITTEN = {
    event: {"event": event.value, "debit": debit.value, "credit": credit.value}
    for event, (debit, credit) in LEGS.items()
}
APPLIED = {Event.FUNDS_APPLIED.value: 1, Event.APPLICATION_UNDONE.value: -1}
NET_APPLIED = func.sum(ENTRY.c.amount_minor * case(APPLIED, value=ENTRY.c.event, else_=0))
FUNDS = select(PAYMENT.c.sequence, PAYMENT.c.kind, PAYMENT.c.expires, PAYMENT.c.unapplied_minor)
# Literals, so that SQLite sees that the partial indexes hold all that is asked for.
UNAPPLIED = FUNDS.where(
    PAYMENT.c.account_id == bindparam("account_id"), PAYMENT.c.unapplied_minor > literal_column("0")
)
CREDITS_IN_TURN = Prepared(
    UNAPPLIED.where(PAYMENT.c.kind == literal_column("'credit'")).order_by(
        PAYMENT.c.expires.is_(None), PAYMENT.c.expires, PAYMENT.c.sequence
    )
)
PAYMENTS_IN_TURN = Prepared(UNAPPLIED.where(PAYMENT.c.kind != literal_column("'credit'")).order_by(PAYMENT.c.sequence))
OPEN_INVOICE = select(INVOICE.c.sequence, INVOICE.c.issued, INVOICE.c.total_minor, INVOICE.c.due_minor)
OPEN_INVOICES = Prepared(
    OPEN_INVOICE.where(INVOICE.c.account_id == bindparam("account_id"), INVOICE.c.due_minor > literal_column("0"))
)
LAST_MOMENT = Prepared(
    select(func.max(ENTRY.c.recorded_at).label("moment")).where(ENTRY.c.account_id == bindparam("account_id"))
)
ADD_ENTRY = Prepared(ENTRY.insert())
SAVE_UNAPPLIED = Prepared(
    update(PAYMENT)
    .where(PAYMENT.c.sequence == bindparam("of_sequence"))
    .values(unapplied_minor=bindparam("unapplied_minor"))
)
SAVE_DUE = Prepared(
    update(INVOICE).where(INVOICE.c.sequence == bindparam("of_sequence")).values(due_minor=bindparam("due_minor"))
)


def load_book(connection: Connection, account: Account, due_minor: int = 0, reversing: int | None = None) -> Book:
    """The account's open invoices, and as much of its unapplied funds as can pay `due_minor` more becoming due.

    With the payment `reversing`, also that one, what it has paid, and the funds that can pay it again.
    """
    with together(connection):
        invoices = OPEN_INVOICES.rows(connection, account_id=account.id)
        moments = LAST_MOMENT.rows(connection, account_id=account.id)
    (last,) = moments
    book = Book(account.funds_minor, account.receivable_minor, last["moment"])
    book.invoices |= {row["sequence"]: OpenInvoice(**row) for row in invoices}
    paid: list[int] = []
    if reversing is not None:
        row = connection.execute(FUNDS.where(PAYMENT.c.sequence == reversing)).mappings().one()
        book.fundings[reversing] = _funding_of(row)
        applied_minor = applications(connection, reversing)
        book.fundings[reversing].applied_minor.update(applied_minor)
        due_minor += sum(applied_minor.values())
        paid = list(applied_minor)
    for funding in _funds_in_turn(connection, account.id, due_minor, reversing):
        book.fundings[funding.sequence] = funding
    if paid:
        again = OPEN_INVOICE.where(INVOICE.c.sequence.in_(paid), INVOICE.c.due_minor == 0)
        book.invoices |= {row["sequence"]: OpenInvoice(**row) for row in connection.execute(again).mappings()}
    return book


def save_book(
    connection: Connection,
    account: Account,
    book: Book,
    recorded_at: datetime,
    recorded_by: str,
    new: int | None = None,
) -> None:
    """Append the book's new entries and bring the cached figures into line with them.

    Where the clock has gone back, they are recorded at the moment of the account's last entry, and after the last
    closed period. `new` is the sequence of the payment that was `NEW`; it is kept already, with what is left of it.
    """
    if not book.entries:
        return
    at = max(recorded_at, book.last_moment or recorded_at, _opened(account) or recorded_at)
    same = {"account_id": account.id, "recorded_at": at, "recorded_by": recorded_by}
    totals.add(connection, account, at.date(), book.entries)
    with together(connection):
        ADD_ENTRY.run_each(connection, [_values_of(entry, new) for entry in book.entries], **same)
        _save_figures(connection, account, book)


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


def _save_figures(connection: Connection, account: Account, book: Book) -> None:
    for sequence in {e.payment_sequence for e in book.entries if e.payment_sequence not in (None, NEW)}:
        unapplied_minor = book.fundings[sequence].unapplied_minor
        SAVE_UNAPPLIED.run(connection, of_sequence=sequence, unapplied_minor=unapplied_minor)
    for sequence in {e.invoice_sequence for e in book.entries if e.invoice_sequence is not None}:
        SAVE_DUE.run(connection, of_sequence=sequence, due_minor=book.invoices[sequence].due_minor)
    accounts.save_balances(connection, account.id, book.funds_minor, book.receivable_minor)


def _opened(account: Account) -> datetime | None:
    """The first moment that lies in no closed period."""
    if account.billed_through is None:
        return None
    return datetime.combine(account.billed_through + timedelta(days=1), time(), UTC)


def _funds_in_turn(connection: Connection, account_id: int, due_minor: int, reversing: int | None) -> Iterator[Funding]:
    """Unapplied funds in the order of `Funding.turn`, until they can pay so much; what is taken back cannot."""
    for statement in (CREDITS_IN_TURN, PAYMENTS_IN_TURN):
        if due_minor <= 0:
            return
        for row in statement.rows(connection, account_id=account_id):
            if row["sequence"] == reversing:
                continue
            yield _funding_of(row)
            due_minor -= row["unapplied_minor"]
            if due_minor <= 0:
                return


def _funding_of(row: RowMapping | Row) -> Funding:
    return Funding(row["sequence"], PaymentKind(row["kind"]), row["expires"], row["unapplied_minor"])


def _values_of(entry: Entry, new: int | None) -> dict[str, Any]:
    return {
        **WRITTEN[entry.event],
        "amount_minor": entry.amount_minor,
        "payment_sequence": new if entry.payment_sequence == NEW else entry.payment_sequence,
        "invoice_sequence": entry.invoice_sequence,
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
