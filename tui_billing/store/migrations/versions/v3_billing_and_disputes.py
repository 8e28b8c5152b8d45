"""Billing runs that close periods, customers at gateways, disputes and their reversals, and what reconcile finds."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from tui_billing.store.migrations.changing import made_anew

revision = "3"
down_revision = "2"

WHOLE = "typeof(amount_minor) IN ('integer', 'null')"
# An automatic payment was made for the newest invoice there was.
PAID_FOR = """
    UPDATE payment SET invoice_sequence = (
        SELECT sequence FROM invoice WHERE invoice.account_id = payment.account_id AND issued <= received
        ORDER BY issued DESC, invoice.sequence DESC LIMIT 1)
    WHERE kind = 'auto'"""
# What was invoiced and is over stays as its statement was shown: Posted.
CLOSED = """
    UPDATE account SET billed_through = (
        SELECT max(period_end) FROM invoice WHERE invoice.account_id = account.id AND period_end < date('now'))"""
LEGS = (
    "CASE event WHEN 'charges_invoiced' THEN debit = 'receivable' AND credit = 'revenue'"
    " WHEN 'payment_recorded' THEN debit = 'bank' AND credit = 'customer_funds'"
    " WHEN 'card_payment_completed' THEN debit = 'card_clearing' AND credit = 'customer_funds'"
    " WHEN 'credit_issued' THEN debit = 'credits_granted' AND credit = 'customer_funds'"
    " WHEN 'funds_applied' THEN debit = 'customer_funds' AND credit = 'receivable'"
    " WHEN 'application_undone' THEN debit = 'receivable' AND credit = 'customer_funds'"
    " WHEN 'payment_cancelled' THEN debit = 'customer_funds' AND credit = 'bank'"
    " WHEN 'charge_back_completed' THEN debit = 'customer_funds' AND credit = 'card_clearing'"
    " WHEN 'charge_back_reversed' THEN debit = 'card_clearing' AND credit = 'customer_funds'"
    " WHEN 'credit_cancelled' THEN debit = 'customer_funds' AND credit = 'credits_granted' ELSE FALSE END"
)
REFERENCES = (
    "(invoice_sequence IS NOT NULL) = ('receivable' IN (debit, credit))"
    " AND (payment_sequence IS NOT NULL) = ('customer_funds' IN (debit, credit))"
)


def upgrade() -> None:
    """Make the new tables, then give those that were there their new columns, CHECKs and indexes."""
    _make_gateway_customer()
    _make_reversal()
    _make_finding()
    _make_charge_import()
    op.add_column("account", sa.Column("billed_through", sa.Date))
    op.execute(CLOSED)
    _change_payment()
    _change_charge_back()
    _change_charge()
    with made_anew("ledger_entry", "amount_minor > 0", LEGS, REFERENCES, WHOLE):
        pass


def _make_gateway_customer() -> None:
    op.create_table(
        "gateway_customer",
        _sequence(),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        _words("gateway"),
        _words("key", unique=True),
        sa.Column("reference", sa.String),
        sa.UniqueConstraint("account_id", "gateway"),
        sqlite_autoincrement=True,
    )


def _make_reversal() -> None:
    op.create_table(
        "reversal",
        _sequence(),
        _words("id", unique=True),
        sa.Column("charge_back_id", sa.String, sa.ForeignKey("charge_back.id"), nullable=False, index=True),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        _words("key", unique=True),
        _words("recorded_by"),
        sa.Column("recorded_at", sa.DateTime, nullable=False),
        sa.CheckConstraint("amount_minor > 0"),
        sa.CheckConstraint(WHOLE),
        sqlite_autoincrement=True,
    )


def _make_finding() -> None:
    kinds = "'unknown_outcome', 'difference', 'dispute', 'dispute_won', 'failed_automatic_payment'"
    op.create_table(
        "finding",
        sa.Column("id", sa.String, primary_key=True),
        _words("kind"),
        _words("gateway"),
        _words("reference"),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("payment_id", sa.String, sa.ForeignKey("payment.id")),
        sa.Column("charge_back_id", sa.String, sa.ForeignKey("charge_back.id")),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        _words("currency"),
        _words("words"),
        sa.Column("happened_at", sa.DateTime, nullable=False),
        sa.Column("found_at", sa.DateTime, nullable=False),
        sa.CheckConstraint("amount_minor > 0"),
        sa.CheckConstraint(WHOLE),
        sa.CheckConstraint(f"kind IN ({kinds})"),
    )


def _make_charge_import() -> None:
    op.create_table(
        "charge_import",
        _sequence(),
        _words("key", unique=True),
        _words("digest", index=True),
        _words("file_name"),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("imported_at", sa.DateTime, nullable=False),
        _words("imported_by"),
        sqlite_autoincrement=True,
    )


def _change_payment() -> None:
    op.execute("ALTER TABLE payment ADD COLUMN invoice_sequence INTEGER REFERENCES invoice (sequence)")
    op.execute(PAID_FOR)
    op.drop_index("payment_unapplied")
    figures = ("amount_minor", "unapplied_minor", "charged_back_minor", "charge_back_pending_minor")
    with made_anew(
        "payment",
        "amount_minor > 0",
        "unapplied_minor BETWEEN 0 AND amount_minor",
        "charged_back_minor >= 0 AND charge_back_pending_minor >= 0",
        "charged_back_minor + charge_back_pending_minor <= amount_minor",
        " AND ".join(f"typeof({figure}) IN ('integer', 'null')" for figure in figures),
        "kind IN ('auto', 'manual', 'record', 'credit')",
        "state IN ('pending', 'completed', 'failed', 'cancelled', 'charged_back', 'partly_charged_back')",
        "method IN ('bank_transfer', 'check', 'cash', 'other', 'card', 'credit')",
        "cancel_reason IN ('entered_in_error', 'duplicate', 'returned_by_the_bank', 'wrong_account', 'other')",
        "(invoice_sequence IS NOT NULL) = (kind = 'auto')",
    ):
        pass
    _index("payment_unapplied", "payment", ["account_id"], "unapplied_minor > 0 AND kind <> 'credit'")
    _index("credit_unapplied", "payment", ["account_id"], "unapplied_minor > 0 AND kind = 'credit'")
    _index("payment_automatic", "payment", ["invoice_sequence"], "invoice_sequence IS NOT NULL")
    _index("payment_at_gateway", "payment", ["gateway", "recorded_at"], "gateway <> ''")
    _index("payment_auto_failed", "payment", ["account_id"], "kind = 'auto' AND state = 'failed'")
    _index("payment_by_reference", "payment", ["gateway_reference"], "gateway_reference <> ''")


def _change_charge_back() -> None:
    op.add_column("charge_back", sa.Column("dispute", sa.String))
    op.add_column("charge_back", sa.Column("reversed_minor", sa.BigInteger))
    op.execute("UPDATE charge_back SET reversed_minor = 0")
    with made_anew(
        "charge_back",
        "amount_minor > 0",
        "reversed_minor BETWEEN 0 AND amount_minor",
        f"{WHOLE} AND typeof(reversed_minor) IN ('integer', 'null')",
        "state IN ('pending', 'completed', 'failed')",
        "reason IN ('fraudulent', 'duplicate', 'not_received', 'not_as_described', 'cancelled', 'other')",
        sa.UniqueConstraint("dispute"),
    ) as charge_back:
        charge_back.alter_column("reversed_minor", nullable=False)


def _change_charge() -> None:
    op.drop_index("ix_charge_account_id")
    op.execute("ALTER TABLE charge ADD COLUMN import_sequence INTEGER REFERENCES charge_import (sequence)")
    with made_anew("charge", "amount_minor >= 0", WHOLE):
        pass
    _index("charge_open", "charge", ["account_id"], "invoice_sequence IS NULL")


def _sequence() -> sa.Column[int]:
    return sa.Column("sequence", sa.Integer, primary_key=True)


def _words(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.String, nullable=False, **options)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where))
