"""Copying all rows of one database into another one that is new, of the same kind or not, and proving them equal."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, Table, func, insert, select, text
from sqlmodel import SQLModel

from tui_billing.store.numbering import last_number, set_last_number
from tui_billing.store.schema import TABLES, create_triggers, drop_triggers

ROWS_AT_ONCE = 5_000
IN_ORDER = [table for table in SQLModel.metadata.sorted_tables if table in TABLES]


def copy_rows(source: Connection, target: Connection, progress: Callable[[int, int], None]) -> dict[str, str]:
    """Copy every row into tables that are empty; gives each table's digest, once the copies have the same.

    Raises `ValueError` with the name of a table whose copy is not equal.
    """
    for connection in (source, target):
        _unhurried(connection)
    # They would refuse what was entered before its period was closed.
    drop_triggers(target)
    total = 2 * sum(_count(source, table) for table in IN_ORDER)
    done = 0

    def digest(connection: Connection, table: Table, into: Connection | None) -> str:
        nonlocal done
        found = sha256()
        statement = select(table).order_by(*table.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
        for rows in connection.execute(statement).partitions():
            for row in rows:
                found.update(repr(tuple(row)).encode())
            if into is not None:
                into.execute(insert(table), [dict(row._mapping) for row in rows])
            done += len(rows)
            progress(done, total)
        return found.hexdigest()

    digests = {table.name: digest(source, table, target) for table in IN_ORDER}
    for table in IN_ORDER:
        set_last_number(target, table, last_number(source, table))
    create_triggers(target)
    for table in IN_ORDER:
        if digest(target, table, None) != digests[table.name]:
            raise ValueError(table.name)
    return digests


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _unhurried(connection: Connection) -> None:
    """Let statements and pauses take as long as a whole database takes."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
