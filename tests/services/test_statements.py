"""Statements chain, and what is posted never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.desk_fixtures import CORPORATE, RETAIL, YEN, Desk
from tui_billing.domain.invoices import Statement


def statements(desk: Desk, number: str = CORPORATE) -> list[Statement]:
    """The statements, oldest first."""
    return list(desk.services.statements.list(desk.finance, number))[::-1]


def at(desk: Desk, year: int, month: int, day: int) -> None:
    desk.clock.now = datetime(year, month, day, 12, tzinfo=UTC)


def test_the_net_balance_is_carried_from_statement_to_statement(desk: Desk) -> None:
    at(desk, 2026, 1, 20)
    desk.invoice("100.00")
    at(desk, 2026, 2, 10)
    desk.record("60.00")
    desk.credit("10.00")
    at(desk, 2026, 3, 17)
    desk.bill()
    desk.invoice("25.00")
    january, february, march = statements(desk)
    assert [(s.start, s.end) for s in (january, february, march)] == [
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 31)),
    ]
    figures = [
        (s.balance_forward_minor, s.payments_minor, s.credits_minor, s.charges_minor, s.net_balance_minor)
        for s in (january, february, march)
    ]
    assert figures == [
        (0, 0, 0, 10_000, 10_000),
        (10_000, 6_000, 1_000, 0, 3_000),
        (3_000, 0, 0, 2_500, 5_500),
    ]
    assert march.net_balance_minor == -desk.account().balance.minor_units
    assert [s.state_label for s in (january, february, march)] == ["Posted", "Posted", "Provisional"]


def test_a_reversal_appears_in_the_period_in_which_it_was_made_and_posted_statements_never_change(desk: Desk) -> None:
    at(desk, 2026, 2, 10)
    recorded, credited = desk.record("60.00").payment, desk.credit("10.00").payment
    at(desk, 2026, 3, 17)
    desk.bill()
    posted = statements(desk)[:-1]
    assert {s.state_label for s in posted} == {"Posted"}
    desk.cancel(recorded)
    desk.cancel_credit(credited)
    *then, march = statements(desk)
    assert then == posted
    assert (march.payments_minor, march.credits_minor, march.net_balance_minor) == (-6_000, -1_000, 0)


def test_a_charge_back_appears_in_the_period_in_which_it_was_made(desk: Desk) -> None:
    at(desk, 2026, 2, 20)
    paid = desk.make("60.00").payment
    at(desk, 2026, 3, 17)
    desk.bill()
    posted = statements(desk, RETAIL)[:-1]
    desk.charge_back(paid, "20.00")
    *then, march = statements(desk, RETAIL)
    assert then == posted
    assert (march.start, march.payments_minor, march.net_balance_minor) == (date(2026, 3, 15), -2_000, -4_000)


def test_a_payment_received_earlier_belongs_to_the_period_in_which_it_was_recorded(desk: Desk) -> None:
    desk.bill()
    posted = statements(desk)[:-1]
    desk.record("60.00", received=date(2026, 2, 10))
    *then, march = statements(desk)
    assert then == posted
    assert march.payments_minor == 6_000


def test_what_lies_before_the_first_period_is_carried_into_it(desk: Desk) -> None:
    at(desk, 2025, 12, 30)
    desk.invoice("100.00")
    desk.record("30.00")
    desk.credit("5.00")
    at(desk, 2026, 2, 10)
    desk.record("60.00")
    january, february = statements(desk)
    assert (january.start, january.balance_forward_minor, january.net_balance_minor) == (date(2026, 1, 1), 6_500, 6_500)
    assert (february.balance_forward_minor, february.net_balance_minor) == (6_500, 500)
    assert february.net_balance_minor == -desk.account().balance.minor_units
    desk.assert_books_are_right()


def test_an_account_whose_clock_has_gone_back_before_its_creation_has_one_statement(desk: Desk) -> None:
    desk.record("60.00")
    at(desk, 2025, 12, 30)
    (january,) = statements(desk)
    assert (january.start, january.provisional, january.net_balance_minor) == (date(2026, 1, 1), True, -6_000)
    desk.assert_books_are_right()


Action = Callable[[Desk], object]


@pytest.mark.parametrize(
    "action",
    [
        lambda desk: desk.credit("5.00", RETAIL),
        lambda desk: desk.make("5.00"),
        lambda desk: desk.charge_back(desk.make("5.00").payment),
        lambda desk: desk.cancel_credit(desk.credit("5.00", RETAIL).payment),
    ],
)
def test_a_clock_that_goes_back_puts_nothing_into_a_posted_period(desk: Desk, action: Action) -> None:
    at(desk, 2026, 2, 20)
    desk.invoice("30.00", RETAIL)
    desk.make("40.00")
    at(desk, 2026, 3, 17)
    desk.bill()
    posted = statements(desk, RETAIL)[:-1]
    at(desk, 2026, 3, 10)
    action(desk)
    moments = desk.rows("SELECT DISTINCT recorded_at FROM ledger_entry ORDER BY recorded_at")
    assert [row[0][:10] for row in moments] == ["2026-02-20", "2026-03-15"]
    at(desk, 2026, 3, 18)
    assert statements(desk, RETAIL)[:-1] == posted
    desk.assert_books_are_right()


def test_a_clock_that_goes_back_leaves_the_moments_of_other_accounts_alone(desk: Desk) -> None:
    desk.record("1.00")
    at(desk, 2026, 3, 10)
    desk.record("100", YEN)
    moments = desk.rows("SELECT recorded_at FROM ledger_entry ORDER BY sequence")
    assert [row[0][:10] for row in moments] == ["2026-03-17", "2026-03-10"]


@pytest.mark.parametrize(
    ("moment", "charged"),
    [
        (datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), [100, 0, 0]),
        (datetime(2026, 2, 1, tzinfo=UTC), [0, 100, 0]),
    ],
)
def test_a_period_ends_with_its_last_microsecond(desk: Desk, moment: datetime, charged: list[int]) -> None:
    desk.clock.now = moment
    desk.invoice("1.00")
    at(desk, 2026, 3, 17)
    assert [statement.charges_minor for statement in statements(desk)] == charged


def test_periods_run_from_billing_day_to_billing_day(desk: Desk) -> None:
    assert [(s.start, s.end) for s in statements(desk, RETAIL)] == [
        (date(2025, 12, 15), date(2026, 1, 14)),
        (date(2026, 1, 15), date(2026, 2, 14)),
        (date(2026, 2, 15), date(2026, 3, 14)),
        (date(2026, 3, 15), date(2026, 4, 14)),
    ]
