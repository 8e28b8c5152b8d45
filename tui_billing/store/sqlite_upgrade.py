"""Upgrading a SQLite file: whole or not at all, and with a copy of it as it was beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from tui_billing.domain.errors import SetUpRefused
from tui_billing.store.checks.likeness import unlike_new
from tui_billing.store.migrations.running import upgrade_tables
from tui_billing.store.schema_version import SCHEMA_VERSION
from tui_billing.store.sqlite import SqliteStore
from tui_billing.store.sqlite_files import copy_file, free_name, publish, unfinished

# References need not hold while a table is made anew; who comes second waits until the first is done.
PRAGMAS = ("PRAGMA foreign_keys = OFF", "PRAGMA busy_timeout = 3600000")


def upgrade_file(path: Path) -> str:
    """Upgrade the database unless another starter just has; says what was done, or nothing."""
    store = SqliteStore(path, *PRAGMAS)
    try:
        with store.writing() as connection:
            version = connection.execute(text("PRAGMA user_version")).scalar_one()
            if version >= SCHEMA_VERSION:
                return ""
            with _kept(path) as copy, _as_refusal(path):
                done = upgrade_tables(connection, version, copy.name)
                _refuse_unlike_new(connection)
                connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
        return f"{path} was upgraded {done}. As it was before: {copy}"
    finally:
        store.close()


@contextmanager
def _kept(path: Path) -> Iterator[Path]:
    """A copy of the database as it is, beside it; away again if the upgrade fails."""
    copy = free_name(path.with_name(f"{path.name}.before-upgrade-{SCHEMA_VERSION}"))
    with ExitStack() as failed:
        # Under another name until it is whole, so that nobody puts half of one back.
        with unfinished(copy) as being_made:
            copy_file(path, being_made)
            publish(being_made, copy)
        failed.callback(copy.unlink, missing_ok=True)
        yield copy
        failed.pop_all()


@contextmanager
def _as_refusal(path: Path) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, SetUpRefused) as fault:
        reason = fault.sentence if isinstance(fault, SetUpRefused) else fault.orig
        sentence = f"{path} could not be upgraded to version {SCHEMA_VERSION}: {reason}. It is as it was before."
        raise SetUpRefused(sentence) from fault


def _refuse_unlike_new(connection: Connection) -> None:
    for _, subject, _, _ in unlike_new(connection):
        raise SetUpRefused(f"it would have another {subject} than a new database")
    dangling = connection.execute(text('SELECT "table", parent FROM pragma_foreign_key_check')).first()
    if dangling is not None:
        raise SetUpRefused(f"a row of {dangling[0]} refers to a row of {dangling[1]} that is not there")
