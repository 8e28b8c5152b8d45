"""Somebody who has the database file: its triggers, foreign keys and CHECKs are taken off, and put back afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.desk_fixtures import Desk

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def tamper(desk: Desk, statements: str) -> None:
    """Run SQL statements past all that the database refuses."""
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements.split(";"):
            assert connection.execute(statement).rowcount, statement
        for _, sql in triggers:
            connection.execute(sql)
