"""Copying all rows of one database into another one that is new, of the same kind or not, and proving them equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select
from sqlmodel import SQLModel

from tui_billing.domain.errors import NotSaved
from tui_billing.store import account_index, tables
from tui_billing.store.numbering import last_number, set_last_number
from tui_billing.store.schema import TABLES, create_triggers, drop_triggers
from tui_billing.store.turns import take_any_time

ROWS_AT_ONCE = 5_000
SKIPPED = tables.table(tables.SkippedNumbersRow)
IN_ORDER = [table for table in SQLModel.metadata.sorted_tables if table in TABLES and table is not SKIPPED]


def copy_rows(source: Connection, target: Connection, progress: Callable[[int, int], None]) -> dict[str, str]:
    """Copy every row into tables that are empty; gives each table's digest, once the copies have the same.

    Raises `NotSaved` if one is not equal.
    """
    for connection in (source, target):
        take_any_time(connection)
    # They would refuse what was entered before its period was closed.
    drop_triggers(target)
    total = 2 * sum(_count(source, table) for table in IN_ORDER)
    done = 0

    def digest(connection: Connection, table: Table, into: Connection | None) -> str:
        nonlocal done
        found = sha256()
        statement = select(table).order_by(*table.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
        for rows in connection.execute(statement).partitions():
            # Not of the rows themselves, which show no more than the beginning of a long text.
            found.update(repr([tuple(row) for row in rows]).encode())
            if into is not None:
                _write(into, table, rows)
            done += len(rows)
            progress(done, total)
        return found.hexdigest()

    digests = {table.name: digest(source, table, target) for table in IN_ORDER}
    for table in IN_ORDER:
        set_last_number(target, table, last_number(source, table))
    _note_skipped(source, target)
    account_index.index_all(target)
    create_triggers(target)
    for table in IN_ORDER:
        if digest(target, table, None) != digests[table.name]:
            raise NotSaved(f"The copy of the table {table.name} is not equal to it. Nothing was kept.")
    return digests


def _write(connection: Connection, table: Table, rows: Sequence[Row[Any]]) -> None:
    """Insert rows in the quickest way that the database has."""
    dialect = connection.dialect
    columns = ", ".join(dialect.identifier_preparer.quote(column.name) for column in table.columns)
    into = f"{dialect.identifier_preparer.format_table(table)} ({columns})"
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) or _as_is for column in table.columns]
    values = [tuple(process(value) for process, value in zip(processors, row, strict=True)) for row in rows]
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(processors))
        connection.exec_driver_sql(f"INSERT INTO {into} VALUES ({marks})", values)  # noqa: S608 -- our own names
        return
    server: Any = connection.connection.driver_connection
    with server.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copying:
        for row in values:
            copying.write_row(row)


def _as_is(value: Any) -> Any:
    return value


def _note_skipped(source: Connection, target: Connection) -> None:
    """SQLite skips no number, so that what is missing was deleted; PostgreSQL does, and there that means nothing."""
    if target.dialect.name != "sqlite":
        return
    if source.dialect.name == "sqlite":
        skipped = [tuple(row) for row in source.execute(select(SKIPPED))]
    else:
        skipped = [(table.name, last_number(source, table) - _count(source, table)) for table in IN_ORDER]
    values = [{"table_name": name, "skipped": count} for name, count in skipped if count > 0]
    if values:
        target.execute(SKIPPED.insert(), values)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
