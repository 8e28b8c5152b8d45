"""What is asked of the desk, as it was typed: the content that an idempotency key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui_billing.domain.payments import CancelReason, ChargeBackReason, PaymentMethod


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A payment the provider received: the amount as typed, the day it came (today if none), and how."""

    amount: str
    received: date | None = None
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER
    reference: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class MakeRequest:
    """A charge of the card on file: the amount as typed."""

    amount: str


@dataclass(frozen=True, slots=True)
class CreditRequest:
    """A credit to grant: the amount as typed, the reason, and the day it should be used by."""

    amount: str
    reason: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class ChargeBackRequest:
    """What goes back to the card: the amount as typed (all that is left if empty), and the bank's reason and case."""

    amount: str = ""
    reason: ChargeBackReason | None = None
    case_reference: str = ""


@dataclass(frozen=True, slots=True)
class DisputeRequest:
    """A dispute to record, by the gateway's reference; all else of it is the bank's to say."""

    reference: str


@dataclass(frozen=True, slots=True)
class ReversalRequest:
    """What came back of a charge back: the amount as typed, all that has not come if empty."""

    amount: str = ""


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Why a recorded payment or a credit is cancelled."""

    reason: CancelReason


@dataclass(frozen=True, slots=True)
class AutomaticRequest:
    """What the billing run charges a card for: the invoice and the amount due of it, in minor units."""

    invoice_number: str
    amount_minor: int
