"""Record Payment, Make Payment, and what is told of a payment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from tests.desk_fixtures import CARDLESS, CORPORATE, DINAR, NOW, ORIGIN, RETAIL, TRIAL, YEN, Desk
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState
from tui_billing.domain.errors import InvalidInput, NotFound, OutcomeUnknown, RuleRefused
from tui_billing.domain.payments import PaymentKind, PaymentMethod, PaymentState
from tui_billing.services.requests import RecordRequest


def test_a_recorded_payment_raises_the_balance_and_is_kept_with_all_its_details(desk: Desk) -> None:
    received = NOW.date() - timedelta(days=3)
    told = desk.record(
        "1,234.50", received=received, method=PaymentMethod.CHECK, reference="check 77", memo="March", key="the key"
    )
    payment = told.payment
    assert str(told.account.balance) == "USD 1,234.50"
    assert (payment.kind, payment.state, payment.method) == (
        *(PaymentKind.RECORD, PaymentState.COMPLETED),
        PaymentMethod.CHECK,
    )
    assert (payment.amount_minor, payment.unapplied_minor, payment.key) == (123_450, 123_450, "the key")
    assert (payment.received, payment.recorded_at, payment.recorded_by) == (received, NOW, "finance")
    assert (payment.reference, payment.memo) == ("check 77", "March")
    assert desk.payment(payment.id) == payment
    assert desk.audit(payment.id) == [
        ("finance", ORIGIN, "Record Payment", payment.id, "done: USD 1,234.50 on 10000001")
    ]
    desk.assert_books_are_right()


@pytest.mark.parametrize(("number", "typed", "balance"), [(YEN, "1,234", "JPY 1,234"), (CORPORATE, "0.01", "USD 0.01")])
def test_each_currency_has_its_own_decimals(desk: Desk, number: str, typed: str, balance: str) -> None:
    desk.record(typed, number)
    assert desk.balance(number) == balance


def test_a_card_payment_in_dinars_has_three_decimals(desk: Desk) -> None:
    desk.make("1.234", "dana")
    assert desk.balance(DINAR) == "KWD 1.234"
    assert desk.gateway.totals() == {"KWD": 1_234}


def test_a_payment_pays_the_oldest_invoice_first_and_the_rest_stays_as_credit_balance(desk: Desk) -> None:
    first, second = desk.invoice("100.00"), desk.invoice("50.00")
    told = desk.record("120.00")
    assert (desk.due(first), desk.due(second)) == (0, 3_000)
    assert str(told.account.balance) == "USD -30.00"
    desk.record("40.00")
    assert desk.balance() == "USD 10.00"
    details = desk.services.payments.details(desk.finance, CORPORATE, told.payment.id)
    assert [(number, str(amount)) for number, amount in details.paid] == [
        (first.number, "USD 100.00"),
        (second.number, "USD 20.00"),
    ]
    assert [(line.event, line.amount_minor, line.invoice_number) for line in details.entries] == [
        ("Payment recorded", 12_000, None),
        ("Funds applied", 10_000, first.number),
        ("Funds applied", 2_000, second.number),
    ]


@pytest.mark.parametrize(
    ("details", "field", "fault"),
    [
        ({"received": NOW.date() + timedelta(days=1)}, "Received", "lies in the future"),
        ({"received": date(26, 3, 17)}, "Received", "lies before 2000-01-01. Check the year"),
        ({"method": PaymentMethod.CARD}, "Method", "Method must be one of: Bank transfer, Check, Cash, Other"),
        ({"method": PaymentMethod.CREDIT}, "Method", "Method must be one of"),
        ({"memo": "x" * 256}, "Memo", "at most 255"),
        ({"memo": "4242 4242 4242 4242"}, "Memo", "card number"),
        ({"reference": "\x1b[2J"}, "Reference", "control or invisible character"),
        ({"key": ""}, "Key", "Key is required"),
        ({"key": "x" * 129}, "Key", "at most 128"),
    ],
)
def test_a_detail_that_cannot_be_kept_is_refused_and_nothing_moves(
    desk: Desk, details: dict[str, Any], field: str, fault: str
) -> None:
    # The same dictionary comes again with another database.
    asked = {"key": "key", **details}
    key = asked.pop("key")
    with pytest.raises(InvalidInput, match=fault) as refusal:
        desk.services.payments.record(desk.finance, CORPORATE, RecordRequest("5.00", **asked), key)
    assert refusal.value.field == field
    assert desk.rows("SELECT * FROM payment") == desk.rows("SELECT * FROM money_action") == []


@pytest.mark.parametrize("typed", ["NaN", "-5", "1e5", "0", "100,000,000.00", "5.001"])
def test_an_amount_that_is_none_is_refused_for_every_action(desk: Desk, typed: str) -> None:
    paid = desk.make("20.00").payment
    actions: list[Callable[[], object]] = [
        lambda: desk.record(typed),
        lambda: desk.make(typed),
        lambda: desk.credit(typed),
        lambda: desk.charge_back(paid, typed),
    ]
    for action in actions:
        with pytest.raises(InvalidInput, match="Amount"):
            action()
    assert desk.rows("SELECT count(*) FROM payment") == [(1,)]
    assert desk.payment(paid.id).charge_back_pending_minor == 0


@pytest.mark.parametrize("number", [RETAIL, TRIAL, SYSTEM_NUMBER])
def test_payments_are_recorded_for_corporate_accounts_only(desk: Desk, number: str) -> None:
    with pytest.raises(RuleRefused, match="Record Payment is for corporate accounts"):
        desk.record("5.00", number)


@pytest.mark.parametrize("state", AccountState)
def test_late_money_is_recorded_and_cancelled_whatever_the_state_of_the_account(
    desk: Desk, state: AccountState
) -> None:
    desk.set_state(state, CORPORATE)
    desk.cancel(desk.record("5.00").payment)
    assert desk.balance() == "USD 0.00"


def test_a_card_payment_is_taken_from_the_card_on_file(desk: Desk) -> None:
    invoice = desk.invoice("15.00", RETAIL)
    told = desk.make("20.00", key="the key")
    payment = told.payment
    assert str(told.account.balance) == "EUR 5.00"
    assert desk.due(invoice, RETAIL) == 0
    assert (payment.kind, payment.state, payment.means) == (
        *(PaymentKind.MANUAL, PaymentState.COMPLETED),
        "Visa •••• 4242",
    )
    assert (payment.recorded_by, payment.gateway, payment.key) == ("mara", "sandbox", "the key")
    assert desk.gateway.find("the key") is not None
    assert payment.gateway_reference.startswith("ch_")
    assert [row[2:] for row in desk.audit(payment.id)] == [
        ("Make Payment", payment.id, "sent: EUR 20.00 on 10000002"),
        ("gateway answer", payment.id, "approved"),
    ]
    desk.assert_books_are_right()


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("card_insufficient_funds", "Insufficient funds."),
        ("card_expired", "The card has expired."),
        ("card_lost", "The card was reported lost."),
        ("card_do_not_honor", "The bank declined without a reason."),
    ],
)
def test_a_declined_card_is_told_with_its_reason_and_stays_listed_as_failed(desk: Desk, card: str, reason: str) -> None:
    desk.set_card(card)
    with pytest.raises(RuleRefused) as refusal:
        desk.make("20.00")
    assert refusal.value.sentence == f"The card was not charged: {reason}"
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    payment = desk.payment(payment_id)
    assert (payment.state, payment.failure_reason, payment.unapplied_minor) == (PaymentState.FAILED, reason, 0)
    assert desk.balance(RETAIL) == "EUR 0.00"
    desk.assert_books_are_right()


@pytest.mark.parametrize("card", ["card_error", "card_timeout_before", "card_timeout_after"])
def test_an_answer_that_does_not_come_leaves_the_payment_pending_and_is_never_called_failed(
    desk: Desk, card: str
) -> None:
    desk.set_card(card)
    with pytest.raises(OutcomeUnknown, match=r"has not answered for EUR 20\.00.*stays Pending.*do not charge the card"):
        desk.make("20.00")
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    payment = desk.payment(payment_id)
    assert (payment.state, payment.unanswered_at, payment.failure_reason) == (PaymentState.PENDING, NOW, "")
    assert desk.balance(RETAIL) == "EUR 0.00"
    assert desk.services.checks.check(desk.finance) == []


def test_make_payment_needs_a_retail_account_with_a_card_that_is_not_terminated(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="Make Payment is for retail accounts"):
        desk.make("5.00", "globex")
    desk.execute("UPDATE account SET card_payment_method_reference = NULL WHERE number = :n", n=RETAIL)
    with pytest.raises(RuleRefused, match="no card on file"):
        desk.make("5.00")
    assert desk.account(CARDLESS).card is None


def test_a_uuid_whose_digits_look_like_a_card_number_is_a_key(desk: Desk) -> None:
    desk.record("1.00", key="4242424242424242aaaaaaaaaaaaaaaa")
    desk.record("1.00", key="42424242-4242-4242-8aaa-aaaaaaaaaaaa")
    with pytest.raises(InvalidInput, match="card number"):
        desk.record("1.00", key="4242 4242 4242 4242")


def test_the_same_key_and_content_moves_money_once_and_tells_the_first_result(desk: Desk) -> None:
    recorded, made = desk.record("5.00", key="r").payment, desk.make("7.00", key="m").payment
    for _ in range(3):
        assert desk.record("5.00", key="r").payment == recorded
        assert desk.make("7.00", key="m").payment == made
    assert (desk.balance(), desk.balance(RETAIL)) == ("USD 5.00", "EUR 7.00")
    assert desk.gateway.totals() == {"EUR": 700}


def test_what_is_told_of_money_that_came_in_is_what_the_database_holds(desk: Desk) -> None:
    desk.invoice("30.00")
    for come_in, amount in ((desk.record, "12.00"), (desk.credit, "25.00")):
        moved = come_in(amount)
        assert moved.account == desk.account(CORPORATE)
        assert moved.payment == desk.services.payments.details(desk.finance, CORPORATE, moved.payment.id).payment


def test_the_same_key_with_other_content_is_an_error(desk: Desk) -> None:
    desk.record("5.00", key="k")
    actions: list[Callable[[], object]] = [
        lambda: desk.record("5.01", key="k"),
        lambda: desk.record("5.00", key="k", memo="another"),
        lambda: desk.record("5", YEN, key="k"),
        lambda: desk.credit("5.00", key="k"),
        lambda: desk.make("5.00", key="k"),
    ]
    for action in actions:
        with pytest.raises(RuleRefused, match="This idempotency key was used for another action"):
            action()
    assert desk.rows("SELECT count(*) FROM payment") == [(1,)]


def test_a_declined_payment_pressed_again_with_its_key_is_told_declined_and_never_tried_again(desk: Desk) -> None:
    desk.set_card("card_lost")
    with pytest.raises(RuleRefused):
        desk.make("5.00", key="k")
    desk.set_card("card_approved")
    with pytest.raises(RuleRefused, match="reported lost"):
        desk.make("5.00", key="k")
    assert desk.gateway.totals() == {}


def test_a_pending_payment_pressed_again_with_its_key_learns_what_happened(desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    with pytest.raises(OutcomeUnknown):
        desk.make("5.00", key="k")
    assert desk.make("5.00", key="k").payment.state is PaymentState.COMPLETED
    assert desk.balance(RETAIL) == "EUR 5.00"
    desk.assert_books_are_right()


def test_a_payment_is_found_by_the_beginning_of_its_id_on_its_own_account_only(desk: Desk) -> None:
    payment = desk.record("5.00").payment
    details = desk.services.payments.details
    assert details(desk.finance, CORPORATE, payment.short_id).payment == payment
    for number, payment_id in ((YEN, payment.id), (CORPORATE, payment.id[:7]), (CORPORATE, "0" * 32), (CORPORATE, "")):
        with pytest.raises(NotFound, match="There is no payment"):
            details(desk.finance, number, payment_id)


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """IDs that all begin with the same eight characters."""
    numbers = count(0xABCDEF00 << 96)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=next(numbers)))


@pytest.mark.usefixtures("alike")
def test_the_beginning_of_several_ids_asks_for_the_whole_one(desk: Desk) -> None:
    desk.record("5.00")
    desk.record("6.00")
    with pytest.raises(InvalidInput, match="Several payments begin with abcdef00"):
        desk.services.payments.details(desk.finance, CORPORATE, "abcdef00")


@pytest.mark.usefixtures("alike")
def test_a_foreign_payments_id_does_not_make_the_beginning_of_an_own_one_ambiguous(desk: Desk) -> None:
    own, foreign = desk.make("5.00").payment, desk.record("6.00").payment
    assert own.short_id == foreign.short_id == "abcdef00"
    assert desk.services.payments.details(desk.session("mara"), RETAIL, "abcdef00").payment.id == own.id
