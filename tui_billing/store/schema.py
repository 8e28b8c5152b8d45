"""The schema as a whole: made at once, marked as ours, with the triggers that keep the ledger append-only."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from tui_billing.store import tables

# "TUBI" and "TUBT": another program's database is told from ours, and a training database from a real one.
APPLICATION_ID = 0x54554249
TRAINING_APPLICATION_ID = 0x54554254
SCHEMA_VERSION = 1


def create_schema(connection: Connection, training: bool) -> None:
    """Make every table, index and trigger in the connection's transaction."""
    SQLModel.metadata.create_all(connection, tables=[tables.table(row) for row in ROWS])
    for name in tables.APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            connection.execute(text(_refusing_trigger(name, action)))
    connection.execute(text(f"PRAGMA application_id = {TRAINING_APPLICATION_ID if training else APPLICATION_ID}"))
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))


ROWS = (
    tables.AccountRow,
    tables.UserRow,
    tables.PaymentRow,
    tables.ChargeBackRow,
    tables.InvoiceRow,
    tables.ChargeRow,
    tables.LedgerEntryRow,
    tables.MoneyActionRow,
    tables.AuditEntryRow,
)


def _refusing_trigger(name: str, action: str) -> str:
    return (
        f"CREATE TRIGGER {name}_refuses_{action.lower()} BEFORE {action} ON {name} "
        f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
    )
