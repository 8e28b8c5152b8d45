"""Payments and credits, their states, and which way back each one has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tui_billing.domain.money import Money


class _Worded(StrEnum):
    @property
    def label(self) -> str:
        """The words on the screen."""
        return self.value.replace("_", " ").capitalize()


class PaymentKind(_Worded):
    """How money came in: a routine card payment, Make Payment, Record Payment, or a credit the provider granted."""

    AUTO = "auto"
    MANUAL = "manual"
    RECORD = "record"
    CREDIT = "credit"

    @property
    def label(self) -> str:
        """The word on the screen: payment kinds in capitals, as the statements print them."""
        return "Credit" if self is PaymentKind.CREDIT else self.value.upper()

    @property
    def by_card(self) -> bool:
        """Whether the gateway took the money."""
        return self in (PaymentKind.AUTO, PaymentKind.MANUAL)


class PaymentState(_Worded):
    """What has become of a payment or credit."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CHARGED_BACK = "charged_back"
    PARTLY_CHARGED_BACK = "partly_charged_back"


class PaymentMethod(_Worded):
    """By which means the customer paid; card is the gateway's."""

    BANK_TRANSFER = "bank_transfer"
    CHECK = "check"
    CASH = "cash"
    OTHER = "other"
    CARD = "card"
    CREDIT = "credit"


RECORD_METHODS = (PaymentMethod.BANK_TRANSFER, PaymentMethod.CHECK, PaymentMethod.CASH, PaymentMethod.OTHER)


class ChargeBackReason(_Worded):
    """The bank's reason for a charge back."""

    FRAUDULENT = "fraudulent"
    DUPLICATE = "duplicate"
    NOT_RECEIVED = "not_received"
    NOT_AS_DESCRIBED = "not_as_described"
    CANCELLED = "cancelled"
    OTHER = "other"


class CancelReason(_Worded):
    """Why a recorded payment or a credit is cancelled."""

    ENTERED_IN_ERROR = "entered_in_error"
    DUPLICATE = "duplicate"
    RETURNED_BY_THE_BANK = "returned_by_the_bank"
    WRONG_ACCOUNT = "wrong_account"
    OTHER = "other"


class ChargeBackState(_Worded):
    """What has become of a charge back."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class PaymentFilter(StrEnum):
    """Which rows the Payments list shows; Paid is money that came in and was not wholly given back."""

    ALL = "All"
    PAID = "Paid"
    CARD = "Card"
    RECORDED = "Recorded"
    CREDITS = "Credits"
    PENDING = "Pending"
    GIVEN_BACK = "Given back"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class ChargeBack:
    """Money on its way back to the card, or refused by the gateway; amount in minor units."""

    id: str
    payment_id: str
    amount_minor: int
    state: ChargeBackState
    reason: ChargeBackReason | None
    case_reference: str
    failure_reason: str
    gateway_reference: str
    unanswered_at: datetime | None
    key: str
    issued_by: str
    issued_at: datetime
    dispute: str | None
    reversed_minor: int

    @property
    def reversible_minor(self) -> int:
        """What has not come back of it."""
        return self.amount_minor - self.reversed_minor


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that came in, or was granted, for an account; amounts in minor units of the account's currency.

    `invoice_sequence` is the invoice that an automatic payment was made for.
    """

    sequence: int
    id: str
    account_id: int
    account_number: str
    currency: str
    kind: PaymentKind
    state: PaymentState
    amount_minor: int
    unapplied_minor: int
    charged_back_minor: int
    charge_back_pending_minor: int
    received: date
    recorded_at: datetime
    method: PaymentMethod
    reference: str
    memo: str
    expires: date | None
    recorded_by: str
    card_label: str
    gateway: str
    gateway_reference: str
    failure_reason: str
    unanswered_at: datetime | None
    key: str
    cancelled_by: str
    cancelled_at: datetime | None
    cancel_reason: CancelReason | None
    invoice_sequence: int | None = None

    @property
    def amount(self) -> Money:
        """What came in."""
        return Money(self.amount_minor, self.currency)

    @property
    def unapplied(self) -> Money:
        """What has not paid an invoice yet."""
        return Money(self.unapplied_minor, self.currency)

    @property
    def returnable(self) -> Money:
        """What may still be charged back: the amount less the charge backs that completed or are pending."""
        return Money(self.amount_minor - self.charged_back_minor - self.charge_back_pending_minor, self.currency)

    @property
    def short_id(self) -> str:
        """The first eight characters of the ID."""
        return self.id[:8]

    @property
    def means(self) -> str:
        """The card that paid, or the method."""
        return self.card_label or self.method.label


def state_after(payment: Payment, returned_minor: int) -> PaymentState:
    """The state of a card payment of which so much has gone back."""
    if not returned_minor:
        return PaymentState.COMPLETED
    return PaymentState.CHARGED_BACK if returned_minor == payment.amount_minor else PaymentState.PARTLY_CHARGED_BACK
