"""Every ledger entry on its own: its legs, what it refers to, and that this is of the right account and kind."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from tui_billing.store.entry_rules import EVENTS_OF_KINDS, LEGS_HOLD, REFERENCES_HOLD

ENTRIES = {
    "wrong legs": f"SELECT 'entry ' || sequence, 1, 0 FROM ledger_entry WHERE NOT {LEGS_HOLD}",
    "wrong references": f"SELECT 'entry ' || sequence, 1, 0 FROM ledger_entry WHERE NOT ({REFERENCES_HOLD})",
    "wrong account": """
        SELECT 'entry ' || e.sequence, e.account_id,
            CASE WHEN p.account_id <> e.account_id THEN p.account_id ELSE i.account_id END
        FROM ledger_entry e
        LEFT JOIN payment p ON p.sequence = e.payment_sequence
        LEFT JOIN invoice i ON i.sequence = e.invoice_sequence
        WHERE p.account_id <> e.account_id OR i.account_id <> e.account_id""",
    "wrong event": f"""
        SELECT 'entry ' || e.sequence, 1, 0 FROM ledger_entry e JOIN payment p ON p.sequence = e.payment_sequence
        WHERE e.invoice_sequence IS NULL AND p.kind || ':' || e.event NOT IN ({EVENTS_OF_KINDS})""",
    "undone beyond applied": """
        SELECT 'payment ' || payment.id, net, 0 FROM payment JOIN (
            SELECT payment_sequence,
                sum(CASE event WHEN 'funds_applied' THEN amount_minor ELSE -amount_minor END) AS net
            FROM ledger_entry WHERE event IN ('funds_applied', 'application_undone')
                AND payment_sequence IN (SELECT payment_sequence FROM ledger_entry WHERE event = 'application_undone')
            GROUP BY payment_sequence, invoice_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE net < 0""",
    # By moment, as the index has them; in the order of their sequences they would have to be sorted.
    "back in time": """
        SELECT 'entries ' || earlier || ' and ' || sequence, 1, 0 FROM (
            SELECT sequence, lag(sequence) OVER (PARTITION BY account_id ORDER BY recorded_at, sequence) AS earlier
            FROM ledger_entry) entries WHERE sequence < earlier""",
}
