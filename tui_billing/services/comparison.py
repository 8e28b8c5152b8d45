"""What a gateway says and what the ledger says, held against each other; nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tui_billing.domain.exceptions import ExceptionKind, Finding
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, Payment
from tui_billing.gateways.base import Dispute, DisputeState, GatewayTransaction, TransactionKind
from tui_billing.store.clearing import Movement, dispute_name

WORDS = {True: "charge", False: "refund"}


def differences(
    gateway: str, since: datetime, theirs: Iterable[GatewayTransaction], ours: Sequence[Movement]
) -> list[Finding]:
    """What only one side has, and what is of another amount there.

    Both sides may reach further back than `since`: what is older is there to be matched, not to be missed.
    """
    unmatched = {(t.kind is TransactionKind.CHARGE, t.reference): t for t in theirs}
    by_key = {movement.key: movement for movement in ours}
    found = []
    for movement in ours:
        transaction = unmatched.pop((movement.charges, movement.reference), None) if movement.is_booked else None
        if transaction is not None and (transaction.amount_minor, transaction.currency) != (
            *(movement.amount_minor, movement.currency),
        ):
            found.append(_other_amount(gateway, transaction, movement))
        elif transaction is None and movement.is_booked and movement.recorded_at >= since:
            found.append(_only_here(gateway, movement))
    for transaction in unmatched.values():
        attempt = by_key.get(transaction.key)
        # What is Pending here is an unknown outcome.
        if transaction.created >= since and (attempt is None or not attempt.is_pending):
            found.append(_only_there(gateway, transaction, attempt))
    return found


def open_disputes(
    gateway: str, disputes: Iterable[Dispute], charged: dict[str, Payment], recorded: dict[str, ChargeBack]
) -> list[Finding]:
    """The disputes to record, and those that were won after they had been recorded."""
    found = []
    for dispute in disputes:
        charge_back = recorded.get(dispute_name(gateway, dispute.reference))
        payment = charged.get(dispute.charge_reference)
        if charge_back is None and dispute.state is not DisputeState.WON:
            found.append(_dispute(gateway, dispute, payment))
        elif charge_back is not None and dispute.state is DisputeState.WON and charge_back.reversible_minor:
            found.append(_won(gateway, dispute, payment, charge_back))
    return found


def _other_amount(gateway: str, theirs: GatewayTransaction, ours: Movement) -> Finding:
    there = Money(theirs.amount_minor, theirs.currency)
    words = f"The gateway has a {WORDS[ours.charges]} of {there}, the ledger has {ours.amount}."
    return _difference(gateway, theirs.reference, ours.amount, words, ours.recorded_at, ours)


def _only_here(gateway: str, ours: Movement) -> Finding:
    words = f"The ledger has a {WORDS[ours.charges]} of {ours.amount} that the gateway does not have."
    return _difference(gateway, ours.reference, ours.amount, words, ours.recorded_at, ours)


def _only_there(gateway: str, theirs: GatewayTransaction, attempt: Movement | None) -> Finding:
    amount = Money(theirs.amount_minor, theirs.currency)
    words = f"The gateway has a {theirs.kind.value} of {amount} that the ledger does not have."
    if attempt is not None:
        words += " Here it has another reference." if attempt.is_booked else " Here it failed."
    elif not theirs.key:
        words += " It was not made at this desk."
    found = _difference(gateway, theirs.reference, amount, words, theirs.created, attempt)
    return replace(found, id=f"difference:{gateway}:{theirs.reference}")


def _difference(
    gateway: str, reference: str, amount: Money, words: str, happened_at: datetime, ours: Movement | None
) -> Finding:
    return Finding(
        # Two rows of the ledger may bear one reference: each is a difference of its own.
        id=f"difference:{gateway}:{'' if ours is None else ours.id}",
        kind=ExceptionKind.DIFFERENCE,
        gateway=gateway,
        reference=reference,
        account_id=None if ours is None else ours.account_id,
        payment_id=None if ours is None else ours.payment_id,
        charge_back_id=None if ours is None or ours.charges else ours.id,
        amount_minor=amount.minor_units,
        currency=amount.currency,
        words=words,
        happened_at=happened_at,
    )


def _dispute(gateway: str, dispute: Dispute, payment: Payment | None) -> Finding:
    return Finding(
        id=f"dispute:{dispute_name(gateway, dispute.reference)}",
        kind=ExceptionKind.DISPUTE,
        gateway=gateway,
        reference=dispute.reference,
        account_id=None if payment is None else payment.account_id,
        payment_id=None if payment is None else payment.id,
        charge_back_id=None,
        amount_minor=dispute.amount_minor,
        currency=dispute.currency,
        words=dispute.reason,
        happened_at=dispute.created,
    )


def _won(gateway: str, dispute: Dispute, payment: Payment | None, charge_back: ChargeBack) -> Finding:
    assert payment is not None, "a charge back is of a payment"
    return Finding(
        id=f"dispute won:{dispute_name(gateway, dispute.reference)}",
        kind=ExceptionKind.DISPUTE_WON,
        gateway=gateway,
        reference=dispute.reference,
        account_id=payment.account_id,
        payment_id=payment.id,
        charge_back_id=charge_back.id,
        amount_minor=charge_back.reversible_minor,
        currency=payment.currency,
        words=dispute.reason,
        happened_at=dispute.created,
    )
