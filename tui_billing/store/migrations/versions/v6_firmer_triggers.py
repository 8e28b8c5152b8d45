"""Other triggers, and these are made anew with every upgrade; the tables stayed as they were."""

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Nothing is left to do."""
