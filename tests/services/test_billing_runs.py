"""The billing run: periods close into invoices, credit pays first, cards pay the rest, and nothing happens twice."""

from __future__ import annotations

from datetime import date

import pytest

from tests.desk_fixtures import CARDLESS, CORPORATE, DINAR, MISSING, RETAIL, YEN, Desk, with_gateways
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.invoices import Statement
from tui_billing.domain.money import Money, largest_minor

INVOICES = (
    "SELECT period_start, period_end, total_minor, due_minor FROM invoice JOIN account ON account.id = account_id"
    " WHERE account.number = :number ORDER BY invoice.sequence"
)
BILLED_THROUGH = "SELECT number, billed_through FROM account ORDER BY number"


def invoices(desk: Desk, number: str) -> list[tuple[str, str, int, int]]:
    return [(start, end, total, due) for start, end, total, due in desk.rows(INVOICES, number=number)]


def statements(desk: Desk, number: str) -> list[Statement]:
    return list(desk.services.statements.list(desk.finance, number))[::-1]


def test_every_period_that_is_over_becomes_an_invoice_of_its_charges(desk: Desk) -> None:
    for day, amount in ((date(2026, 1, 31), "1.00"), (date(2026, 2, 1), "2.00"), (date(2026, 2, 28), "4.00")):
        desk.charge(amount, dated=day)
    desk.charge("8.00", dated=date(2026, 3, 1))
    run = desk.bill()
    assert invoices(desk, CORPORATE) == [
        ("2026-01-01", "2026-01-31", 100, 100),
        ("2026-02-01", "2026-02-28", 600, 600),
    ]
    assert (run.through, run.invoiced.count, run.invoiced.amounts) == (date(2026, 3, 16), 2, (Money(700, "USD"),))
    assert desk.rows("SELECT amount_minor FROM charge WHERE invoice_sequence IS NULL") == [(800,)]
    desk.assert_books_are_right()


def test_accounts_close_by_their_own_billing_day_and_the_system_account_never(desk: Desk) -> None:
    assert desk.bill(date(2026, 3, 14)).accounts_closed == 6
    billed_through = {
        SYSTEM_NUMBER: None,
        CORPORATE: "2026-02-28",
        RETAIL: "2026-03-14",
        YEN: "2026-02-27",
        DINAR: "2026-03-09",
    }
    assert {n: day for n, day in desk.rows(BILLED_THROUGH) if n in billed_through} == billed_through
    assert desk.bill(date(2026, 3, 14)).accounts_closed == 0
    desk.assert_books_are_right()


def test_a_run_that_takes_one_at_a_time_bills_all_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AT_ONCE", "CLOSED_AT_ONCE"):
        monkeypatch.setattr(f"tui_billing.services.billing_runs.{name}", 1)
    for number in (CORPORATE, RETAIL, CARDLESS):
        desk.charge("10.00", number, date(2026, 2, 1))
    run = desk.bill(date(2026, 3, 14))
    assert (run.accounts_closed, run.invoiced.count, run.charged.count) == (6, 3, 1)
    desk.assert_books_are_right()


def test_a_period_that_is_not_over_stays_open(desk: Desk) -> None:
    desk.charge("1.00", dated=date(2026, 2, 1))
    desk.bill(date(2026, 2, 27))
    assert invoices(desk, CORPORATE) == []
    desk.bill(date(2026, 2, 28))
    assert invoices(desk, CORPORATE) == [("2026-02-01", "2026-02-28", 100, 100)]


def test_a_late_charge_goes_into_the_first_open_period(desk: Desk) -> None:
    desk.bill()
    desk.charge("1.00", dated=date(2026, 1, 10))
    desk.clock.advance(days=20)
    desk.bill()
    assert invoices(desk, CORPORATE) == [("2026-03-01", "2026-03-31", 100, 100)]


def test_the_provider_itself_is_never_billed(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="never billed"):
        desk.bill(only=SYSTEM_NUMBER)


def test_a_day_that_is_not_over_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="2026-03-17 is not over yet"):
        desk.bill(date(2026, 3, 17))


def test_one_account_can_be_billed_alone(desk: Desk) -> None:
    for number in (CORPORATE, RETAIL):
        desk.charge("1.00", number, date(2026, 2, 1))
    run = desk.bill(only=RETAIL)
    assert (run.accounts_closed, run.charged.count) == (1, 1)
    assert invoices(desk, CORPORATE) == []
    with pytest.raises(NotFound):
        desk.bill(only=MISSING)


def test_credit_pays_first_and_the_card_pays_what_is_left(desk: Desk) -> None:
    desk.credit("3.00", RETAIL)
    desk.charge("10.00", RETAIL, date(2026, 2, 20))
    run = desk.bill()
    assert (run.settled.amounts, run.charged.amounts) == ((Money(300, "EUR"),), (Money(700, "EUR"),))
    (payment,) = desk.rows(
        "SELECT kind, state, amount_minor, reference, key, recorded_by FROM payment WHERE key > 'a%' AND kind = 'auto'"
    )
    number = "INV-2026-000001"
    assert tuple(payment) == ("auto", "completed", 700, number, f"auto:{number}:1", "finance")
    assert desk.balance(RETAIL) == "EUR 0.00"
    desk.assert_books_are_right()


def test_an_invoice_that_the_credit_pays_whole_charges_no_card(desk: Desk) -> None:
    desk.credit("30.00", RETAIL)
    desk.charge("10.00", RETAIL, date(2026, 2, 20))
    assert desk.bill().charged.count == 0
    assert desk.balance(RETAIL) == "EUR 20.00"


def test_corporate_cardless_and_terminated_accounts_are_invoiced_and_not_charged(desk: Desk) -> None:
    for number in (CORPORATE, CARDLESS, RETAIL):
        desk.charge("10.00", number, date(2026, 2, 1))
    desk.set_state(AccountState.TERMINATED, RETAIL)
    run = desk.bill()
    assert (run.invoiced.count, run.charged.count, run.failed, run.left_out) == (3, 0, (), [])
    assert desk.rows("SELECT * FROM payment") == []


def test_a_second_run_bills_and_charges_nothing_twice(desk: Desk) -> None:
    desk.charge("10.00", RETAIL, date(2026, 2, 1))
    desk.charge("10.00", CORPORATE, date(2026, 2, 1))
    desk.bill()
    again = desk.bill()
    assert (again.accounts_closed, again.invoiced.count, again.charged.count) == (0, 0, 0)
    assert len(desk.rows("SELECT * FROM invoice")) == 2
    assert len(desk.rows("SELECT * FROM payment")) == 1
    desk.assert_books_are_right()


def test_an_account_whose_charges_no_invoice_holds_is_left_out_and_the_others_are_billed(desk: Desk) -> None:
    for _ in range(11):
        desk.charge(Money(largest_minor("USD"), "USD").figure, dated=date(2026, 2, 1))
    desk.charge("100", YEN, date(2026, 2, 1))
    run = desk.bill()
    ((number, reason),) = run.left_out
    assert (number, run.invoiced.amounts) == (CORPORATE, (Money(100, "JPY"),))
    assert reason.startswith("The open charges up to 2026-02-28 come to USD 1,099,999,999.89")
    assert dict(desk.rows(BILLED_THROUGH))[CORPORATE] is None


def test_a_card_of_a_gateway_that_is_not_configured_is_left_out(desk: Desk) -> None:
    desk.charge("10.00", RETAIL, date(2026, 2, 1))
    run = with_gateways(desk.services).billing_runs.run(desk.finance)
    assert run.left_out == [
        (
            "INV-2026-000001",
            "The gateway sandbox is not configured on this desk. Configure it, then try again.",
        )
    ]
    assert desk.bill().charged.count == 1


def test_a_run_its_invoices_and_its_payments_are_in_the_audit_log(desk: Desk) -> None:
    desk.charge("10.00", RETAIL, date(2026, 2, 1))
    desk.bill()
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    entries = [(action, subject, outcome) for _, _, action, subject, outcome in desk.audit()][-4:]
    assert entries == [
        ("issue invoice", "INV-2026-000001", "done: EUR 10.00"),
        ("automatic payment", payment_id, f"sent: EUR 10.00 on {RETAIL} for INV-2026-000001"),
        ("gateway answer", payment_id, "approved"),
        (
            *("billing run", "2026-03-16"),
            "done: 6 accounts closed, 1 invoices, 1 cards charged, 0 declined, 0 unknown, 0 left out",
        ),
    ]


def test_statements_are_posted_when_their_period_is_closed_and_not_before(desk: Desk) -> None:
    assert [s.state_label for s in statements(desk, CORPORATE)] == ["Provisional"] * 3
    desk.bill()
    assert [s.state_label for s in statements(desk, CORPORATE)] == ["Posted", "Posted", "Provisional"]


def test_a_charge_stands_in_the_statement_of_its_invoices_period_and_its_payment_where_it_was_made(desk: Desk) -> None:
    desk.charge("10.00", RETAIL, date(2026, 2, 20))
    desk.bill()
    *_, closed, running = statements(desk, RETAIL)
    assert (closed.charges_minor, closed.payments_minor, closed.net_balance_minor) == (1_000, 0, 1_000)
    assert (running.charges_minor, running.payments_minor, running.net_balance_minor) == (0, 1_000, 0)


def test_progress_is_told_for_each_account_and_each_card(desk: Desk) -> None:
    for number in (RETAIL, CORPORATE):
        desk.charge("10.00", number, date(2026, 2, 1))
    told: list[tuple[int, int]] = []
    desk.services.billing_runs.run(desk.finance, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (0, 1)]
