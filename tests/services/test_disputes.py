"""What a bank takes and gives back by itself is in the ledger once, and never more of it than there is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.desk_fixtures import MISSING, RETAIL, Desk
from tui_billing.domain.errors import BillingError, InvalidInput, NotFound, RuleRefused
from tui_billing.domain.exceptions import ExceptionKind
from tui_billing.domain.payments import ChargeBackReason, ChargeBackState, PaymentState


def kinds(desk: Desk) -> list[str]:
    return [line.kind.value for line in desk.exceptions()]


def test_a_dispute_is_recorded_as_a_charge_back_and_nothing_is_sent(desk: Desk) -> None:
    invoice = desk.invoice("15.00", RETAIL)
    reference = desk.dispute("20.00")
    (line,) = desk.exceptions()
    assert (line.kind, line.reference, str(line.amount)) == (ExceptionKind.DISPUTE, reference, "EUR 20.00")
    assert (line.account_number, line.words) == (RETAIL, "fraudulent")
    preview = desk.services.previews.dispute(desk.finance, reference)
    moved = desk.record_dispute(reference)
    assert moved.account.balance == preview.after
    assert str(moved.account.balance) == "EUR -15.00"
    assert [number for number, _ in preview.reopened] == [invoice.number]
    assert moved.charge_back is not None
    assert moved.charge_back.state is ChargeBackState.COMPLETED
    assert (moved.charge_back.reason, moved.charge_back.case_reference) == (ChargeBackReason.FRAUDULENT, reference)
    assert moved.payment.state is PaymentState.CHARGED_BACK
    assert [t.kind.value for t in desk.gateway.transactions(desk.clock())] == ["charge"]
    assert desk.exceptions() == []
    desk.assert_books_are_right()


def test_a_dispute_is_recorded_once_whoever_presses_with_whichever_key(desk: Desk) -> None:
    reference = desk.dispute("20.00")
    first = desk.record_dispute(reference, key="k")
    assert desk.record_dispute(reference, key="k") == first
    with pytest.raises(RuleRefused, match=r"recorded already, on 2026-03-17 09:30 UTC by finance\."):
        desk.record_dispute(reference)
    desk.reconcile()
    assert desk.exceptions() == []
    desk.assert_books_are_right()


def test_of_many_operators_who_record_a_dispute_at_once_one_does(desk: Desk) -> None:
    reference = desk.dispute("20.00")
    assert sorted(at_once(8, lambda n: desk.record_dispute(reference, f"k{n}"))) == ["RuleRefused"] * 7 + ["done"]
    desk.assert_books_are_right()


def at_once(count: int, action: object) -> list[str]:
    def tried(number: int) -> str:
        try:
            action(number)  # type: ignore[operator]
        except BillingError as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(tried, range(count)))


def test_a_dispute_that_nobody_found_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound, match="There is no dispute dp_1 to record"):
        desk.record_dispute("dp_1")


def test_a_dispute_of_more_than_is_left_of_its_payment_stays_where_it_is(desk: Desk) -> None:
    reference = desk.dispute("20.00")
    # As if the gateway had taken the refund before the bank came.
    desk.execute("UPDATE finding SET amount_minor = 2001")
    with pytest.raises(RuleRefused, match=r"The bank took EUR 20.01, but EUR 0.00 .* only EUR 20.00 is left"):
        desk.record_dispute(reference)
    assert kinds(desk) == ["dispute"]
    assert desk.balance(RETAIL) == "EUR 20.00"


def test_a_dispute_of_a_charge_that_the_ledger_does_not_have_says_so(desk: Desk) -> None:
    reference = desk.dispute("20.00")
    desk.execute("UPDATE finding SET payment_id = NULL, account_id = NULL")
    assert [(line.account_number, line.payment_id) for line in desk.exceptions()] == [("", None)]
    with pytest.raises(RuleRefused, match="The charge that is disputed is not in the ledger"):
        desk.record_dispute(reference)


def test_money_of_a_dispute_that_was_won_comes_back_whole(desk: Desk) -> None:
    moved = desk.won_dispute("20.00")
    invoice = desk.invoice("15.00", RETAIL)
    (line,) = desk.exceptions()
    assert moved.charge_back is not None
    assert (line.kind, line.charge_back_id) == (ExceptionKind.DISPUTE_WON, moved.charge_back.id)
    preview = desk.services.previews.reversal(desk.finance, moved.charge_back.id)
    won = desk.reverse(moved.charge_back)
    assert won.account.balance == preview.after
    assert (str(won.account.balance), won.payment.state) == ("EUR 5.00", PaymentState.COMPLETED)
    assert (won.payment.charged_back_minor, won.payment.unapplied_minor) == (0, 500)
    assert desk.due(invoice, RETAIL) == 0
    assert [line.event for line in desk.services.payments.details(desk.finance, RETAIL, won.payment.id).entries] == [
        *("Card payment completed", "Charge back completed", "Charge back reversed", "Funds applied"),
    ]
    assert desk.exceptions() == []
    desk.assert_books_are_right()


def test_money_of_a_dispute_that_was_won_comes_back_in_parts_and_never_more_than_was_taken(desk: Desk) -> None:
    charge_back = desk.won_dispute("20.00").charge_back
    part = desk.reverse(charge_back, "5.00", key="k")
    assert (part.payment.state, str(part.account.balance)) == (PaymentState.PARTLY_CHARGED_BACK, "EUR 5.00")
    assert desk.reverse(charge_back, "5.00", key="k").payment == part.payment
    with pytest.raises(RuleRefused, match="key was used for another action"):
        desk.reverse(charge_back, "6.00", key="k")
    assert [str(line.amount) for line in desk.exceptions()] == ["EUR 15.00"]
    with pytest.raises(RuleRefused, match=r"Only EUR 15.00 of this charge back can still come back"):
        desk.reverse(charge_back, "15.01")
    with pytest.raises(InvalidInput):
        desk.reverse(charge_back, "-1")
    desk.reverse(charge_back)
    with pytest.raises(RuleRefused, match="Already reversed in full"):
        desk.reverse(charge_back)
    desk.reconcile()
    assert desk.exceptions() == []
    desk.assert_books_are_right()


def test_of_many_operators_who_reverse_at_once_no_more_comes_back_than_was_taken(desk: Desk) -> None:
    charge_back = desk.won_dispute("20.00").charge_back
    told = at_once(8, lambda n: desk.reverse(charge_back, "6.00", f"k{n}"))
    assert sorted(told) == ["RuleRefused"] * 5 + ["done"] * 3
    assert desk.balance(RETAIL) == "EUR 18.00"
    assert desk.services.checks.check(desk.finance) == []


def test_a_payment_that_came_back_can_be_charged_back_again(desk: Desk) -> None:
    moved = desk.won_dispute("20.00")
    desk.reverse(moved.charge_back)
    again = desk.charge_back(moved.payment, "8.00")
    assert (again.payment.charged_back_minor, str(again.account.balance)) == (800, "EUR 12.00")
    assert again.charge_back is not None
    with pytest.raises(RuleRefused, match="Only the charge back of a dispute is reversed"):
        desk.reverse(again.charge_back)
    desk.assert_books_are_right()


def test_a_reversal_waits_for_the_bank(desk: Desk) -> None:
    recorded = desk.record_dispute(desk.dispute("20.00", "card_dispute_won"))
    with pytest.raises(RuleRefused, match="The gateway has not said that this dispute is won"):
        desk.reverse(recorded.charge_back)
    with pytest.raises(NotFound, match="There is no charge back"):
        desk.services.disputes.reverse(desk.finance, MISSING, "", "k")


def test_a_dispute_that_was_won_and_never_recorded_needs_nobody(desk: Desk) -> None:
    desk.dispute("20.00", "card_dispute_won")
    assert kinds(desk) == ["dispute"]
    desk.clock.advance(minutes=2)
    desk.reconcile()
    assert desk.exceptions() == []
    desk.assert_books_are_right()


def test_a_statement_shows_a_reversal_in_the_period_in_which_it_was_made(desk: Desk) -> None:
    moved = desk.won_dispute("20.00")
    desk.clock.advance(days=40)
    desk.reverse(moved.charge_back)
    now, _, then = desk.services.statements.list(desk.finance, RETAIL)[:3]
    assert (now.payments_minor, then.payments_minor) == (2_000, 0)
    assert desk.services.checks.check(desk.finance) == []


def test_disputes_are_in_the_audit_log_of_their_payment(desk: Desk) -> None:
    moved = desk.won_dispute("20.00")
    desk.reverse(moved.charge_back, "5.00")
    reference = f"dp_{moved.payment.gateway_reference}"
    assert [(action, outcome) for _, _, action, _, outcome in desk.audit(moved.payment.id)][2:] == [
        ("Record Dispute", f"done: EUR 20.00, {reference}"),
        ("Charge Back Reversed", f"done: EUR 5.00, {reference}"),
    ]
