"""What each idempotency key has led to."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from tui_billing.store.tables import MoneyActionRow, table

MONEY_ACTION = table(MoneyActionRow)
BY_KEY = select(MONEY_ACTION.c.content, MONEY_ACTION.c.result_id).where(MONEY_ACTION.c.key == bindparam("key"))
INSERT = MONEY_ACTION.insert()


class MoneyAction(NamedTuple):
    """The first use of a key: the digest of what was asked, and the ID of what it led to."""

    content: str
    result_id: str


def by_key(connection: Connection, key: str) -> MoneyAction | None:
    """The first use of this key, or none."""
    row = connection.execute(BY_KEY, {"key": key}).one_or_none()
    return None if row is None else MoneyAction(*row)


def add(connection: Connection, key: str, action: MoneyAction) -> None:
    """Keep the first use of this key."""
    connection.execute(INSERT, {"key": key, **action._asdict()})
