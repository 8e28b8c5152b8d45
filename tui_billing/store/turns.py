"""What only one transaction may do at a time, though it holds no row that the others would wait for; and how long."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import Connection, func, select, text

# Tells our locks from those of others in the same database: "TUBI".
OURS = 0x54554249


class Turn(IntEnum):
    """Each lasts until the transaction's end; one that holds an account takes its turn after that."""

    SCHEMA = 1
    INVOICE_NUMBERS = 2
    CHARGE_IMPORTS = 3
    FINDINGS = 4
    ACCOUNT_NUMBERS = 5
    USER_NAMES = 6
    CLOSING = 7


def take(connection: Connection, turn: Turn) -> None:
    """Wait for the turn, and see from here on what those before have done; on SQLite all writers take turns anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(OURS, int(turn))))


def take_any_time(connection: Connection) -> None:
    """Let this transaction wait, work and pause for as long as a whole database takes."""
    if connection.dialect.name == "postgresql":
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = 0"))
