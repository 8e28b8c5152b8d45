"""Recomputing every cached figure from the ledger entries alone, in SQL."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

CHECKS = {
    "customer funds": """
        SELECT 'account ' || number, funds_minor, coalesce(funds, 0) FROM account LEFT JOIN (
            SELECT account_id, sum(CASE WHEN credit = 'customer_funds' THEN amount_minor
                WHEN debit = 'customer_funds' THEN -amount_minor ELSE 0 END) AS funds
            FROM ledger_entry GROUP BY account_id) sums ON sums.account_id = account.id
        WHERE funds_minor <> coalesce(funds, 0)""",
    "receivable": """
        SELECT 'account ' || number, receivable_minor, coalesce(owed, 0) FROM account LEFT JOIN (
            SELECT account_id, sum(CASE WHEN debit = 'receivable' THEN amount_minor
                WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END) AS owed
            FROM ledger_entry GROUP BY account_id) sums ON sums.account_id = account.id
        WHERE receivable_minor <> coalesce(owed, 0)""",
    "unapplied": """
        SELECT 'payment ' || payment.id, unapplied_minor, coalesce(left_over, 0) FROM payment LEFT JOIN (
            SELECT payment_sequence, sum(CASE WHEN credit = 'customer_funds' THEN amount_minor
                WHEN debit = 'customer_funds' THEN -amount_minor ELSE 0 END) AS left_over
            FROM ledger_entry GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE unapplied_minor <> coalesce(left_over, 0)""",
    "invoice due": """
        SELECT 'invoice ' || invoice.number, due_minor, coalesce(due, 0) FROM invoice LEFT JOIN (
            SELECT invoice_sequence, sum(CASE WHEN debit = 'receivable' THEN amount_minor
                WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END) AS due
            FROM ledger_entry GROUP BY invoice_sequence) sums ON sums.invoice_sequence = invoice.sequence
        WHERE due_minor <> coalesce(due, 0)""",
    "money in": """
        SELECT 'payment ' || payment.id, CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END,
            coalesce(came_in, 0) FROM payment LEFT JOIN (
            SELECT payment_sequence, sum(amount_minor) AS came_in FROM ledger_entry
            WHERE event IN ('payment_recorded', 'card_payment_completed', 'credit_issued')
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(came_in, 0) <> CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END""",
    "money out": """
        SELECT 'payment ' || payment.id,
            CASE WHEN state = 'cancelled' THEN payment.amount_minor ELSE charged_back_minor END, coalesce(went_out, 0)
        FROM payment LEFT JOIN (
            SELECT payment_sequence, sum(amount_minor) AS went_out FROM ledger_entry
            WHERE event IN ('payment_cancelled', 'charge_back_completed', 'credit_cancelled')
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(went_out, 0) <> CASE WHEN state = 'cancelled' THEN payment.amount_minor
            ELSE charged_back_minor END""",
    "charged back": """
        SELECT 'payment ' || payment.id, charged_back_minor, coalesce(done, 0) FROM payment LEFT JOIN (
            SELECT payment_id, sum(amount_minor) AS done FROM charge_back WHERE state = 'completed'
            GROUP BY payment_id) sums ON sums.payment_id = payment.id
        WHERE charged_back_minor <> coalesce(done, 0)""",
    "charge back pending": """
        SELECT 'payment ' || payment.id, charge_back_pending_minor, coalesce(waiting, 0) FROM payment LEFT JOIN (
            SELECT payment_id, sum(amount_minor) AS waiting FROM charge_back WHERE state = 'pending'
            GROUP BY payment_id) sums ON sums.payment_id = payment.id
        WHERE charge_back_pending_minor <> coalesce(waiting, 0)""",
    "invoice total": """
        SELECT 'invoice ' || invoice.number, total_minor, coalesce(charged, 0) FROM invoice LEFT JOIN (
            SELECT invoice_sequence, sum(amount_minor) AS charged FROM ledger_entry WHERE event = 'charges_invoiced'
            GROUP BY invoice_sequence) sums ON sums.invoice_sequence = invoice.sequence
        WHERE total_minor <> coalesce(charged, 0)""",
    "invoice lines": """
        SELECT 'invoice ' || invoice.number, total_minor, coalesce(lines, 0) FROM invoice LEFT JOIN (
            SELECT invoice_sequence, sum(amount_minor) AS lines FROM charge
            GROUP BY invoice_sequence) sums ON sums.invoice_sequence = invoice.sequence
        WHERE total_minor <> coalesce(lines, 0)""",
    "funds beside a debt": """
        SELECT 'account ' || number, funds_minor, receivable_minor FROM account
        WHERE funds_minor > 0 AND receivable_minor > 0""",
    "wrong legs": """
        SELECT 'entry ' || sequence, 1, 0 FROM ledger_entry
        WHERE event || ':' || debit || ':' || credit NOT IN (SELECT value FROM json_each(:legs))""",
    "wrong account": """
        SELECT 'entry ' || e.sequence, e.account_id, coalesce(p.account_id, i.account_id) FROM ledger_entry e
        LEFT JOIN payment p ON p.sequence = e.payment_sequence
        LEFT JOIN invoice i ON i.sequence = e.invoice_sequence
        WHERE p.account_id <> e.account_id OR i.account_id <> e.account_id""",
}
CARD_CLEARING = """
    SELECT payment.gateway, currency, sum(CASE debit WHEN 'card_clearing' THEN e.amount_minor ELSE -e.amount_minor END)
    FROM ledger_entry e JOIN payment ON payment.sequence = e.payment_sequence JOIN account ON account.id = e.account_id
    WHERE debit = 'card_clearing' OR credit = 'card_clearing' GROUP BY payment.gateway, currency
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that does not follow from the ledger entries, in minor units where it is an amount."""

    figure: str
    subject: str
    stored: int
    recomputed: int


def differences(connection: Connection, legs: str) -> list[Difference]:
    """Every cached figure that the entries do not bear out; `legs` is a JSON list of `event:debit:credit`."""
    found = []
    for figure, statement in CHECKS.items():
        parameters = {"legs": legs} if ":legs" in statement else {}
        for subject, stored, recomputed in connection.execute(text(statement), parameters):
            found.append(Difference(figure, subject, int(stored), int(recomputed)))
    return found


def card_clearing(connection: Connection) -> dict[tuple[str, str], int]:
    """The card clearing account, in minor units, by gateway and currency."""
    return {(gateway, currency): int(minor) for gateway, currency, minor in connection.execute(text(CARD_CLEARING))}
