"""The one port: what the desk asks of a payment gateway, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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


class PaymentGateway(Protocol):
    """A card processor. Every method may take long and is called outside any database transaction.

    A lost connection, a timeout or a server error is answered with `Unknown`, never raised and never `Declined`.
    """

    name: str

    def charge(self, request: ChargeRequest) -> Answer:
        """Take the money, once per key."""

    def refund(self, request: RefundRequest) -> Answer:
        """Give the money back, once per key, never more than was taken."""

    def find(self, key: str) -> Answer | None:
        """What became of the request with this key; `None` if it never arrived, `Unknown` if it cannot be said now."""

    def withdraw(self, key: str) -> None:
        """Make sure that a request with this key that has not arrived by now never moves money; `find` says whether."""
