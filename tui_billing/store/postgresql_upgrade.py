"""Upgrading a PostgreSQL database: whole or not at all, by one of those who ask for it at the same time."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from tui_billing.domain.errors import SetUpRefused
from tui_billing.store.migrations.running import upgrade_tables
from tui_billing.store.postgresql import MARKER, PostgresqlStore
from tui_billing.store.schema import SCHEMA_VERSION, refuse_newer
from tui_billing.store.turns import Turn, take, take_any_time


def upgrade_database(store: PostgresqlStore) -> str:
    """Upgrade the database unless somebody else just has; says what was done."""
    try:
        with store.writing() as connection:
            take_any_time(connection)
            take(connection, Turn.SCHEMA)
            # Desks that are open finish what they have begun and, once this is done, refuse to go on.
            connection.execute(text(f"LOCK TABLE {MARKER} IN ACCESS EXCLUSIVE MODE"))
            version = connection.execute(text(f"SELECT schema_version FROM {MARKER}")).scalar_one()  # noqa: S608
            refuse_newer(store.name, version)
            if version == SCHEMA_VERSION:
                return f"{store.name} is up to date."
            done = upgrade_tables(connection, version, store.name)
            reached = {"version": SCHEMA_VERSION}
            connection.execute(text(f"UPDATE {MARKER} SET schema_version = :version"), reached)  # noqa: S608
        return f"{store.name} was upgraded {done}."
    except DatabaseError as fault:
        reason = str(fault.orig).partition("\n")[0]
        sentence = f"{store.name} could not be upgraded to version {SCHEMA_VERSION}: {reason}. It is as it was before."
        raise SetUpRefused(sentence) from fault
