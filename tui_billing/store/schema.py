"""The schema as a whole: made at once, marked as ours, with the triggers that guard what is recorded."""

from __future__ import annotations

from sqlalchemy import Connection
from sqlmodel import SQLModel

from tui_billing.store import account_search, tables
from tui_billing.store.triggers import trigger_statements, triggers

# "TUBI" and "TUBT": another program's database is told from ours, and a training database from a real one.
APPLICATION_ID = 0x54554249
TRAINING_APPLICATION_ID = 0x54554254
SCHEMA_VERSION = 4
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
)
TABLES = tuple(tables.table(row) for row in ROWS)
TRIGGERS = tuple(triggers(TABLES))


def create_schema(connection: Connection) -> None:
    """Make every table, index and trigger in the connection's transaction."""
    SQLModel.metadata.create_all(connection, tables=TABLES)
    for statement in trigger_statements(TRIGGERS, connection.dialect.name):
        connection.exec_driver_sql(statement)
    account_search.create(connection)
