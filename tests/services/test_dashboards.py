"""The dashboard: twelve months, what is due by age, and the last payment."""

from __future__ import annotations

from datetime import date, timedelta

from tests.desk_fixtures import CORPORATE, RETAIL, Desk
from tui_billing.services.dashboards import AGES, Dashboard


def shown(desk: Desk, number: str = CORPORATE) -> Dashboard:
    return desk.services.dashboards.show(desk.finance, number)


def test_an_account_on_which_nothing_happened_shows_twelve_empty_months(desk: Desk) -> None:
    dashboard = shown(desk)
    assert [month.first_day for month in dashboard.months][::11] == [date(2025, 4, 1), date(2026, 3, 1)]
    assert len(dashboard.months) == 12
    assert {(month.charges_minor, month.payments_minor) for month in dashboard.months} == {(0, 0)}
    assert dashboard.last_payment is None
    assert (dashboard.open_invoices, dashboard.overdue_invoices, str(dashboard.net_balance)) == (0, 0, "USD 0.00")


def test_what_is_due_is_sorted_by_age(desk: Desk) -> None:
    now = desk.clock.now
    # Payment terms are 30 days: an invoice of so many days ago is late by 30 less.
    for days, amount in (
        (0, "1.00"),
        (30, "2.00"),
        (31, "4.00"),
        (60, "8.00"),
        (61, "16.00"),
        (120, "32.00"),
        (121, "64.00"),
    ):
        desk.clock.now = now - timedelta(days=days)
        desk.invoice(amount)
    desk.clock.now = now
    dashboard = shown(desk)
    # Not due, 1–30, 31–60, 61–90 and over 90 days late.
    assert [money.figure for money in dashboard.due_by_age] == ["3.00", "12.00", "16.00", "32.00", "64.00"]
    assert len(AGES) == 5
    assert (dashboard.open_invoices, dashboard.overdue_invoices) == (7, 5)
    assert str(dashboard.net_balance) == "USD 127.00"


def test_a_month_shows_its_charges_and_the_payments_less_what_went_back(desk: Desk) -> None:
    desk.clock.advance(days=-30)
    desk.invoice("10.00", RETAIL)
    paid = desk.make("25.00").payment
    desk.clock.advance(days=30)
    desk.charge_back(paid, "5.00")
    desk.credit("3.00", RETAIL)
    *_, february, march = shown(desk, RETAIL).months
    assert (february.charges_minor, february.payments_minor) == (1_000, 2_500)
    assert (march.charges_minor, march.payments_minor) == (0, -500)


def test_the_last_payment_is_the_newest_that_was_not_given_back(desk: Desk) -> None:
    kept = desk.record("5.00").payment
    desk.cancel(desk.record("6.00").payment)
    desk.credit("7.00")
    assert shown(desk).last_payment == (kept.amount, kept.received)
