"""What needs a person: unknown outcomes, differences with the gateway, disputes, automatic payments that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tui_billing.domain.money import Money


class ExceptionKind(StrEnum):
    """What there is to deal with."""

    UNKNOWN_OUTCOME = "unknown_outcome"
    DIFFERENCE = "difference"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    FAILED_AUTOMATIC_PAYMENT = "failed_automatic_payment"

    @property
    def label(self) -> str:
        """The words on the screen."""
        return self.value.replace("_", " ").capitalize()

    @property
    def short_label(self) -> str:
        """What is said of it where there is little room; only automatic payments are followed up when they fail."""
        return "Failed payment" if self is ExceptionKind.FAILED_AUTOMATIC_PAYMENT else self.label

    @property
    def to_do(self) -> str:
        """What to do about it, in a few words."""
        return TO_DO[self][0]

    @property
    def advice(self) -> str:
        """What to do about it, in full."""
        return TO_DO[self][1]


TO_DO = {
    ExceptionKind.UNKNOWN_OUTCOME: (
        "Look up",
        "Look up asks the gateway what happened; it never moves money. Do not charge again by other means meanwhile.",
    ),
    ExceptionKind.DIFFERENCE: (
        "Compare with the gateway",
        "Look at the gateway's own pages and put right what is wrong. Then reconcile takes it off this list.",
    ),
    ExceptionKind.DISPUTE: (
        "Record the charge back",
        "The bank has taken the money already. Record Dispute enters the charge back and sends nothing.",
    ),
    ExceptionKind.DISPUTE_WON: (
        "Charge Back Reversed",
        "The bank has given the money back. Charge Back Reversed returns it to the customer's funds.",
    ),
    ExceptionKind.FAILED_AUTOMATIC_PAYMENT: (
        "Ask the customer to pay",
        "Billing runs try again 3, 7 and 14 days after the first time. Or ask the customer to pay or for another card.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a comparison found; by its ID the same thing is found again. Amount in minor units."""

    id: str
    kind: ExceptionKind
    gateway: str
    reference: str
    account_id: int | None
    payment_id: str | None
    charge_back_id: str | None
    amount_minor: int
    currency: str
    words: str
    happened_at: datetime

    @property
    def amount(self) -> Money:
        """What it is about."""
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """One line of the list of Exceptions; what is not known of it is empty or none. Amount in minor units."""

    id: str
    kind: ExceptionKind
    since: datetime
    account_number: str
    account_name: str
    payment_id: str | None
    payment_sequence: int | None
    payment_received: date | None
    charge_back_id: str | None
    gateway: str
    reference: str
    amount_minor: int
    currency: str
    words: str

    @property
    def amount(self) -> Money:
        """What it is about."""
        return Money(self.amount_minor, self.currency)

    @property
    def sentence(self) -> str:
        """What has happened."""
        return {
            ExceptionKind.UNKNOWN_OUTCOME: f"{self.words} of {self.amount} sent; the gateway has not answered.",
            ExceptionKind.DIFFERENCE: self.words,
            ExceptionKind.DISPUTE: f"The bank took {self.amount} in a dispute: {self.words.replace('_', ' ')}.",
            ExceptionKind.DISPUTE_WON: f"The dispute is won: the bank gave {self.amount} back.",
            ExceptionKind.FAILED_AUTOMATIC_PAYMENT: f"{self.amount} was not charged: {self.words}",
        }[self.kind]
