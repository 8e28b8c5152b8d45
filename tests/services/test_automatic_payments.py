"""Automatic payments: a declined card is tried again by the schedule, a lost answer looked up, nothing paid twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.desk_fixtures import NOW, RETAIL, Desk, with_gateways
from tests.services.busy_gateway import BusyGateway, DeskDied
from tui_billing.desk import gateway_record
from tui_billing.domain.accounts import AccountState
from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused
from tui_billing.services.billing_runs import BillingRun
from tui_billing.services.results import MoneyMoved

ATTEMPTS = "SELECT key, state, amount_minor FROM payment WHERE kind = 'auto' ORDER BY sequence"


@pytest.fixture
def owing(desk: Desk) -> Desk:
    """A desk on which a retail customer has used something in a period that is over."""
    desk.charge("10.00", RETAIL, date(2026, 2, 20))
    return desk


def attempts(desk: Desk) -> list[tuple[str, str, int]]:
    return [(key.removeprefix("auto:INV-2026-"), state, minor) for key, state, minor in desk.rows(ATTEMPTS)]


def failed(desk: Desk) -> tuple[InvoiceToCollect, ...]:
    return desk.services.automatic_payments.failed(desk.finance)


def bill_with(desk: Desk, gateway: BusyGateway) -> BillingRun:
    return with_gateways(desk.services, gateway).billing_runs.run(desk.finance)


def busy_gateway(desk: Desk) -> BusyGateway:
    return BusyGateway(gateway_record(desk.settings))


def test_a_declined_card_is_tried_again_after_three_seven_and_fourteen_days_and_then_no_more(owing: Desk) -> None:
    owing.set_card("card_insufficient_funds")
    tried = []
    for day in range(20):
        run = owing.bill()
        tried += [day] * run.declined.count
        assert run.retries == (run.declined.count if day else 0)
        owing.clock.advance(days=1)
    assert tried == [0, 3, 7, 14]
    assert attempts(owing) == [(f"000001:{n}", "failed", 1_000) for n in (1, 2, 3, 4)]
    (invoice,) = failed(owing)
    assert (invoice.failed_attempts, invoice.next_attempt, invoice.due.minor_units) == (4, None, 1_000)
    owing.assert_books_are_right()


def test_a_run_through_an_earlier_day_charges_no_card_for_a_later_period(owing: Desk) -> None:
    owing.set_card("card_insufficient_funds")
    owing.bill()
    owing.set_card("card_approved")
    owing.clock.advance(days=3)
    assert owing.bill(date(2026, 1, 15)).charged.count == 0
    assert owing.bill().charged.count == 1


def test_where_runs_are_rare_at_least_three_days_lie_between_two_attempts(owing: Desk) -> None:
    owing.set_card("card_insufficient_funds")
    tried = []
    for day in (0, 30, 31, 32, 33, 34, 36, 40):
        owing.clock.now = NOW + timedelta(days=day)
        tried += [day] * owing.bill().declined.count
    assert tried == [0, 30, 33, 36]


def test_failed_payments_are_listed_with_reason_and_the_day_of_the_next_attempt(owing: Desk) -> None:
    owing.set_card("card_lost")
    run = owing.bill()
    (invoice,) = failed(owing)
    assert run.failed == (invoice,)
    ((payment_id, moment, number),) = owing.rows("SELECT id, recorded_at, reference FROM payment")
    assert invoice.last_failure is not None
    assert (invoice.last_failure[0], invoice.last_failure[2]) == (payment_id, "The card was reported lost.")
    assert str(invoice.last_failure[1].date()) == moment[:10]
    assert (invoice.number, invoice.account_number, invoice.account_name) == (number, RETAIL, "Mara Lindqvist")
    assert invoice.next_attempt == owing.clock().date() + timedelta(days=3)


def test_a_card_that_works_again_pays_and_leaves_the_list(owing: Desk) -> None:
    owing.set_card("card_expired")
    owing.bill()
    owing.set_card("card_approved")
    owing.clock.advance(days=3)
    run = owing.bill()
    assert (run.charged.count, run.retries, failed(owing)) == (1, 1, ())
    owing.assert_books_are_right()


def test_an_invoice_that_was_paid_otherwise_leaves_the_list(owing: Desk) -> None:
    owing.set_card("card_expired")
    owing.bill()
    owing.credit("10.00", RETAIL)
    assert failed(owing) == ()


@pytest.mark.parametrize("change", [AccountState.TERMINATED, None])
def test_without_a_card_or_in_a_terminated_account_a_person_is_needed(owing: Desk, change: AccountState | None) -> None:
    owing.set_card("card_expired")
    owing.bill()
    if change is None:
        owing.execute("UPDATE account SET card_payment_method_reference = NULL WHERE number = :n", n=RETAIL)
    else:
        owing.set_state(change)
    owing.clock.advance(days=5)
    assert owing.bill().declined.count == 0
    assert failed(owing)[0].next_attempt is None


def test_only_what_is_due_at_that_moment_is_charged(owing: Desk) -> None:
    owing.set_card("card_expired")
    owing.bill()
    owing.set_card("card_approved")
    owing.make("4.00")
    owing.clock.advance(days=3)
    owing.bill()
    assert attempts(owing) == [("000001:1", "failed", 1_000), ("000001:2", "completed", 600)]


def test_an_invoice_that_a_charge_back_has_opened_again_is_not_charged_again(owing: Desk) -> None:
    owing.bill()
    ((payment_id,),) = owing.rows("SELECT id FROM payment")
    owing.charge_back(owing.payment(payment_id))
    owing.clock.advance(days=30)
    assert owing.bill().charged.count == 0
    assert owing.balance(RETAIL) == "EUR -10.00"


def test_an_answer_that_was_lost_is_looked_up_by_the_next_run_and_the_card_is_not_charged_again(owing: Desk) -> None:
    owing.set_card("card_timeout_after")
    assert owing.bill().unknown.count == 1
    run = owing.bill()
    assert (run.unknown.count, run.charged.count) == (0, 1)
    assert attempts(owing) == [("000001:1", "completed", 1_000)]
    owing.assert_books_are_right()


def test_a_request_that_never_arrived_counts_as_failed_and_is_tried_again_by_the_schedule(owing: Desk) -> None:
    owing.set_card("card_timeout_before")
    owing.bill()
    run = owing.bill()
    assert (run.unknown.count, run.declined.count) == (0, 1)
    assert attempts(owing) == [("000001:1", "failed", 1_000)]


def test_while_a_card_payment_of_the_customer_is_unknown_the_card_is_not_charged(owing: Desk) -> None:
    gateway = busy_gateway(owing)
    gateway.before = lambda: (_ for _ in ()).throw(DeskDied)
    mara = owing.session("mara")
    with pytest.raises(DeskDied):
        with_gateways(owing.services, gateway).payments.make(mara, RETAIL, "10.00", "mine")
    run = owing.bill()
    assert (run.unknown.count, attempts(owing)) == (1, [])
    owing.clock.advance(seconds=61)
    assert owing.bill().charged.count == 1
    assert attempts(owing) == [("000001:1", "completed", 1_000)]
    owing.assert_books_are_right()


def test_two_runs_at_the_same_time_charge_once(owing: Desk) -> None:
    gateway = busy_gateway(owing)
    gateway.before = lambda: rival.append(owing.bill())
    rival: list[BillingRun] = []
    run = bill_with(owing, gateway)
    assert (run.charged.count, rival[0].charged.count, rival[0].unknown.count) == (1, 0, 1)
    assert attempts(owing) == [("000001:1", "completed", 1_000)]
    owing.assert_books_are_right()


def test_a_payment_made_while_the_card_is_being_charged_becomes_a_credit_balance(owing: Desk) -> None:
    gateway = busy_gateway(owing)
    gateway.before = lambda: manual.append(owing.make("10.00"))
    manual: list[MoneyMoved] = []
    assert bill_with(owing, gateway).charged.count == 1
    assert owing.balance(RETAIL) == "EUR 10.00"
    owing.assert_books_are_right()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_dies_around_the_call_charges_once_when_it_is_started_again(owing: Desk, moment: str) -> None:
    gateway = busy_gateway(owing)
    setattr(gateway, moment, lambda: (_ for _ in ()).throw(DeskDied))
    with pytest.raises(DeskDied):
        bill_with(owing, gateway)
    owing.clock.advance(seconds=61)
    owing.bill()
    owing.clock.advance(days=3)
    owing.bill()
    assert [state for _, state, _ in attempts(owing) if state != "failed"] == ["completed"]
    assert owing.balance(RETAIL) == "EUR 0.00"
    owing.assert_books_are_right()


def test_an_automatic_payment_is_charged_back_as_any_card_payment(owing: Desk) -> None:
    owing.bill()
    ((payment_id,),) = owing.rows("SELECT id FROM payment")
    with pytest.raises(RuleRefused, match="Use Issue Charge Back"):
        owing.cancel(owing.payment(payment_id))
    owing.set_card("card_refund_timeout_before")
    assert owing.charge_back(owing.payment(payment_id), "4.00").payment.charged_back_minor == 400


@pytest.mark.one_database(reason="what is moved is the file")
def test_a_database_that_fails_after_the_request_leaves_the_outcome_unknown(owing: Desk) -> None:
    gateway = busy_gateway(owing)
    path = owing.path
    moved = path.with_name("moved.db")
    gateway.after = lambda: renamed.append(path.rename(moved))
    renamed: list[Path] = []
    with pytest.raises(OutcomeUnknown, match="the row stays Pending"):
        bill_with(owing, gateway)
    moved.rename(path)
    assert owing.bill().charged.count == 1
    owing.assert_books_are_right()
