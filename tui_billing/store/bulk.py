"""Filling a new SQLite database with millions of rows: what looks at each row is made once all of them are there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

MADE = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"


@contextmanager
def made_afterwards(connection: Connection) -> Iterator[None]:
    """Take the indexes and triggers off, and make them again at the end."""
    made = connection.exec_driver_sql(MADE).all()
    for kind, name, _ in made:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    yield
    # Sorted on a second core.
    connection.exec_driver_sql("PRAGMA threads = 2")
    for _, _, statement in made:
        connection.exec_driver_sql(statement)
