"""A second, naive account of the money: what the desk and the gateway should hold, worked out without their code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum

CREDIT, RECORD, MANUAL = "credit", "record", "manual"
PENDING, COMPLETED, FAILED, CANCELLED = "pending", "completed", "failed", "cancelled"
CHARGED_BACK, PARTLY = "charged_back", "partly_charged_back"
SURELY_LOST = timedelta(seconds=60)


class Fate(Enum):
    """How the gateway deals with a request: does it move money, and does the desk hear of it?"""

    APPROVED = (True, True, True)
    DECLINED = (True, False, True)
    NEVER_ARRIVES = (False, False, False)
    APPROVED_UNHEARD = (True, True, False)

    def __init__(self, arrives: bool, approved: bool, heard: bool) -> None:
        self.arrives, self.approved, self.heard = arrives, approved, heard


CHARGE_FATES = {
    "card_approved": Fate.APPROVED,
    "card_insufficient_funds": Fate.DECLINED,
    "card_expired": Fate.DECLINED,
    "card_lost": Fate.DECLINED,
    "card_do_not_honor": Fate.DECLINED,
    "card_error": Fate.NEVER_ARRIVES,
    "card_timeout_before": Fate.NEVER_ARRIVES,
    "card_timeout_after": Fate.APPROVED_UNHEARD,
    "card_refund_refused": Fate.APPROVED,
    "card_refund_timeout_before": Fate.APPROVED,
    "card_refund_timeout_after": Fate.APPROVED,
}
REFUND_FATES = {
    "card_refund_refused": Fate.DECLINED,
    "card_refund_timeout_before": Fate.NEVER_ARRIVES,
    "card_refund_timeout_after": Fate.APPROVED_UNHEARD,
}


@dataclass
class Invoice:
    """An open item."""

    total: int
    due: int


@dataclass
class Request:
    """Something asked of the gateway: a charge, or a refund of `amount`."""

    key: str
    amount: int
    fate: Fate
    sent_at: datetime
    state: str = PENDING
    arrived: bool = False
    withdrawn: bool = False
    given_up: bool = False

    @property
    def moved(self) -> bool:
        """Whether the gateway's own record says that the money moved."""
        return self.arrived and self.fate.approved

    def arrive(self) -> None:
        """The request reaches the gateway, unless it never does or was withdrawn."""
        self.arrived = self.fate.arrives and not self.withdrawn


@dataclass
class Payment:
    """A payment or credit; amounts in minor units."""

    key: str
    account: Account
    kind: str
    amount: int
    expires: date | None = None
    card: str = ""
    state: str = COMPLETED
    left: int = 0
    charge: Request | None = None
    refunds: list[Request] = field(default_factory=list)
    paid: dict[int, int] = field(default_factory=dict)

    @property
    def given_back(self) -> int:
        """What has gone back to the card."""
        return sum(refund.amount for refund in self.refunds if refund.state == COMPLETED)

    @property
    def waiting(self) -> int:
        """What may be on its way back."""
        return sum(refund.amount for refund in self.refunds if refund.state == PENDING)

    @property
    def returnable(self) -> int:
        """What may still be asked for."""
        return self.amount - self.given_back - self.waiting


@dataclass
class Account:
    """A customer: the balance as plain arithmetic, and the open items as plain lists."""

    number: str
    currency: str
    decimals: int
    balance: int = 0
    clearing: int = 0
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    def charge(self, total: int) -> None:
        """An invoice is issued."""
        self.invoices.append(Invoice(total, total))
        self.balance -= total
        self._settle()

    def money_in(self, payment: Payment) -> None:
        """A payment or credit has come in."""
        payment.left = payment.amount
        self.balance += payment.amount
        self.clearing += payment.amount if payment.kind == MANUAL else 0
        self._settle()

    def money_out(self, payment: Payment, amount: int) -> None:
        """A payment or credit goes back, in whole or in part."""
        for index, paid in payment.paid.items():
            self.invoices[index].due += paid
            payment.left += paid
        payment.paid = {}
        payment.left -= amount
        self.balance -= amount
        self.clearing -= amount if payment.kind == MANUAL else 0
        self._settle()

    def _settle(self) -> None:
        first_payment = [(p.kind != CREDIT, p.expires or date.max, i, p) for i, p in enumerate(self.payments)]
        for *_, payment in sorted(first_payment, key=lambda turn: turn[:3]):
            for index, invoice in enumerate(self.invoices):
                amount = min(payment.left, invoice.due)
                if amount:
                    payment.left -= amount
                    invoice.due -= amount
                    payment.paid[index] = payment.paid.get(index, 0) + amount


@dataclass
class Shadow:
    """Every account, and every payment by its key."""

    accounts: list[Account]
    payments: dict[str, Payment] = field(default_factory=dict)

    def add(self, payment: Payment) -> Payment:
        """A payment is known from now on."""
        self.payments[payment.key] = payment
        payment.account.payments.append(payment)
        return payment

    def cancel(self, payment: Payment) -> None:
        """A recorded payment or a credit is cancelled."""
        payment.state = CANCELLED
        payment.account.money_out(payment, payment.amount)

    def look_up(self, payment: Payment, now: datetime) -> None:
        """The desk asks the gateway what became of the payment's requests."""
        for request in filter(None, (payment.charge, *payment.refunds)):
            if request.state != PENDING:
                continue
            if not request.arrived and (request.given_up or now - request.sent_at > SURELY_LOST):
                request.withdrawn = True
            if request.arrived or request.withdrawn:
                self._finish(payment, request)

    def look_up_all(self, now: datetime) -> None:
        """The desk reconciles: payments first, then charge backs."""
        for payment in self.payments.values():
            self.look_up(payment, now)

    def answer(self, payment: Payment, request: Request) -> None:
        """The desk's own call to the gateway has come back."""
        if request.state != PENDING:
            return
        if request.withdrawn or (request.arrived and request.fate.heard):
            self._finish(payment, request)
        else:
            request.given_up = True

    @staticmethod
    def _finish(payment: Payment, request: Request) -> None:
        request.state = COMPLETED if request.moved else FAILED
        if request is payment.charge:
            payment.state = request.state
            if request.moved:
                payment.account.money_in(payment)
        elif request.moved:
            payment.state = PARTLY if payment.given_back < payment.amount else CHARGED_BACK
            payment.account.money_out(payment, request.amount)

    def requests(self) -> list[tuple[str, int, Request]]:
        """Everything ever asked of the gateway: currency, sign, request."""
        found = []
        for payment in self.payments.values():
            currency = payment.account.currency
            found += [(currency, 1, payment.charge)] if payment.charge else []
            found += [(currency, -1, refund) for refund in payment.refunds]
        return found
