"""Which accounts a billing run closes, and closing those that have nothing to invoice."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from tui_billing.domain.invoices import last_closed_day
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE
from tui_billing.store.prepared import Prepared

# Those that every month has.
BILLING_DAYS = range(1, 29)
# The end of the account's last period that is over by the day that `_last_days` is given.
LAST_DAY = case(
    *((literal_column(str(day)), bindparam(f"d{day}", type_=Date)) for day in BILLING_DAYS),
    value=ACCOUNT.c.billing_day,
)
LIMIT, AFTER = bindparam("limit", type_=Integer), bindparam("after", type_=Integer)


def count_to_invoice(connection: Connection, through: date, number: str | None) -> int:
    """How many accounts have a period to close by this day and open charges for it."""
    found = _count(number is not None).first(connection, **_closing(through, number))
    assert found is not None
    return int(found["count"])


def accounts_to_invoice(connection: Connection, through: date, number: str | None, after: int, limit: int) -> list[int]:
    """The first so many of them after the account with this internal id, or the one with this number."""
    values = _closing(through, number)
    return [row["id"] for row in _following(number is not None).rows(connection, after=after, limit=limit, **values)]


def close_others(
    connection: Connection, through: date, number: str | None, after: int, limit: int
) -> tuple[int | None, int]:
    """Of the first so many accounts after this internal id, close the periods of those that have nothing to invoice.

    Gives the last of the accounts, none at the end, and how many were closed.
    """
    found = _last_of_some().first(connection, after=after, limit=limit)
    assert found is not None
    if (last := found["last"]) is None:
        return None, 0
    closing = _closing_others(number is not None)
    return last, closing.run(connection, after=after, last=last, **_closing(through, number))


def _closing(through: date, number: str | None) -> dict[str, Any]:
    """What statements are told of the day and the only account, if there is one."""
    days: dict[str, Any] = {f"d{day}": last_closed_day(through, day) for day in BILLING_DAYS}
    return days if number is None else days | {"number": number}


@cache
def _count(only_one: bool) -> Prepared:
    return Prepared(select(func.count(ACCOUNT.c.id).label("count")).where(_open_periods(only_one), _open_charges()))


@cache
def _following(only_one: bool) -> Prepared:
    statement = select(ACCOUNT.c.id).where(_open_periods(only_one), _open_charges())
    return Prepared(statement.where(ACCOUNT.c.id > AFTER).order_by(ACCOUNT.c.id).limit(LIMIT))


@cache
def _last_of_some() -> Prepared:
    some = select(ACCOUNT.c.id).where(ACCOUNT.c.id > AFTER).order_by(ACCOUNT.c.id).limit(LIMIT).subquery()
    return Prepared(select(func.max(some.c.id).label("last")))


@cache
def _closing_others(only_one: bool) -> Prepared:
    statement = update(ACCOUNT).where(ACCOUNT.c.id > AFTER, ACCOUNT.c.id <= bindparam("last"))
    return Prepared(statement.where(_open_periods(only_one), ~_open_charges()).values(billed_through=LAST_DAY))


def _open_periods(only_one: bool) -> ColumnElement[bool]:
    """Whether a period of the account is over by the day and not closed."""
    not_closed = or_(ACCOUNT.c.billed_through.is_(None), ACCOUNT.c.billed_through < LAST_DAY)
    over = not_closed & (ACCOUNT.c.created <= LAST_DAY) & (ACCOUNT.c.type != "system")
    return over & (ACCOUNT.c.number == bindparam("number")) if only_one else over


def _open_charges() -> ColumnElement[bool]:
    waiting = CHARGE.c.invoice_sequence.is_(None) & (CHARGE.c.dated <= LAST_DAY)
    return select(CHARGE.c.sequence).where(CHARGE.c.account_id == ACCOUNT.c.id, waiting).exists()
