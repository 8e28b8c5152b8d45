"""On PostgreSQL an index of one and two characters, which `pg_trgm` cannot look up, and room to change accounts in."""

from __future__ import annotations

from alembic import op

revision = "7"
down_revision = "6"

# As version 7 had it, whatever becomes of the index later.
PAIRS = "string_to_array(regexp_replace({}, '(..)', E'\\\\1\\n', 'g'), E'\\n')"
INDEX = f"""
    CREATE INDEX account_fragment ON account USING gin ((string_to_array(search::text, NULL)
        || {PAIRS.format("search::text")} || {PAIRS.format("substr(search, 2)")}))"""
# Of pages that are full already, each change leaves some.
ROOM = "ALTER TABLE account SET (fillfactor = 90)"


def upgrade() -> None:
    """Make both; SQLite finds short fragments in the index that it has, and changes rows where they are."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(INDEX)
        connection.exec_driver_sql(ROOM)
