"""Numbers that no row has, where rows came from a database whose numbers have gaps."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

BY_BYTES = sa.String(collation="C").with_variant(sa.String(), "sqlite")


def upgrade() -> None:
    """Make the table, empty: what is not there in a SQLite file until now has been deleted."""
    op.create_table(
        "skipped_numbers",
        sa.Column("table_name", BY_BYTES, primary_key=True),
        sa.Column("skipped", sa.BigInteger, nullable=False),
    )
