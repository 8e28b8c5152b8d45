"""Carries out the revisions between two versions, on any database; the only module that knows Alembic's machinery."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from tui_billing.store.schema import create_triggers, drop_triggers
from tui_billing.store.schema_version import SCHEMA_VERSION
from tui_billing.store.users import AuditEntry, write_audit

WHO = "tui-billing"


def upgrade_tables(connection: Connection, version: int, subject: str) -> str:
    """Change the tables of this version into today's, in the connection's transaction; says and logs what was done.

    The version itself is left to the caller: it is kept where the program looks at each start, not in a table of
    Alembic's.
    """
    scripts = ScriptDirectory(Path(__file__).parent)
    revisions = list(scripts.iterate_revisions(str(SCHEMA_VERSION), str(version)))
    # Rows are moved and get what they lack; the triggers, which would refuse that, are always those of today.
    drop_triggers(connection)
    with Operations.context(MigrationContext.configure(connection)):
        for script in reversed(revisions):
            script.module.upgrade()
    create_triggers(connection)
    done = f"from version {version} to {SCHEMA_VERSION}"
    write_audit(connection, AuditEntry(datetime.now(UTC), WHO, "", "upgrade", subject, f"done: {done}"))
    return done
