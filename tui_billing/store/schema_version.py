"""What a database says of itself: that it is ours, what for, and of which version its tables are."""

from __future__ import annotations

from tui_billing.domain.errors import SetUpRefused

# "TUBI" and "TUBT": another program's database is told from ours, and a training database from a real one.
APPLICATION_ID = 0x54554249
TRAINING_APPLICATION_ID = 0x54554254
SCHEMA_VERSION = 7
# The table that says it on PostgreSQL.
MARKER = "tui_billing_database"


def refuse_newer(name: str, version: int) -> None:
    """Raise `SetUpRefused` if the tables of the database of this name are newer than this program."""
    if version > SCHEMA_VERSION:
        raise SetUpRefused(
            f"{name} was made by a newer tui-billing: its tables are of version {version}, and this one knows"
            f" them up to {SCHEMA_VERSION}. Upgrade tui-billing to open it."
        )
