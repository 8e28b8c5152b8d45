"""The names that our tables and all that comes with them have on a PostgreSQL server, and whether they are taken."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from tui_billing.store.account_index import POSTGRESQL_INDEXES
from tui_billing.store.schema import TABLES, TRIGGERS
from tui_billing.store.schema_version import MARKER
from tui_billing.store.triggers import triggers_on


def taken_name(connection: Connection) -> str | None:
    """What has one of our names in the schema that we would use, such as `view “payment”`, if anything has."""
    row = connection.exec_driver_sql(_statement()).first()
    return None if row is None else f"{row.kind} “{row.name}”"


def _statement() -> str:
    tables = [MARKER, *(table.name for table in TABLES)]
    indexes = [str(index.name) for table in TABLES for index in table.indexes]
    numbered = ((table.name, table.autoincrement_column) for table in TABLES)
    sequences = [f"{name}_{column.name}_seq" for name, column in numbered if column is not None]
    functions = [trigger.name for trigger in triggers_on("postgresql", TRIGGERS)]
    here = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    return f"""
        SELECT CASE relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
            WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END AS kind, relname AS name FROM pg_class
        WHERE relnamespace = {here} AND relname IN ({_listed([*tables, *indexes, *sequences, *POSTGRESQL_INDEXES])})
        UNION ALL SELECT 'type', typname FROM pg_type
        WHERE typnamespace = {here} AND typrelid = 0 AND typname IN ({_listed(tables)})
        UNION ALL SELECT 'function', proname || '()' FROM pg_proc
        WHERE pronamespace = {here} AND pronargs = 0 AND proname IN ({_listed(functions)})
        ORDER BY name LIMIT 1"""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
