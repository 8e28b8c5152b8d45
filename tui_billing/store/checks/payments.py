"""Every payment, credit and charge back on its own: kind, state and account bear each other out."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

BY_CARD = "kind IN ('auto', 'manual')"

PAYMENTS = {
    "kind of payment": f"""
        SELECT 'payment ' || payment.id, 1, 0 FROM payment JOIN account ON account.id = payment.account_id
        WHERE NOT CASE kind WHEN 'record' THEN type = 'corporate' WHEN 'credit' THEN type <> 'system'
                ELSE type = 'retail' END
            OR (method = 'card') <> ({BY_CARD}) OR (gateway <> '') <> ({BY_CARD})
            OR (method = 'credit') <> (kind = 'credit')""",
    "state of payment": f"""
        SELECT 'payment ' || id, 1, 0 FROM payment
        WHERE NOT CASE state
                WHEN 'completed' THEN charged_back_minor = 0
                WHEN 'partly_charged_back'
                    THEN {BY_CARD} AND charged_back_minor > 0 AND charged_back_minor < amount_minor
                WHEN 'charged_back' THEN {BY_CARD} AND charged_back_minor = amount_minor
                WHEN 'cancelled' THEN NOT {BY_CARD} AND charged_back_minor = 0
                ELSE {BY_CARD} AND charged_back_minor = 0 AND charge_back_pending_minor = 0 END
            OR (charge_back_pending_minor > 0 AND NOT {BY_CARD})""",
    "cancellation": """
        SELECT 'payment ' || id, 1, 0 FROM payment
        WHERE (state = 'cancelled') <> (cancelled_at IS NOT NULL)
            OR (state = 'cancelled') <> (cancelled_by <> '') OR (state = 'cancelled') <> (cancel_reason IS NOT NULL)""",
    "kind charged back": f"""
        SELECT 'charge back ' || charge_back.id, 1, 0 FROM charge_back JOIN payment ON payment.id = payment_id
        WHERE NOT {BY_CARD}""",
    "charge back of a dispute": """
        SELECT 'charge back ' || id, 1, 0 FROM charge_back
        WHERE (dispute IS NOT NULL AND state <> 'completed') OR (dispute IS NULL AND reversed_minor > 0)""",
    "charge on another account": """
        SELECT 'charge ' || charge.sequence, charge.account_id, invoice.account_id
        FROM charge JOIN invoice ON invoice.sequence = charge.invoice_sequence
        WHERE charge.account_id <> invoice.account_id""",
}
