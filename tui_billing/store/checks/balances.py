"""Every cached amount, recomputed from the ledger entries, the charge backs or the charges."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from tui_billing.store.entry_rules import MONEY_IN_EVENTS, MONEY_OUT_EVENTS, MONEY_REGAINED_EVENTS

BALANCES = {
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
    "money in": f"""
        SELECT 'payment ' || payment.id, CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END,
            coalesce(came_in, 0) FROM payment LEFT JOIN (
            SELECT payment_sequence, sum(amount_minor) AS came_in FROM ledger_entry
            WHERE event IN ({MONEY_IN_EVENTS})
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(came_in, 0) <> CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END""",
    "money out": f"""
        SELECT 'payment ' || payment.id,
            CASE WHEN state = 'cancelled' THEN payment.amount_minor ELSE charged_back_minor END, coalesce(went_out, 0)
        FROM payment LEFT JOIN (
            SELECT payment_sequence,
                sum(CASE WHEN event IN ({MONEY_OUT_EVENTS}) THEN amount_minor ELSE -amount_minor END) AS went_out
            FROM ledger_entry WHERE event IN ({MONEY_OUT_EVENTS}, {MONEY_REGAINED_EVENTS})
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(went_out, 0) <> CASE WHEN state = 'cancelled' THEN payment.amount_minor
            ELSE charged_back_minor END""",
    "charged back": """
        SELECT 'payment ' || payment.id, charged_back_minor, coalesce(done, 0) FROM payment LEFT JOIN (
            SELECT payment_id, sum(amount_minor - reversed_minor) AS done FROM charge_back WHERE state = 'completed'
            GROUP BY payment_id) sums ON sums.payment_id = payment.id
        WHERE charged_back_minor <> coalesce(done, 0)""",
    "reversed": """
        SELECT 'charge back ' || charge_back.id, reversed_minor, coalesce(regained, 0) FROM charge_back LEFT JOIN (
            SELECT charge_back_id, sum(amount_minor) AS regained FROM reversal
            GROUP BY charge_back_id) sums ON sums.charge_back_id = charge_back.id
        WHERE reversed_minor <> coalesce(regained, 0)""",
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
    "unapplied sum": """
        SELECT 'account ' || number, funds_minor, coalesce(unapplied, 0) FROM account LEFT JOIN (
            SELECT account_id, sum(unapplied_minor) AS unapplied
            FROM payment GROUP BY account_id) sums ON sums.account_id = account.id
        WHERE funds_minor <> coalesce(unapplied, 0)""",
    "invoices due": """
        SELECT 'account ' || number, receivable_minor, coalesce(due, 0) FROM account LEFT JOIN (
            SELECT account_id, sum(due_minor) AS due
            FROM invoice GROUP BY account_id) sums ON sums.account_id = account.id
        WHERE receivable_minor <> coalesce(due, 0)""",
    "funds beside a debt": """
        SELECT 'account ' || number, funds_minor, receivable_minor FROM account
        WHERE funds_minor > 0 AND receivable_minor > 0""",
}
