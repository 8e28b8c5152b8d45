"""Reading and writing charges and invoices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, case, func, literal_column, select, update

from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import Charge, Invoice
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE, INVOICE, PAYMENT
from tui_billing.store.compiled_tables import LEDGER_ENTRY as ENTRY
from tui_billing.store.keyset import Keyset, Ordered
from tui_billing.store.ledger import NET_APPLIED
from tui_billing.store.prepared import Prepared, Row
from tui_billing.store.searching import has, searched

CHARGE_FIELDS = tuple(field.name for field in fields(Charge))
GATHER = Prepared(
    update(CHARGE).where(CHARGE.c.sequence == bindparam("charge")).values(invoice_sequence=bindparam("invoice"))
)
WAITING = Prepared(
    select(CHARGE.c.sequence, CHARGE.c.amount_minor).where(
        CHARGE.c.account_id == bindparam("account_id"),
        CHARGE.c.invoice_sequence.is_(None),
        CHARGE.c.dated <= bindparam("through"),
    )
)
FOLLOWING = Prepared(select((func.coalesce(func.max(INVOICE.c.sequence), 0) + 1).label("sequence")))
INSERT = Prepared(INVOICE.insert())
PAID_FROM_CREDIT = (
    select(func.coalesce(NET_APPLIED, 0))
    .join(PAYMENT, ENTRY.c.payment_sequence == PAYMENT.c.sequence)
    .where(ENTRY.c.invoice_sequence == INVOICE.c.sequence, PAYMENT.c.kind == "credit")
    .correlate(INVOICE)
    .scalar_subquery()
)
WITH_ACCOUNT = select(INVOICE, ACCOUNT.c.currency, PAID_FROM_CREDIT.label("paid_from_credit_minor")).join(
    ACCOUNT, INVOICE.c.account_id == ACCOUNT.c.id
)
BY_SEQUENCE = Prepared(WITH_ACCOUNT.where(INVOICE.c.sequence == bindparam("of_sequence")))
DUE = Prepared(
    select(INVOICE.c.due_date, INVOICE.c.due_minor).where(
        INVOICE.c.account_id == bindparam("account_id"), INVOICE.c.due_minor > literal_column("0")
    )
)


def listed(account_id: int, search: str = "") -> Keyset[Invoice]:
    """An account's invoices, newest first; a search finds any part of the number."""
    values = searched(search)
    return Keyset(_ordered(bool(values)), invoice_of, {"account_id": account_id, **values})


@cache
def _ordered(is_searched: bool) -> Ordered:
    statement = WITH_ACCOUNT.where(INVOICE.c.account_id == bindparam("account_id"))
    if is_searched:
        statement = statement.where(has(INVOICE.c.number))
    return Ordered(statement, INVOICE.c.issued, INVOICE.c.sequence, descending=True)


class Due(NamedTuple):
    """What is left to pay of an invoice, and since or until when."""

    due_date: date
    due_minor: int


def due_of(connection: Connection, account_id: int) -> list[Due]:
    """What is due of an account's open invoices."""
    return [Due(**row) for row in DUE.rows(connection, account_id=account_id)]


def numbers(connection: Connection, sequences: Sequence[int]) -> dict[int, str]:
    """The invoice numbers by sequence."""
    statement = select(INVOICE.c.sequence, INVOICE.c.number).where(INVOICE.c.sequence.in_(sequences))
    return dict(connection.execute(statement).all())


def by_sequence(connection: Connection, sequence: int) -> Invoice | None:
    """The invoice with this sequence, if there is one."""
    row = BY_SEQUENCE.first(connection, of_sequence=sequence)
    return None if row is None else invoice_of(row)


def lines_of(connection: Connection, invoice_sequence: int) -> list[Charge]:
    """The charges an invoice gathered, by date."""
    statement = select(CHARGE).where(CHARGE.c.invoice_sequence == invoice_sequence)
    rows = connection.execute(statement.order_by(CHARGE.c.dated, CHARGE.c.sequence)).mappings()
    return [charge_of(row) for row in rows]


def payers_of(connection: Connection, invoice_sequence: int) -> list[tuple[str, str, int]]:
    """What paid an invoice: kind and ID of each payment or credit and the minor units still applied."""
    statement = (
        select(PAYMENT.c.kind, PAYMENT.c.id, NET_APPLIED)
        .join(PAYMENT, ENTRY.c.payment_sequence == PAYMENT.c.sequence)
        .where(ENTRY.c.invoice_sequence == invoice_sequence)
        .group_by(PAYMENT.c.sequence)
        .having(NET_APPLIED > 0)
        .order_by(PAYMENT.c.sequence)
    )
    return [(kind, payment_id, int(minor)) for kind, payment_id, minor in connection.execute(statement)]


def totals_by_period(connection: Connection, account_id: int, starts: Sequence[date]) -> list[int]:
    """What the account's invoices come to, in minor units: of periods before the first start, then of each period."""
    span = case(*((INVOICE.c.period_start < start, index) for index, start in enumerate(starts)), else_=len(starts))
    statement = select(span, func.sum(INVOICE.c.total_minor)).where(INVOICE.c.account_id == account_id).group_by(span)
    found = dict(connection.execute(statement).all())
    return [int(found.get(index, 0)) for index in range(len(starts) + 1)]


def open_charges(connection: Connection, account_id: int, through: date) -> dict[int, int]:
    """The charges dated up to `through` that no invoice has gathered: their amounts, in minor units, by sequence."""
    rows = WAITING.rows(connection, account_id=account_id, through=through)
    return {row["sequence"]: row["amount_minor"] for row in rows}


def add(connection: Connection, account: Account, values: dict[str, Any], charges: Iterable[int]) -> int:
    """Insert an invoice that gathers the charges of these sequences; gives its own, and its number is its own."""
    row = FOLLOWING.first(connection)
    assert row is not None
    following: int = row["sequence"]
    number = f"INV-{values['issued']:%Y}-{following:06d}"
    INSERT.run(connection, sequence=following, number=number, account_id=account.id, **values)
    # These and no others: more may have come since their sum was taken.
    GATHER.run_each(connection, [{"charge": sequence, "invoice": following} for sequence in charges])
    return following


def invoice_of(row: RowMapping | Row) -> Invoice:
    """The invoice that a row, joined with its account, holds."""
    return Invoice(**dict(row))


def charge_of(row: RowMapping) -> Charge:
    """The charge that a row holds."""
    return Charge(**{name: row[name] for name in CHARGE_FIELDS})
