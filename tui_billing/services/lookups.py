"""Finding what an operator names."""

from __future__ import annotations

from sqlalchemy import Connection

from tui_billing.domain.errors import InvalidInput, NotFound
from tui_billing.domain.payments import Payment
from tui_billing.store import payments


def payment_found(connection: Connection, payment_id: str, account_number: str | None = None) -> Payment:
    """The payment with this ID or unique beginning of one (eight characters or more); raises `NotFound`.

    With an account number no other account's payments are looked at, so that nothing is learnt of them.
    """
    shortest = 8
    matching = payments.by_id_start(connection, payment_id, account_number) if len(payment_id) >= shortest else []
    if len(matching) > 1:
        raise InvalidInput(f"Several payments begin with {payment_id[:36]}. Give the whole ID.", field="Payment")
    if not matching:
        raise NotFound(f"There is no payment {payment_id[:36]}.")
    return matching[0]
