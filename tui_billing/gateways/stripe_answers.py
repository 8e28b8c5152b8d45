"""What Stripe's objects say to the desk: plain dictionaries in, answers out; what cannot be read says nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

from tui_billing.gateways.base import (
    Answer,
    Approved,
    AttachedCard,
    Declined,
    Dispute,
    DisputeState,
    GatewayTransaction,
    TransactionKind,
    Unknown,
)
from tui_billing.gateways.stripe_amounts import from_stripe
from tui_billing.gateways.stripe_words import REFUND_FAILURES, brand_of, words_of_error

UNREADABLE = "Stripe's answer could not be read."
CALLED_OFF = "The customer did not confirm the payment, and it was cancelled."
DECIDED = {"won": DisputeState.WON, "lost": DisputeState.LOST}
# The bank has only asked, or has been satisfied before it took anything.
NO_MONEY_TAKEN = ("warning_needs_response", "warning_under_review", "warning_closed", "prevented")


class Failing(Enum):
    """What a request that failed leaves behind."""

    REFUSED = "nothing moved, and nothing will"
    NOT_TAKEN = "it was not looked at; nothing moved, and nothing will"
    KEY_USED = "an earlier request came with this key"
    UNANSWERED = "it may have moved money"


class StripeFailure(Exception):
    """A request that Stripe did not carry out as asked, or did not answer."""

    def __init__(self, failing: Failing, sentence: str) -> None:
        super().__init__(sentence)
        self.failing, self.sentence = failing, sentence


def text_of(fields: dict[str, Any], name: str) -> str:
    """A text that must be there."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise StripeFailure(Failing.UNANSWERED, UNREADABLE)
    return value


def number_of(fields: dict[str, Any], name: str) -> int:
    """A whole number that must be there."""
    value = fields.get(name)
    if type(value) is not int:
        raise StripeFailure(Failing.UNANSWERED, UNREADABLE)
    return value


def part_of(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """A part that may be missing."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def answer_of_intent(intent: dict[str, Any]) -> Answer | None:
    """What a payment of ours has come to; `None` if it waits for something that nobody will do."""
    status, error = intent.get("status"), part_of(intent, "last_payment_error")
    if status == "succeeded":
        return Approved(text_of(intent, "id"))
    if status == "canceled":
        return Declined(words_of_error(error) if error else CALLED_OFF)
    if status == "requires_payment_method" and error:
        return Declined(words_of_error(error))
    if status in ("requires_payment_method", "requires_action", "requires_confirmation"):
        return None
    return Unknown("Stripe is still working on the payment.")


def answer_of_refund(refund: dict[str, Any]) -> Answer:
    """What a refund of ours has come to."""
    status = refund.get("status")
    if status == "succeeded":
        return Approved(text_of(refund, "id"))
    if status in ("failed", "canceled"):
        return Declined(REFUND_FAILURES.get(str(refund.get("failure_reason")), "The bank did not take the refund."))
    return Unknown("Stripe is still working on the refund.")


def card_of(method: dict[str, Any]) -> AttachedCard:
    """What may be shown of a card that Stripe keeps."""
    card = part_of(method, "card")
    expiry = f"{number_of(card, 'exp_month'):02d}/{number_of(card, 'exp_year') % 100:02d}"
    return AttachedCard(brand_of(card), text_of(card, "last4"), expiry, text_of(method, "id"))


def transaction_of_intent(intent: dict[str, Any]) -> GatewayTransaction:
    """A payment that took money."""
    received = intent.get("amount_received")
    amount = received if type(received) is int and received else number_of(intent, "amount")
    return _transaction(intent, TransactionKind.CHARGE, amount, "payment_id")


def transaction_of_refund(refund: dict[str, Any]) -> GatewayTransaction:
    """A refund that gave money back."""
    return _transaction(refund, TransactionKind.REFUND, number_of(refund, "amount"), "charge_back_id")


def dispute_of(dispute: dict[str, Any]) -> Dispute:
    """A dispute of a charge: by the payment it belongs to, as that is what the desk knows it by."""
    amount_minor, currency = from_stripe(number_of(dispute, "amount"), text_of(dispute, "currency"))
    return Dispute(
        text_of(dispute, "id"),
        text_of(dispute, "payment_intent" if dispute.get("payment_intent") else "charge"),
        amount_minor,
        currency,
        str(dispute.get("reason") or "general"),
        DECIDED.get(str(dispute.get("status")), DisputeState.OPEN),
        _created(dispute),
    )


def _transaction(fields: dict[str, Any], kind: TransactionKind, amount: int, our_id: str) -> GatewayTransaction:
    metadata = part_of(fields, "metadata")
    amount_minor, currency = from_stripe(amount, text_of(fields, "currency"))
    ours, key = str(metadata.get(our_id) or ""), str(metadata.get("key") or "")
    return GatewayTransaction(
        text_of(fields, "id"), key if ours else "", kind, amount_minor, currency, ours, _created(fields)
    )


def _created(fields: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(number_of(fields, "created"), UTC)
