"""Finding what an operator names."""

from __future__ import annotations

from sqlalchemy import Connection

from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.exceptions import ExceptionKind, Finding
from tui_billing.domain.payments import ChargeBack, Payment
from tui_billing.store import findings, payments


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


def charge_back_found(connection: Connection, charge_back_id: str) -> ChargeBack:
    """The charge back with this ID or unique beginning of one (eight characters or more); raises `NotFound`."""
    shortest = 8
    matching = payments.charge_backs_by_id_start(connection, charge_back_id) if len(charge_back_id) >= shortest else []
    if len(matching) > 1:
        raise InvalidInput(
            f"Several charge backs begin with {charge_back_id[:36]}. Give the whole ID.", field="Charge back"
        )
    if not matching:
        raise NotFound(f"There is no charge back {charge_back_id[:36]}.")
    return matching[0]


def dispute_found(connection: Connection, reference: str) -> tuple[Finding, Payment]:
    """The dispute with this reference that is to be recorded, and the payment it is about.

    Raises `NotFound` if reconcile has found none, and `RuleRefused` if it is recorded or its charge is not known here.
    """
    found = findings.named(connection, ExceptionKind.DISPUTE, reference)
    if not found:
        recorded = payments.charge_back_of_dispute(connection, reference)
        if recorded is not None:
            moment = f"{recorded.issued_at:%Y-%m-%d %H:%M} UTC"
            raise RuleRefused(f"This dispute was recorded already, on {moment} by {recorded.issued_by}.")
        raise NotFound(f"There is no dispute {reference[:64]} to record. Reconcile, then try again.")
    payment = None if found[0].payment_id is None else payments.by_id(connection, found[0].payment_id)
    if payment is None:
        raise RuleRefused("The charge that is disputed is not in the ledger. Find out at the gateway who made it.")
    return found[0], payment
