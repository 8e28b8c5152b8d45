"""Finding what an operator names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.exceptions import ExceptionKind, Finding
from tui_billing.domain.payments import ChargeBack, Payment
from tui_billing.store import accounts, findings, payments

RowT = TypeVar("RowT")
SHORTEST_START = 8
LONGEST_ID = 36


def payment_found(connection: Connection, payment_id: str, account_number: str | None = None) -> Payment:
    """The payment with this ID or unique beginning of one (eight characters or more); raises `NotFound`.

    With an account number no other account's payments are looked at, so that nothing is learnt of them.
    """
    return _only("payment", payment_id, lambda: payments.by_id_start(connection, payment_id, account_number))


def payment_held(connection: Connection, payment_id: str) -> tuple[Account, Payment]:
    """The payment that an ID names and its account, held against everybody else who would change either."""
    account = accounts.hold(connection, payment_found(connection, payment_id).account_id)
    # Read again: what others have done to it until its account was held.
    return account, payment_found(connection, payment_id)


def charge_back_found(connection: Connection, charge_back_id: str) -> ChargeBack:
    """The charge back with this ID or unique beginning of one (eight characters or more); raises `NotFound`."""
    return _only("charge back", charge_back_id, lambda: payments.charge_backs_by_id_start(connection, charge_back_id))


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


def _only(what: str, id_start: str, matching: Callable[[], Sequence[RowT]]) -> RowT:
    """The one row whose ID begins so; `matching` gives two where there are several."""
    found = matching() if len(id_start) >= SHORTEST_START else ()
    named = id_start[:LONGEST_ID]
    if len(found) > 1:
        raise InvalidInput(f"Several {what}s begin with {named}. Give the whole ID.", field=what.capitalize())
    if not found:
        raise NotFound(f"There is no {what} {named}.")
    return found[0]
