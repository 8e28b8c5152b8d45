"""Which accounts a billing run closes, and closing those that have nothing to invoice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update

from tui_billing.domain.invoices import last_closed_day
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE

# Those that every month has.
BILLING_DAYS = range(1, 29)


def count_to_invoice(connection: Connection, through: date, number: str | None) -> int:
    """How many accounts have a period to close by this day and open charges for it."""
    statement = select(func.count(ACCOUNT.c.id)).where(_open_periods(through, number), _open_charges(through))
    return int(connection.execute(statement).scalar_one())


def accounts_to_invoice(connection: Connection, through: date, number: str | None, after: int, limit: int) -> list[int]:
    """The first so many of them after the account with this internal id, or the one with this number."""
    statement = select(ACCOUNT.c.id).where(_open_periods(through, number), _open_charges(through))
    following = statement.where(ACCOUNT.c.id > after).order_by(ACCOUNT.c.id).limit(limit)
    return list(connection.execute(following).scalars())


def close_others(
    connection: Connection, through: date, number: str | None, after: int, limit: int
) -> tuple[int | None, int]:
    """Of the first so many accounts after this internal id, close the periods of those that have nothing to invoice.

    Gives the last of the accounts, none at the end, and how many were closed.
    """
    some = select(ACCOUNT.c.id).where(ACCOUNT.c.id > after).order_by(ACCOUNT.c.id).limit(limit).subquery()
    last = connection.execute(select(func.max(some.c.id))).scalar_one()
    if last is None:
        return None, 0
    statement = update(ACCOUNT).where(ACCOUNT.c.id > after, ACCOUNT.c.id <= last)
    statement = statement.where(_open_periods(through, number), ~_open_charges(through))
    return last, connection.execute(statement.values(billed_through=_last_day(through))).rowcount


def _open_periods(through: date, number: str | None) -> ColumnElement[bool]:
    """Whether a period of the account is over by this day and not closed."""
    last_day = _last_day(through)
    not_closed = or_(ACCOUNT.c.billed_through.is_(None), ACCOUNT.c.billed_through < last_day)
    over = not_closed & (ACCOUNT.c.created <= last_day) & (ACCOUNT.c.type != "system")
    return over if number is None else over & (ACCOUNT.c.number == number)


def _open_charges(through: date) -> ColumnElement[bool]:
    waiting = CHARGE.c.invoice_sequence.is_(None) & (CHARGE.c.dated <= _last_day(through))
    return select(CHARGE.c.sequence).where(CHARGE.c.account_id == ACCOUNT.c.id, waiting).exists()


def _last_day(through: date) -> ColumnElement[date]:
    """The end of the account's last period that is over by this day."""
    return case({day: last_closed_day(through, day) for day in BILLING_DAYS}, value=ACCOUNT.c.billing_day)
