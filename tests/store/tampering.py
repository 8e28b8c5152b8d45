"""Somebody who has the database: its triggers, foreign keys and CHECKs are taken off, and put back afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.desk_fixtures import Desk
from tui_billing.domain.database_urls import is_postgresql

TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def tamper(desk: Desk, statements: str) -> None:
    """Run SQL statements past all that the database refuses; on PostgreSQL past its triggers and foreign keys."""
    if not is_postgresql(desk.settings.database):
        tamper_file(desk.path, statements)
        return
    with desk.store.writing() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements.split(";"):
            assert connection.exec_driver_sql(statement).rowcount, statement


def tamper_file(path: Path, statements: str) -> None:
    """Do so in a SQLite file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute(TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements.split(";"):
            assert connection.execute(statement).rowcount, statement
        for _, sql in triggers:
            connection.execute(sql)
