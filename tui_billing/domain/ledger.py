"""The double-entry ledger of one account: what each event moves, and how funds settle invoices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from tui_billing.domain.payments import Payment, PaymentKind


class LedgerAccount(StrEnum):
    """The ledger accounts an entry moves money between."""

    RECEIVABLE = "receivable"
    CUSTOMER_FUNDS = "customer_funds"
    REVENUE = "revenue"
    BANK = "bank"
    CARD_CLEARING = "card_clearing"
    CREDITS_GRANTED = "credits_granted"


class Event(StrEnum):
    """What happened, one kind of ledger entry each."""

    CHARGES_INVOICED = "charges_invoiced"
    PAYMENT_RECORDED = "payment_recorded"
    CARD_PAYMENT_COMPLETED = "card_payment_completed"
    CREDIT_ISSUED = "credit_issued"
    FUNDS_APPLIED = "funds_applied"
    APPLICATION_UNDONE = "application_undone"
    PAYMENT_CANCELLED = "payment_cancelled"
    CHARGE_BACK_COMPLETED = "charge_back_completed"
    CHARGE_BACK_REVERSED = "charge_back_reversed"
    CREDIT_CANCELLED = "credit_cancelled"

    @property
    def label(self) -> str:
        """The words on the screen."""
        return self.value.replace("_", " ").capitalize()


# The ledger account each event debits, then the one it credits.
LEGS: dict[Event, tuple[LedgerAccount, LedgerAccount]] = {
    Event.CHARGES_INVOICED: (LedgerAccount.RECEIVABLE, LedgerAccount.REVENUE),
    Event.PAYMENT_RECORDED: (LedgerAccount.BANK, LedgerAccount.CUSTOMER_FUNDS),
    Event.CARD_PAYMENT_COMPLETED: (LedgerAccount.CARD_CLEARING, LedgerAccount.CUSTOMER_FUNDS),
    Event.CREDIT_ISSUED: (LedgerAccount.CREDITS_GRANTED, LedgerAccount.CUSTOMER_FUNDS),
    Event.FUNDS_APPLIED: (LedgerAccount.CUSTOMER_FUNDS, LedgerAccount.RECEIVABLE),
    Event.APPLICATION_UNDONE: (LedgerAccount.RECEIVABLE, LedgerAccount.CUSTOMER_FUNDS),
    Event.PAYMENT_CANCELLED: (LedgerAccount.CUSTOMER_FUNDS, LedgerAccount.BANK),
    Event.CHARGE_BACK_COMPLETED: (LedgerAccount.CUSTOMER_FUNDS, LedgerAccount.CARD_CLEARING),
    Event.CHARGE_BACK_REVERSED: (LedgerAccount.CARD_CLEARING, LedgerAccount.CUSTOMER_FUNDS),
    Event.CREDIT_CANCELLED: (LedgerAccount.CUSTOMER_FUNDS, LedgerAccount.CREDITS_GRANTED),
}
MONEY_IN = {
    PaymentKind.RECORD: Event.PAYMENT_RECORDED,
    PaymentKind.AUTO: Event.CARD_PAYMENT_COMPLETED,
    PaymentKind.MANUAL: Event.CARD_PAYMENT_COMPLETED,
    PaymentKind.CREDIT: Event.CREDIT_ISSUED,
}
MONEY_OUT = {
    PaymentKind.RECORD: Event.PAYMENT_CANCELLED,
    PaymentKind.AUTO: Event.CHARGE_BACK_COMPLETED,
    PaymentKind.MANUAL: Event.CHARGE_BACK_COMPLETED,
    PaymentKind.CREDIT: Event.CREDIT_CANCELLED,
}
MONEY_REGAINED = {
    PaymentKind.AUTO: Event.CHARGE_BACK_REVERSED,
    PaymentKind.MANUAL: Event.CHARGE_BACK_REVERSED,
}


# The sequence of a payment that has none yet, as it has not been kept: it comes after all others.
NEW = 2**62


@dataclass(frozen=True, slots=True)
class Totals:
    """What moved between a customer and the provider in some span of time, less what went back; minor units."""

    charges_minor: int = 0
    payments_minor: int = 0
    credits_minor: int = 0

    def __add__(self, other: Totals) -> Totals:
        """Both together."""
        return Totals(
            self.charges_minor + other.charges_minor,
            self.payments_minor + other.payments_minor,
            self.credits_minor + other.credits_minor,
        )


NOTHING = Totals()
# What each event adds to the totals, per minor unit; settling moves nothing in or out.
COUNTS: dict[Event, Totals] = {
    Event.CHARGES_INVOICED: Totals(charges_minor=1),
    Event.PAYMENT_RECORDED: Totals(payments_minor=1),
    Event.CARD_PAYMENT_COMPLETED: Totals(payments_minor=1),
    Event.CHARGE_BACK_REVERSED: Totals(payments_minor=1),
    Event.PAYMENT_CANCELLED: Totals(payments_minor=-1),
    Event.CHARGE_BACK_COMPLETED: Totals(payments_minor=-1),
    Event.CREDIT_ISSUED: Totals(credits_minor=1),
    Event.CREDIT_CANCELLED: Totals(credits_minor=-1),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One positive amount moved from one ledger account to another, in minor units of the account's currency."""

    event: Event
    amount_minor: int
    payment_sequence: int | None = None
    invoice_sequence: int | None = None

    @property
    def debit(self) -> LedgerAccount:
        """The ledger account debited."""
        return LEGS[self.event][0]

    @property
    def credit(self) -> LedgerAccount:
        """The ledger account credited."""
        return LEGS[self.event][1]

    @property
    def totals(self) -> Totals:
        """What it adds to the account's totals."""
        counts, minor = COUNTS.get(self.event, NOTHING), self.amount_minor
        return Totals(counts.charges_minor * minor, counts.payments_minor * minor, counts.credits_minor * minor)


@dataclass(slots=True)
class OpenInvoice:
    """An invoice as settling sees it: oldest first by issue date and sequence."""

    sequence: int
    issued: date
    total_minor: int
    due_minor: int


@dataclass(slots=True)
class Funding:
    """A payment or credit as settling sees it: what is left of it and what it has paid, by invoice."""

    sequence: int
    kind: PaymentKind
    expires: date | None
    unapplied_minor: int
    applied_minor: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """A payment or credit that has just come in."""
        return cls(payment.sequence, payment.kind, payment.expires, payment.amount_minor)

    @property
    def turn(self) -> tuple[bool, bool, date, int]:
        """The order of use: credits first, the soonest expiry, then the oldest."""
        is_credit = self.kind is PaymentKind.CREDIT
        expires = self.expires if is_credit else None
        return (not is_credit, expires is None, expires or date.max, self.sequence)


@dataclass(slots=True)
class Book:
    """One account's open invoices and funds; every change appends to `entries` and keeps the ledger's invariants.

    `last_moment` is when the account's last entry was recorded, if it has one.
    """

    funds_minor: int = 0
    receivable_minor: int = 0
    last_moment: datetime | None = None
    invoices: dict[int, OpenInvoice] = field(default_factory=dict)
    fundings: dict[int, Funding] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def charge(self, invoice: OpenInvoice) -> None:
        """Take an invoice in and settle it from the funds at hand."""
        self.invoices[invoice.sequence] = invoice
        if invoice.total_minor:
            self._post(Entry(Event.CHARGES_INVOICED, invoice.total_minor, invoice_sequence=invoice.sequence))
        self.settle()

    def fund(self, funding: Funding) -> None:
        """Take a payment or credit in and let it pay the oldest open invoices."""
        self.fundings[funding.sequence] = funding
        self._post(Entry(MONEY_IN[funding.kind], funding.unapplied_minor, funding.sequence))
        self.settle()

    def take_back(self, sequence: int, amount_minor: int) -> None:
        """Undo the payment's own applications, take the amount out of it, and settle again with what is left."""
        funding = self.fundings[sequence]
        for invoice_sequence, applied_minor in funding.applied_minor.items():
            self.invoices[invoice_sequence].due_minor += applied_minor
            self._post(Entry(Event.APPLICATION_UNDONE, applied_minor, sequence, invoice_sequence))
        funding.unapplied_minor += sum(funding.applied_minor.values())
        funding.applied_minor.clear()
        assert 0 < amount_minor <= funding.unapplied_minor, "more is taken back than the payment still holds"
        funding.unapplied_minor -= amount_minor
        self._post(Entry(MONEY_OUT[funding.kind], amount_minor, sequence))
        self.settle()

    def regain(self, sequence: int, amount_minor: int) -> None:
        """Give the payment back some of what was taken out of it, and let that pay the oldest open invoices."""
        funding = self.fundings[sequence]
        funding.unapplied_minor += amount_minor
        self._post(Entry(MONEY_REGAINED[funding.kind], amount_minor, sequence))
        self.settle()

    def settle(self) -> None:
        """Apply funds to invoices until either runs out: credits first, then payments, to the oldest open invoice."""
        open_invoices = self._in_turn(self.invoices.values())
        invoice = next(open_invoices, None)
        for funding in sorted(self.fundings.values(), key=lambda funding: funding.turn):
            while invoice is not None and funding.unapplied_minor:
                self._apply(funding, invoice)
                if not invoice.due_minor:
                    invoice = next(open_invoices, None)
        self._check()

    def _apply(self, funding: Funding, invoice: OpenInvoice) -> None:
        amount_minor = min(funding.unapplied_minor, invoice.due_minor)
        funding.unapplied_minor -= amount_minor
        invoice.due_minor -= amount_minor
        funding.applied_minor[invoice.sequence] = funding.applied_minor.get(invoice.sequence, 0) + amount_minor
        self._post(Entry(Event.FUNDS_APPLIED, amount_minor, funding.sequence, invoice.sequence))

    def _post(self, entry: Entry) -> None:
        assert entry.amount_minor > 0, "an entry moves a positive amount"
        self.entries.append(entry)
        for ledger_account, minor in zip(LEGS[entry.event], (entry.amount_minor, -entry.amount_minor), strict=True):
            if ledger_account is LedgerAccount.CUSTOMER_FUNDS:
                self.funds_minor -= minor
            elif ledger_account is LedgerAccount.RECEIVABLE:
                self.receivable_minor += minor

    def _check(self) -> None:
        assert self.funds_minor >= 0 <= self.receivable_minor, "funds and receivable are never negative"
        assert not (self.funds_minor and self.receivable_minor), "funds are left while an invoice is open"
        assert all(0 <= invoice.due_minor <= invoice.total_minor for invoice in self.invoices.values())

    @staticmethod
    def _in_turn(invoices: Iterable[OpenInvoice]) -> Iterator[OpenInvoice]:
        return iter(sorted((i for i in invoices if i.due_minor), key=lambda i: (i.issued, i.sequence)))
