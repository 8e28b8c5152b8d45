"""The one port: what the desk asks of a payment gateway, and what it may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

OTHER_REQUEST = "The gateway knows this key from another request; no money moved."
WITHDRAWN = "The request never reached the gateway; no money moved."


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """Take money from a card on file; amount in minor units. The key makes a repeat harmless."""

    key: str
    payment_id: str
    customer_reference: str
    payment_method_reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give money of an earlier charge back to its card; amount in minor units. The key makes a repeat harmless."""

    key: str
    charge_back_id: str
    charge_reference: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Approved:
    """The money moved; the gateway's own reference of the transaction."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The money did not move and will not; the gateway's reason in plain words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer that can be trusted: the money may or may not have moved."""

    reason: str


Answer = Approved | Declined | Unknown


@dataclass(frozen=True, slots=True)
class AttachedCard:
    """A card that the gateway keeps for a customer: what a receipt may show, expiry as MM/YY, and its reference."""

    brand: str
    last_four: str
    expiry: str
    payment_method_reference: str


class TransactionKind(StrEnum):
    """Which way money went."""

    CHARGE = "charge"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class GatewayTransaction:
    """Money that moved, as the gateway remembers it; amount in minor units.

    The key and `our_id` (the payment, or the charge back) are empty if somebody else moved it.
    """

    reference: str
    key: str
    kind: TransactionKind
    amount_minor: int
    currency: str
    our_id: str
    created: datetime


class DisputeState(StrEnum):
    """Whether the bank has decided, and for whom: won is money kept, lost is money gone."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A cardholder's objection to a charge; the reason in the bank's words, amount in minor units."""

    reference: str
    charge_reference: str
    amount_minor: int
    currency: str
    reason: str
    state: DisputeState
    created: datetime


class PaymentGateway(Protocol):
    """A card processor. Every method may take long and is called outside any database transaction.

    `charge`, `refund` and `find` raise nothing: a lost connection, a timeout or a server error is answered with
    `Unknown`, and `Declined` means that no money moved or will. After `Unknown`, ask `find`; do not send again.
    The others raise `RuleRefused` or `SetUpRefused` with a reason, or `GatewayUnavailable`; calling again is harmless.
    """

    name: str

    def charge(self, request: ChargeRequest) -> Answer:
        """Take the money, once per key."""

    def refund(self, request: RefundRequest) -> Answer:
        """Give the money back, once per key, never more than was taken."""

    def find(self, key: str, since: datetime | None = None) -> Answer | None:
        """What became of the request with this key; `None` if it never arrived, `Unknown` if it cannot be said now.

        `since` is when the request was made; without it, it is one of the last days.
        """

    def withdraw(self, key: str) -> None:
        """Make sure that a request with this key that has not arrived by now never moves money; `find` says whether."""

    def create_customer(self, account_number: str, name: str, key: str) -> str:
        """Make the account known to the gateway, once per key; gives the gateway's reference of the customer."""

    def attach_card(self, customer_reference: str, payment_method_reference: str) -> AttachedCard:
        """Keep a card for later charges of the customer; the reference to charge may differ from the one given."""

    def card_link(self, customer_reference: str) -> str | None:
        """The address of a page of the gateway's own where the customer enters a card; `None` if it has none."""

    def transactions(self, since: datetime) -> Sequence[GatewayTransaction]:
        """All money that moved in requests made since then, oldest first; what banks take in disputes is not here."""

    def disputes(self, since: datetime) -> Sequence[Dispute]:
        """All disputes opened since then, as they stand now, oldest first.

        What an open or lost one is about has been taken from the clearing account; of a won one it has come back.
        """
