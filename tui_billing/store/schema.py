"""The schema as a whole: made at once, marked as ours, with the triggers that guard what is recorded."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlmodel import AutoString, SQLModel

from tui_billing.store import account_index, tables
from tui_billing.store.triggers import triggers, triggers_on

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

# Each payment changes the balances of a row: beside it on its page no index has to be told, which takes half the time.
ROOM = "ALTER TABLE account SET (fillfactor = 90)"
# Those of ours; another program's, and those on other tables, are none of our business.
TRIGGERS_THERE = """
    SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = to_regnamespace(current_schema())"""
SCHEMA_NAME = "SELECT quote_ident(current_schema())"


def create_schema(connection: Connection) -> None:
    """Make every table, index and trigger in the connection's transaction."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
    if connection.dialect.name == "postgresql":
        _order_by_bytes(connection)
        connection.exec_driver_sql(ROOM)
    account_index.create(connection)
    create_triggers(connection)


def create_triggers(connection: Connection) -> None:
    """Make every trigger."""
    needed = triggers_on(connection.dialect.name, TRIGGERS)
    if connection.dialect.name == "sqlite":
        statements = [trigger.sqlite for trigger in needed]
    else:
        schema = connection.execute(text(SCHEMA_NAME)).scalar_one()
        statements = [statement for trigger in needed for statement in trigger.postgresql(schema)]
    for statement in statements:
        connection.exec_driver_sql(statement)


def drop_triggers(connection: Connection) -> None:
    """Remove every trigger of ours, those of earlier versions too: their names are among today's.

    A SQLite file is ours alone, and what else somebody has put into it must not fire while its rows are moved.
    """
    if connection.dialect.name == "sqlite":
        for name in list(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    ours = {(trigger.name, trigger.table) for trigger in triggers_on("postgresql", TRIGGERS)}
    there = {(name, table) for name, table in connection.execute(text(TRIGGERS_THERE))}
    for name, table in sorted(ours & there):
        connection.exec_driver_sql(f'DROP TRIGGER {name} ON "{table}"')
        connection.exec_driver_sql(f"DROP FUNCTION {name}()")


def _order_by_bytes(connection: Connection) -> None:
    """Have texts compared by their bytes, as SQLite does it, whatever the language of the server.

    Not through the columns' types: these are written behind every value too, where a collation may not stand.
    """
    for table in TABLES:
        texts = [column.name for column in table.columns if isinstance(column.type, AutoString)]
        changes = ", ".join(f'ALTER "{name}" TYPE varchar COLLATE "C"' for name in texts)
        if changes:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" {changes}')
