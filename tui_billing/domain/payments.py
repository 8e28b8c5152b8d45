"""Payments and credits, their states, and which way back each one has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tui_billing.domain.accounts import Account, AccountState, AccountType
from tui_billing.domain.errors import RuleRefused
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


def refuse_record(account: Account) -> None:
    """Raise `RuleRefused` unless Record Payment is open to the account: corporate, in every state."""
    if account.type is not AccountType.CORPORATE:
        raise RuleRefused(
            f"Record Payment is for corporate accounts; this account is {account.type.label}."
            " A retail account pays by card with Make Payment."
        )


def refuse_make(account: Account) -> None:
    """Raise `RuleRefused` unless Make Payment is open to the account: retail, a card on file, not terminated."""
    if account.type is not AccountType.RETAIL:
        raise RuleRefused(f"Make Payment is for retail accounts; this account is {account.type.label}.")
    if account.state is AccountState.TERMINATED:
        raise RuleRefused("Make Payment is closed: this account is Terminated.")
    if account.card is None:
        raise RuleRefused("There is no card on file. Put one on file first.")


def refuse_credit(account: Account) -> None:
    """Raise `RuleRefused` unless Issue Credit is open to the account: not System, not terminated."""
    if account.type is AccountType.SYSTEM:
        raise RuleRefused("The System account is the provider itself and takes no money actions.")
    if account.state is AccountState.TERMINATED:
        raise RuleRefused("Issue Credit is closed: this account is Terminated.")


def refuse_charge_back(payment: Payment) -> None:
    """Raise `RuleRefused` unless some of the payment may be charged back now."""
    if not payment.kind.by_card:
        raise RuleRefused(
            f"Only card payments are charged back; this one is {payment.kind.label}. Use {way_back(payment.kind)}."
        )
    _refuse_unsettled(payment)
    if payment.charge_back_pending_minor:
        raise RuleRefused("A charge back of this payment is still Pending; its outcome is being looked up.")
    if payment.state is PaymentState.CHARGED_BACK:
        raise RuleRefused("Already charged back in full.")


def refuse_look_up(payment: Payment) -> None:
    """Raise `RuleRefused` unless something of the payment waits for the gateway's answer."""
    if payment.state is not PaymentState.PENDING and not payment.charge_back_pending_minor:
        raise RuleRefused("Nothing is pending here: the gateway has answered.")


def refuse_dispute(payment: Payment, taken: Money) -> None:
    """Raise `RuleRefused` unless what the bank took can be recorded: no more than is left of the payment."""
    if payment.currency != taken.currency:
        raise RuleRefused(f"The bank took {taken}, but this payment is in {payment.currency}. Ask the gateway why.")
    if payment.state is not PaymentState.CHARGED_BACK:
        refuse_charge_back(payment)
    if taken > payment.returnable:
        returned = Money(payment.charged_back_minor, payment.currency)
        raise RuleRefused(
            f"The bank took {taken}, but {returned} of this payment has been charged back already and only"
            f" {payment.returnable} is left. Settle it with the gateway; until then the dispute stays in Exceptions."
        )


def refuse_reversal(charge_back: ChargeBack) -> None:
    """Raise `RuleRefused` unless some of the charge back may come back: it is a dispute's, and not all has come."""
    if charge_back.dispute is None:
        raise RuleRefused("Only the charge back of a dispute is reversed; this one was sent to the card from here.")
    if not charge_back.reversible_minor:
        raise RuleRefused("Already reversed in full.")


def refuse_cancel_payment(payment: Payment) -> None:
    """Raise `RuleRefused` unless the payment may be cancelled now: recorded, completed, whole."""
    if payment.kind is not PaymentKind.RECORD:
        raise RuleRefused(
            f"Only recorded payments are cancelled; this one is {payment.kind.label}. Use {way_back(payment.kind)}."
        )
    _refuse_unsettled(payment)
    _refuse_cancelled(payment)


def refuse_cancel_credit(payment: Payment) -> None:
    """Raise `RuleRefused` unless this is a credit that has not been cancelled."""
    if payment.kind is not PaymentKind.CREDIT:
        raise RuleRefused(f"This is a payment, not a credit. Use {way_back(payment.kind)}.")
    _refuse_cancelled(payment)


def way_back(kind: PaymentKind) -> str:
    """The name of the action that takes money of this kind back."""
    if kind.by_card:
        return "Issue Charge Back"
    return "Cancel Credit" if kind is PaymentKind.CREDIT else "Cancel Payment"


def _refuse_unsettled(payment: Payment) -> None:
    if payment.state is PaymentState.PENDING:
        raise RuleRefused("This payment is still Pending; its outcome is being looked up.")
    if payment.state is PaymentState.FAILED:
        raise RuleRefused(f"This payment failed ({payment.failure_reason}); no money came in.")


def _refuse_cancelled(payment: Payment) -> None:
    if payment.state is PaymentState.CANCELLED and payment.cancelled_at is not None:
        raise RuleRefused(f"Already cancelled on {payment.cancelled_at:%Y-%m-%d %H:%M} UTC by {payment.cancelled_by}.")
