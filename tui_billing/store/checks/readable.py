"""Whether every value in a SQLite file is one that this program would have written: SQLite keeps any in any column."""

# ruff: noqa: S608 -- what is put together here are names of our tables and columns

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, TypeDecorator
from sqlalchemy.types import TypeEngine

from tui_billing.store.prepared import on_driver
from tui_billing.store.schema import TABLES

MICROSECONDS = ".[0-9][0-9][0-9][0-9][0-9][0-9]"
# A day or time that there is not becomes another one or NULL; Python has no year 0. (A bare 0001 would be a number.)
FORMS = {
    "bool": "typeof({0}) IN ('integer', 'null') AND {0} IN (0, 1)",
    "int": "typeof({0}) IN ('integer', 'null')",
    "str": "typeof({0}) IN ('text', 'null')",
    "date": "{0} = date({0}, '+0 days') AND {0} > '0001-'",
    "datetime": "{0} = datetime(substr({0}, 1, 19), '+0 days') || substr({0}, 20, 7) AND {0} > '0001-'"
    f" AND substr({{0}}, 20) GLOB '{MICROSECONDS}'",
}


def unreadable(connection: Connection) -> Iterator[tuple[str, str, int, int]]:
    """Figure, subject, how often it is there and how often it should be; a server looks after its types itself."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function("is_utf8", 1, _is_utf8, deterministic=True)
        for table in TABLES:
            for (subject,) in on_driver(connection, _faults(table)):
                yield "unreadable value", subject, 1, 0


@contextmanager
def reading_anything(connection: Connection) -> Iterator[None]:
    """Within it, a text that is no UTF-8 does not end the reading."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    before, driver.text_factory = driver.text_factory, _as_far_as_readable
    try:
        yield
    finally:
        driver.text_factory = before


@cache
def _faults(table: Table) -> str:
    """The rows in which a value is not of its column's form, each with the first such column."""
    types = {column.name: _kind(column.type) for column in table.columns}
    # There may be NULL wherever the table allows it, which `file` looks after.
    formed = {name: f"ifnull({FORMS[kind].format(name)}, {name} IS NULL)" for name, kind in types.items()}
    texts = [name for name, kind in types.items() if kind == "str"]
    encoded = {name: f"is_utf8(CAST({name} AS BLOB))" for name in texts}
    # Each call takes as long as half a row, so all texts of a row are one; a line end keeps halves apart.
    together = " || char(10) || ".join(f"ifnull({name}, '')" for name in texts) or "''"
    cases = " ".join(f"WHEN NOT {holds} THEN '{name}'" for each in (formed, encoded) for name, holds in each.items())
    # By its number in the file, as the value that would name the row may be the one that nobody can read.
    row = "rowid" if table.dialect_options["sqlite"]["with_rowid"] else "CAST(account_id AS INTEGER)"
    return f"""
        SELECT '{table.name} row ' || {row} || ', ' || CASE {cases} END FROM "{table.name}"
        WHERE NOT ({" AND ".join(formed.values())} AND is_utf8(CAST({together} AS BLOB)))"""


def _kind(of: TypeEngine[Any]) -> str:
    return (of.impl_instance if isinstance(of, TypeDecorator) else of).python_type.__name__


def _is_utf8(text: bytes | None) -> bool:
    try:
        (text or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_far_as_readable(text: bytes) -> str:
    return text.decode(errors="replace")
