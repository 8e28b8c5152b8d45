"""The tables of the first desk; a new database is made with today's at once, so nothing is ever upgraded to these."""

revision = "1"
down_revision = None
