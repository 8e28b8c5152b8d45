"""The schema as a whole: made at once, marked as ours, with the triggers that guard what is recorded."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlmodel import AutoString, SQLModel

from tui_billing.store import account_search, tables
from tui_billing.store.triggers import trigger_statements, triggers

ROWS = (
    tables.AccountRow,
    tables.GatewayCustomerRow,
    tables.UserRow,
    tables.PaymentRow,
    tables.ChargeBackRow,
    tables.ReversalRow,
    tables.FindingRow,
    tables.InvoiceRow,
    tables.ChargeImportRow,
    tables.ChargeRow,
    tables.LedgerEntryRow,
    tables.AccountTotalRow,
    tables.MoneyActionRow,
    tables.AuditEntryRow,
    tables.SkippedNumbersRow,
)
TABLES = tuple(tables.table(row) for row in ROWS)
TRIGGERS = tuple(triggers(TABLES))

# On PostgreSQL what a trigger does is a function, and goes with it.
TRIGGER_FUNCTIONS = """
    SELECT DISTINCT proname FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = to_regnamespace(current_schema())"""


def create_schema(connection: Connection) -> None:
    """Make every table, index and trigger in the connection's transaction."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
    if connection.dialect.name == "postgresql":
        _order_by_bytes(connection)
    account_search.create(connection)
    create_triggers(connection)


def create_triggers(connection: Connection) -> None:
    """Make every trigger."""
    for statement in trigger_statements(TRIGGERS, connection.dialect.name):
        connection.exec_driver_sql(statement)


def drop_triggers(connection: Connection) -> None:
    """Remove every trigger, those of earlier versions too."""
    if connection.dialect.name == "sqlite":
        found, drop = "SELECT name FROM sqlite_master WHERE type = 'trigger'", 'DROP TRIGGER "{}"'
    else:
        found, drop = TRIGGER_FUNCTIONS, 'DROP FUNCTION "{}" CASCADE'
    for name in list(connection.execute(text(found)).scalars()):
        connection.exec_driver_sql(drop.format(name))


def _order_by_bytes(connection: Connection) -> None:
    """Have texts compared by their bytes, as SQLite does it, whatever the language of the server.

    Not through the columns' types: these are written behind every value too, where a collation may not stand.
    """
    for table in TABLES:
        texts = [column.name for column in table.columns if isinstance(column.type, AutoString)]
        changes = ", ".join(f'ALTER "{name}" TYPE varchar COLLATE "C"' for name in texts)
        if changes:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" {changes}')
