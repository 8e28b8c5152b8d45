"""Billing periods, and what an invoice is on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_billing.domain.invoices import Invoice, InvoiceState, Statement, add_months, period_of

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
BILLING_DAYS = st.integers(1, 28)


@given(DAYS, BILLING_DAYS)
def test_every_day_lies_in_exactly_one_billing_period(day: date, billing_day: int) -> None:
    start, end = period_of(day, billing_day)
    assert start <= day <= end
    assert start.day == billing_day
    assert 28 <= (end - start).days + 1 <= 31
    assert period_of(end + timedelta(days=1), billing_day)[0] == end + timedelta(days=1)
    assert period_of(start - timedelta(days=1), billing_day)[1] == start - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 3, 31), -13, date(2025, 2, 28)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_months_last(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then


def test_an_invoice_is_overdue_from_the_day_after_its_due_date_until_it_is_paid() -> None:
    due = date(2026, 3, 31)
    invoice = Invoice(
        1, "INV-2026-000001", 1, "USD", due, due, due, due, total_minor=100, due_minor=40, paid_from_credit_minor=0
    )
    assert invoice.state(due) is InvoiceState.OPEN
    assert invoice.state(due + timedelta(days=1)) is InvoiceState.OVERDUE
    paid = Invoice(
        1, "INV-2026-000001", 1, "USD", due, due, due, due, total_minor=100, due_minor=0, paid_from_credit_minor=0
    )
    assert paid.state(due + timedelta(days=1)) is InvoiceState.PAID


def test_a_net_balance_is_what_was_owed_less_what_came_plus_what_was_charged() -> None:
    statement = Statement(date(2026, 3, 1), date(2026, 3, 31), "USD", 1_000, 300, 200, 50, provisional=True)
    assert statement.net_balance_minor == 550
    assert statement.state_label == "Provisional"
