"""Billing: periods, what was closed, automatic payments and imported charges bear each other out."""

from __future__ import annotations

BILLING = {
    "period of invoice": """
        SELECT 'invoice ' || invoice.number, 1, 0 FROM invoice JOIN account ON account.id = account_id
        WHERE CAST(strftime('%d', period_start) AS INTEGER) <> billing_day
            OR period_end <> date(period_start, '+1 month', '-1 day')""",
    "billed through": """
        SELECT 'account ' || number, 1, 0 FROM account
        WHERE CAST(strftime('%d', billed_through, '+1 day') AS INTEGER) <> billing_day""",
    "automatic payment": """
        SELECT 'payment ' || payment.id, 1, 0 FROM payment LEFT JOIN invoice ON invoice.sequence = invoice_sequence
        WHERE (kind = 'auto') <> (invoice_sequence IS NOT NULL) OR invoice.account_id <> payment.account_id""",
    "imported charges": """
        SELECT 'import ' || key, lines, coalesce(there, 0) FROM charge_import LEFT JOIN (
            SELECT import_sequence, count(*) AS there FROM charge WHERE import_sequence IS NOT NULL
            GROUP BY import_sequence) sums ON sums.import_sequence = charge_import.sequence
        WHERE lines <> coalesce(there, 0)""",
}
