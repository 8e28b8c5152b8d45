"""Credits pay a customer's charges before the customer's own money does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.desk_fixtures import CORPORATE, NOW, ORIGIN, RETAIL, TRIAL, Desk
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState
from tui_billing.domain.errors import InvalidInput, RuleRefused
from tui_billing.domain.payments import PaymentKind, PaymentState
from tui_billing.services.requests import CreditRequest


def used(desk: Desk, number: str = CORPORATE) -> dict[str, int]:
    """What is left of each payment and credit, by memo or kind and amount."""
    left = "SELECT kind || ' ' || amount_minor, unapplied_minor FROM payment ORDER BY sequence"
    return dict(tuple(row) for row in desk.rows(left))


def test_a_credit_raises_the_balance_and_is_listed_with_its_reason(desk: Desk) -> None:
    told = desk.credit("25.00", expires=date(2026, 12, 31))
    assert str(told.account.balance) == "USD 25.00"
    assert (told.payment.kind, told.payment.memo, told.payment.expires) == (
        *(PaymentKind.CREDIT, "Goodwill"),
        date(2026, 12, 31),
    )
    assert desk.audit(told.payment.id) == [
        ("finance", ORIGIN, "Issue Credit", told.payment.id, "done: USD 25.00 on 10000001")
    ]
    desk.assert_books_are_right()


@pytest.mark.parametrize(("reason", "fault"), [("", "is required"), ("  ", "is required"), ("x" * 256, "at most 255")])
def test_a_credit_needs_a_reason_that_can_be_kept(desk: Desk, reason: str, fault: str) -> None:
    with pytest.raises(InvalidInput, match=f"Reason .*{fault}") as refusal:
        desk.services.credits.issue(desk.finance, CORPORATE, CreditRequest("5.00", reason), "k")
    assert refusal.value.field == "Reason"


@pytest.mark.parametrize("days", [0, -1])
def test_a_credit_expires_after_today_if_at_all(desk: Desk, days: int) -> None:
    with pytest.raises(InvalidInput, match=r"Expires must be a day after today\."):
        desk.credit("5.00", expires=NOW.date() + timedelta(days=days))


def test_credits_are_used_before_payments_and_the_soonest_expiry_first(desk: Desk) -> None:
    desk.record("10.00")
    desk.credit("20.00")
    desk.credit("30.00", expires=date(2026, 12, 31))
    desk.credit("40.00", expires=date(2026, 6, 30))
    desk.invoice("75.00")
    assert used(desk) == {"record 1000": 1_000, "credit 2000": 1_500, "credit 3000": 0, "credit 4000": 0}
    desk.invoice("20.00")
    assert used(desk) == {"record 1000": 500, "credit 2000": 0, "credit 3000": 0, "credit 4000": 0}


def test_a_credit_pays_an_open_invoice_at_once(desk: Desk) -> None:
    invoice = desk.invoice("30.00")
    desk.credit("25.00")
    assert desk.due(invoice) == 500
    assert desk.balance() == "USD -5.00"


def test_a_cancelled_credit_is_taken_back_whole_and_what_it_paid_is_due_again(desk: Desk) -> None:
    invoice = desk.invoice("30.00")
    credit = desk.credit("25.00").payment
    told = desk.cancel_credit(credit)
    assert (told.payment.state, told.payment.cancelled_by) == (PaymentState.CANCELLED, "finance")
    assert desk.due(invoice) == 3_000
    assert desk.balance() == "USD -30.00"
    desk.assert_books_are_right()


def test_a_credit_is_cancelled_once(desk: Desk) -> None:
    credit = desk.credit("25.00").payment
    first = desk.cancel_credit(credit, key="k")
    assert desk.cancel_credit(credit, key="k") == first
    with pytest.raises(RuleRefused, match=r"Already cancelled on 2026-03-17 09:30 UTC by finance\."):
        desk.cancel_credit(credit)
    assert desk.balance() == "USD 0.00"


def test_a_payment_is_not_cancelled_as_a_credit_nor_the_other_way_round(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match=r"This is a payment, not a credit\. Use Cancel Payment"):
        desk.cancel_credit(desk.record("5.00").payment)
    with pytest.raises(RuleRefused, match="Use Cancel Credit"):
        desk.cancel(desk.credit("5.00").payment)
    assert desk.balance() == "USD 10.00"


@pytest.mark.parametrize("number", [CORPORATE, RETAIL, TRIAL])
def test_every_customer_can_be_granted_a_credit(desk: Desk, number: str) -> None:
    assert desk.credit("5.00", number).account.balance.minor_units == 500


def test_the_provider_itself_and_a_terminated_account_are_granted_none(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="takes no money actions"):
        desk.credit("5.00", SYSTEM_NUMBER)
    desk.set_state(AccountState.TERMINATED, CORPORATE)
    with pytest.raises(RuleRefused, match="Issue Credit is closed: this account is Terminated"):
        desk.credit("5.00")


def test_what_a_cancelled_credit_had_paid_is_paid_by_the_payments_behind_it(desk: Desk) -> None:
    desk.invoice("1.00")
    credit = desk.credit("2.00").payment
    desk.record("1.00")
    desk.cancel_credit(credit)
    assert desk.balance() == "USD 0.00"
    desk.assert_books_are_right()
