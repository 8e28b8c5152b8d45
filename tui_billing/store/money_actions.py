"""Money actions by their idempotency keys: what was asked under each, and what it led to."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from tui_billing.store.compiled_tables import MONEY_ACTION
from tui_billing.store.prepared import Prepared

BY_KEY = Prepared(
    select(MONEY_ACTION.c.content, MONEY_ACTION.c.result_id).where(MONEY_ACTION.c.key == bindparam("key"))
)
INSERT = Prepared(MONEY_ACTION.insert())


class MoneyAction(NamedTuple):
    """The first use of a key: the digest of what was asked, and the ID of what it led to."""

    content: str
    result_id: str


def by_key(connection: Connection, key: str) -> MoneyAction | None:
    """The first use of this key, or none."""
    row = BY_KEY.first(connection, key=key)
    return None if row is None else MoneyAction(**row)


def add(connection: Connection, key: str, action: MoneyAction) -> None:
    """Keep the first use of this key."""
    INSERT.run(connection, key=key, **action._asdict())
