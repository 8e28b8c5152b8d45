"""Money going back: charge backs to the card, cancellations of recorded payments."""

from __future__ import annotations

import pytest

from tests.desk_fixtures import ORIGIN, RETAIL, Desk
from tui_billing.domain.errors import InvalidInput, NotFound, OutcomeUnknown, RuleRefused
from tui_billing.domain.payments import CancelReason, ChargeBackReason, ChargeBackState, PaymentState
from tui_billing.services.requests import ChargeBackRequest


def test_a_charge_back_returns_the_whole_payment_through_the_gateway_that_took_it(desk: Desk) -> None:
    invoice = desk.invoice("15.00", RETAIL)
    paid = desk.make("20.00").payment
    request = ChargeBackRequest("", ChargeBackReason.FRAUDULENT, "CASE-7")
    told = desk.services.refunds.charge_back(desk.finance, paid.id, request, "the key")
    assert told.payment.state is PaymentState.CHARGED_BACK
    assert told.charge_back is not None
    assert (told.charge_back.amount_minor, told.charge_back.state) == (2_000, ChargeBackState.COMPLETED)
    assert (told.charge_back.reason, told.charge_back.case_reference) == (ChargeBackReason.FRAUDULENT, "CASE-7")
    assert told.charge_back.gateway_reference.startswith("re_")
    assert desk.due(invoice, RETAIL) == 1_500
    assert desk.balance(RETAIL) == "EUR -15.00"
    assert desk.gateway.totals() == {"EUR": 0}
    assert [(row[0], row[2], row[4]) for row in desk.audit(paid.id)][2:] == [
        ("finance", "Issue Charge Back", "sent: EUR 20.00"),
        ("finance", "gateway answer", "approved"),
    ]
    desk.assert_books_are_right()


def test_a_payment_goes_back_in_parts_and_never_more_than_is_left(desk: Desk) -> None:
    paid = desk.make("20.00").payment
    assert desk.charge_back(paid, "5.00").payment.state is PaymentState.PARTLY_CHARGED_BACK
    with pytest.raises(RuleRefused, match=r"Only EUR 15\.00 of this payment is left to charge back\."):
        desk.charge_back(paid, "15.01")
    assert desk.charge_back(paid, "14.99").payment.returnable.minor_units == 1
    told = desk.charge_back(paid)
    assert (told.payment.state, told.charge_back and told.charge_back.amount_minor) == (PaymentState.CHARGED_BACK, 1)
    with pytest.raises(RuleRefused, match=r"Already charged back in full\."):
        desk.charge_back(paid, "0.01")
    assert desk.gateway.totals() == {"EUR": 0}
    desk.assert_books_are_right()


def test_a_charge_back_that_the_gateway_refuses_moves_nothing_and_says_why(desk: Desk) -> None:
    desk.set_card("card_refund_refused")
    paid = desk.make("20.00").payment
    with pytest.raises(RuleRefused) as refusal:
        desk.charge_back(paid)
    assert refusal.value.sentence == "The gateway refused: The card issuer refuses refunds. Nothing was given back."
    after = desk.payment(paid.id)
    assert (after.state, after.charged_back_minor, after.charge_back_pending_minor) == (PaymentState.COMPLETED, 0, 0)
    assert desk.balance(RETAIL) == "EUR 20.00"
    desk.assert_books_are_right()


@pytest.mark.parametrize("card", ["card_refund_timeout_before", "card_refund_timeout_after"])
def test_a_charge_back_without_an_answer_stays_pending(desk: Desk, card: str) -> None:
    desk.set_card(card)
    paid = desk.make("20.00").payment
    with pytest.raises(OutcomeUnknown, match=r"charge back of EUR 5\.00.*stays Pending"):
        desk.charge_back(paid, "5.00")
    after = desk.payment(paid.id)
    assert (after.state, after.charged_back_minor, after.charge_back_pending_minor) == (PaymentState.COMPLETED, 0, 500)
    assert after.returnable.minor_units == 1_500
    assert desk.balance(RETAIL) == "EUR 20.00"
    assert desk.services.checks.check(desk.finance) == []


def test_the_same_key_gives_back_once(desk: Desk) -> None:
    paid = desk.make("20.00").payment
    first = desk.charge_back(paid, "5.00", key="k")
    assert desk.charge_back(paid, "5.00", key="k") == first
    with pytest.raises(RuleRefused, match="used for another action"):
        desk.charge_back(paid, "6.00", key="k")
    assert desk.gateway.totals() == {"EUR": 1_500}


def test_a_payment_whose_answer_was_lost_is_looked_up_and_then_charged_back_in_one_go(desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00")
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    told = desk.charge_back(desk.payment(payment_id))
    assert told.payment.state is PaymentState.CHARGED_BACK
    assert desk.gateway.totals() == {"EUR": 0}
    desk.assert_books_are_right()


def test_failed_and_pending_payments_are_not_charged_back(desk: Desk) -> None:
    for card in ("card_lost", "card_timeout_before"):
        desk.set_card(card)
        with pytest.raises((RuleRefused, OutcomeUnknown)):
            desk.make("20.00")
    for (payment_id,) in desk.rows("SELECT id FROM payment"):
        with pytest.raises(RuleRefused, match=r"This payment failed \(.*\); no money came in\."):
            desk.charge_back(desk.payment(payment_id))
    assert desk.rows("SELECT count(*) FROM charge_back") == [(0,)]


@pytest.mark.parametrize("reference", ["x" * 256, "4242424242424242", "a\x07b"])
def test_a_case_reference_that_cannot_be_kept_is_refused_before_anything_is_sent(desk: Desk, reference: str) -> None:
    paid = desk.make("20.00").payment
    with pytest.raises(InvalidInput, match="Case reference"):
        desk.services.refunds.charge_back(desk.finance, paid.id, ChargeBackRequest("", None, reference), "k")
    assert desk.rows("SELECT count(*) FROM charge_back") == [(0,)]
    assert desk.payment(paid.id).returnable.minor_units == 2_000


def test_a_cancelled_payment_re_opens_what_it_paid(desk: Desk) -> None:
    first, second = desk.invoice("10.00"), desk.invoice("20.00")
    payment = desk.record("25.00").payment
    assert (desk.due(first), desk.due(second)) == (0, 500)
    told = desk.services.refunds.cancel_payment(desk.finance, payment.id, CancelReason.RETURNED_BY_THE_BANK, "k")
    assert (desk.due(first), desk.due(second)) == (1_000, 2_000)
    assert str(told.account.balance) == "USD -30.00"
    assert (told.payment.state, told.payment.cancel_reason) == (
        PaymentState.CANCELLED,
        CancelReason.RETURNED_BY_THE_BANK,
    )
    assert desk.audit(payment.id)[-1] == (
        *("finance", ORIGIN, "Cancel Payment", payment.id),
        "done: USD 25.00, Returned by the bank",
    )
    desk.assert_books_are_right()


def test_other_money_steps_in_for_a_cancelled_payment(desk: Desk) -> None:
    invoice = desk.invoice("10.00")
    first = desk.record("10.00").payment
    desk.record("8.00")
    desk.cancel(first)
    assert desk.due(invoice) == 200
    desk.assert_books_are_right()


def test_a_payment_is_cancelled_once(desk: Desk) -> None:
    payment = desk.record("5.00").payment
    told = desk.cancel(payment, key="k")
    assert desk.cancel(payment, key="k") == told
    with pytest.raises(RuleRefused, match=r"Already cancelled on 2026-03-17 09:30 UTC by finance\."):
        desk.cancel(payment)
    assert desk.balance() == "USD 0.00"


def test_each_payment_has_one_way_back(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match=r"Only card payments are charged back.*Use Cancel Payment"):
        desk.charge_back(desk.record("5.00").payment)
    with pytest.raises(RuleRefused, match=r"Only recorded payments are cancelled.*Use Issue Charge Back"):
        desk.cancel(desk.make("5.00").payment)


def test_a_payment_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match="There is no payment 0000"):
        desk.services.refunds.cancel_payment(desk.finance, "0" * 32, CancelReason.OTHER, "k")
    with pytest.raises(NotFound, match="There is no payment 0000"):
        desk.services.refunds.charge_back(desk.finance, "0" * 32, ChargeBackRequest(), "k")


def test_a_refused_action_on_a_payment_is_in_its_history(desk: Desk) -> None:
    payment = desk.record("5.00").payment
    desk.cancel(payment)
    with pytest.raises(RuleRefused):
        desk.cancel(payment)
    assert desk.audit(payment.id)[-1] == (
        *("finance", ORIGIN, "Cancel Payment", payment.id),
        "refused: Already cancelled on 2026-03-17 09:30 UTC by finance.",
    )
