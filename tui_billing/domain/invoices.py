"""Charges, invoices and statements."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tui_billing.domain.money import Money

MONTHS_A_YEAR = 12


class InvoiceState(StrEnum):
    """Whether anything of an invoice is left to pay, and whether it is late."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"

    @property
    def label(self) -> str:
        """The word on the screen."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Charge:
    """A dated line of usage: quantity × unit price, amount in minor units."""

    dated: date
    description: str
    quantity: str
    unit_price: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ChargeImport:
    """A file of charges that was taken in; the digest is that of its content."""

    key: str
    digest: str
    file_name: str
    lines: int
    imported_at: datetime
    imported_by: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An account's charges of one period, as an open item; amounts in minor units."""

    sequence: int
    number: str
    account_id: int
    currency: str
    period_start: date
    period_end: date
    issued: date
    due_date: date
    total_minor: int
    due_minor: int
    paid_from_credit_minor: int

    def money(self, minor_units: int) -> Money:
        """That many minor units in the invoice's currency."""
        return Money(minor_units, self.currency)

    def state(self, today: date) -> InvoiceState:
        """Paid, open or overdue on a day."""
        if not self.due_minor:
            return InvoiceState.PAID
        return InvoiceState.OVERDUE if self.due_date < today else InvoiceState.OPEN


@dataclass(frozen=True, slots=True)
class Statement:
    """One billing period of an account; a positive net balance means that the customer owes. Minor units."""

    start: date
    end: date
    currency: str
    balance_forward_minor: int
    payments_minor: int
    credits_minor: int
    charges_minor: int
    provisional: bool

    @property
    def net_balance_minor(self) -> int:
        """Balance forward − (payments + credits) + new charges."""
        return self.balance_forward_minor - (self.payments_minor + self.credits_minor) + self.charges_minor

    @property
    def state_label(self) -> str:
        """Provisional until the period is closed, Posted afterwards."""
        return "Provisional" if self.provisional else "Posted"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger entry as an auditor reads it; amount in minor units."""

    sequence: int
    recorded_at: datetime
    event: str
    amount_minor: int
    payment_id: str | None
    invoice_number: str | None
    recorded_by: str


def period_of(day: date, billing_day: int) -> tuple[date, date]:
    """The first and the last day of the billing period that holds `day`; a period begins on the billing day."""
    start = day.replace(day=billing_day) if day.day >= billing_day else add_months(day.replace(day=billing_day), -1)
    return start, add_months(start, 1) - timedelta(days=1)


def stretch_of(day: date, billing_day: int) -> date:
    """The first day of the stretch that `day` is in: days of one calendar month and of one billing period."""
    return day.replace(day=billing_day if day.day >= billing_day else 1)


def last_closed_day(through: date, billing_day: int) -> date:
    """The end of the last billing period that is over when the day `through` is over."""
    return period_of(through + timedelta(days=1), billing_day)[0] - timedelta(days=1)


def periods(first: date, last: date, billing_day: int) -> Iterator[tuple[date, date]]:
    """Every billing period from the one that holds `first` to the one that holds `last`."""
    start, end = period_of(first, billing_day)
    while start <= last:
        yield start, end
        start, end = period_of(end + timedelta(days=1), billing_day)


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the month's last day where it has no such day."""
    month_index = day.year * MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(month_index, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
