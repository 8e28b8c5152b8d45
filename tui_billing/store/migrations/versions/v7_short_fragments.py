"""An index of one and two characters for searches on PostgreSQL, which `pg_trgm` cannot look up."""

from __future__ import annotations

from alembic import op

revision = "7"
down_revision = "6"

# As version 7 had it, whatever becomes of the index later.
PAIRS = "string_to_array(regexp_replace({}, '(..)', E'\\\\1\\n', 'g'), E'\\n')"
INDEX = f"""
    CREATE INDEX account_fragment ON account USING gin ((string_to_array(search::text, NULL)
        || {PAIRS.format("search::text")} || {PAIRS.format("substr(search, 2)")}))"""


def upgrade() -> None:
    """Make the index; SQLite finds short fragments in the one that it has."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(INDEX)
