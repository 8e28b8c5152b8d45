"""Other triggers, and these are made anew with every upgrade; the tables stayed as they were."""

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Nothing is left to do."""
