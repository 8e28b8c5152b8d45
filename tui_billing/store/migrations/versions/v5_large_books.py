"""What keeps a large book quick: totals of each account, names to sort by, and the index that searches look in."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

revision = "5"
down_revision = "4"

AT_ONCE = 10_000
BY_BYTES = sa.String(collation="C").with_variant(sa.String(), "sqlite")
STRETCH = {
    "sqlite": "substr(recorded_at, 1, 8) || CASE WHEN CAST(substr(recorded_at, 9, 2) AS INTEGER) < billing_day"
    " THEN '01' ELSE substr('0' || billing_day, -2) END",
    "postgresql": "CAST(date_trunc('month', recorded_at) + interval '1 day' * CASE"
    " WHEN extract(day FROM recorded_at) < billing_day THEN 0 ELSE billing_day - 1 END AS date)",
}
TOTALS = """
    INSERT INTO account_total (account_id, start, charges_minor, payments_minor, credits_minor)
    SELECT account_id, {stretch},
        sum(CASE WHEN event = 'charges_invoiced' THEN amount_minor ELSE 0 END),
        sum(CASE WHEN event IN ('payment_recorded', 'card_payment_completed', 'charge_back_reversed') THEN amount_minor
            WHEN event IN ('payment_cancelled', 'charge_back_completed') THEN -amount_minor ELSE 0 END),
        sum(CASE event WHEN 'credit_issued' THEN amount_minor WHEN 'credit_cancelled' THEN -amount_minor ELSE 0 END)
    FROM ledger_entry JOIN account ON account.id = account_id
    WHERE event NOT IN ('funds_applied', 'application_undone') GROUP BY account_id, {stretch}"""
ACCOUNTS = sa.text("SELECT id, number, name, master_user FROM account WHERE id > :after ORDER BY id LIMIT :most")
FOUND_BY = sa.text("UPDATE account SET search = :search, sort_name = :sort_name WHERE id = :id")
# As version 5 had it, whatever becomes of the index later.
SEARCH_SQLITE = (
    """CREATE VIRTUAL TABLE account_search USING fts5(
        search, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')""",
    "CREATE VIRTUAL TABLE account_fragment USING fts5vocab(account_search, instance)",
    "INSERT INTO account_search (rowid, search) SELECT CAST(number AS INTEGER), search FROM account ORDER BY number",
)
SEARCH_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX account_search ON account USING gin (search gin_trgm_ops)",
)


def upgrade() -> None:
    """Make the totals from the entries, and what accounts are found by from their names."""
    dialect = op.get_bind().dialect.name
    _make_totals(dialect)
    op.execute(TOTALS.format(stretch=STRETCH[dialect]))
    op.add_column("account", sa.Column("sort_name", BY_BYTES, nullable=False, server_default=""))
    _make_found_by()
    op.drop_index("account_by_type", "account")
    op.create_index("account_by_number", "account", ["number", "sort_name", "search"])
    op.create_index("account_by_name", "account", ["sort_name", "number", "search"])
    op.create_index("account_by_type", "account", ["type", "number", "state"])
    op.create_index("account_by_state", "account", ["state", "number"])
    op.create_index("account_by_type_and_name", "account", ["type", "sort_name", "number", "state"])
    op.create_index("account_by_state_and_name", "account", ["state", "sort_name", "number"])
    op.drop_index("payment_newest_first", "payment")
    columns = ["account_id", "received", "sequence", "kind", "state", "charge_back_pending_minor"]
    op.create_index("payment_newest_first", "payment", columns)
    _make_search(dialect)


def _make_totals(dialect: str) -> None:
    whole = ("charges_minor", "payments_minor", "credits_minor")
    checks = ["charges_minor >= 0"]
    if dialect == "sqlite":
        checks.append(" AND ".join(f"typeof({column}) IN ('integer', 'null')" for column in whole))
    op.create_table(
        "account_total",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True, autoincrement=False),
        sa.Column("start", sa.Date, primary_key=True),
        *(sa.Column(column, sa.BigInteger, nullable=False) for column in whole),
        *(sa.CheckConstraint(check) for check in checks),
        sqlite_with_rowid=False,
    )


def _make_search(dialect: str) -> None:
    connection = op.get_bind()
    if dialect == "sqlite":
        for statement in SEARCH_SQLITE:
            connection.exec_driver_sql(statement)
        return
    # A server without pg_trgm does without.
    with suppress(DBAPIError), connection.begin_nested():
        for statement in SEARCH_POSTGRESQL:
            connection.exec_driver_sql(statement)


def _make_found_by() -> None:
    connection, after = op.get_bind(), 0
    while accounts := connection.execute(ACCOUNTS, {"after": after, "most": AT_ONCE}).all():
        rows = [
            {"id": each, "search": _folded(f"{number} {name} {master_user}") + "\n\n", "sort_name": _folded(name)}
            for each, number, name, master_user in accounts
        ]
        connection.execute(FOUND_BY, rows)
        after = accounts[-1][0]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
