"""Unknown outcomes are looked up until they are known, and a late answer never doubles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk_fixtures import RETAIL, Desk, with_gateways
from tests.services.busy_gateway import BusyGateway, DeskDied
from tui_billing.desk import gateway_record
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused
from tui_billing.domain.payments import ChargeBackState, Payment, PaymentState
from tui_billing.gateways.sandbox import WITHDRAWN


@pytest.fixture
def busy(desk: Desk) -> BusyGateway:
    """The desk's gateway, with hooks around each call."""
    gateway = BusyGateway(gateway_record(desk.settings))
    desk.services = with_gateways(desk.services, gateway)
    return gateway


def die() -> None:
    raise DeskDied


def payment(desk: Desk) -> Payment:
    """The one payment of the desk."""
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    return desk.payment(payment_id)


def reconcile(desk: Desk) -> tuple[int, int]:
    """How many were resolved, and how many are still unknown."""
    reconciled = desk.services.outcomes.resolve_all()
    return reconciled.resolved, reconciled.still_unknown


@pytest.mark.parametrize(
    ("card", "state", "balance"),
    [
        ("card_error", PaymentState.FAILED, "EUR 0.00"),
        ("card_timeout_before", PaymentState.FAILED, "EUR 0.00"),
        ("card_timeout_after", PaymentState.COMPLETED, "EUR 20.00"),
    ],
)
def test_reconciling_finds_out_what_became_of_a_payment(
    desk: Desk, card: str, state: PaymentState, balance: str
) -> None:
    desk.set_card(card)
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00", key="k")
    assert reconcile(desk) == (1, 0)
    assert (payment(desk).state, desk.balance(RETAIL)) == (state, balance)
    assert payment(desk).failure_reason == ("" if state is PaymentState.COMPLETED else WITHDRAWN)
    assert reconcile(desk) == (0, 0)
    desk.assert_books_are_right()


@pytest.mark.parametrize(
    ("card", "state", "balance"),
    [
        ("card_refund_timeout_before", ChargeBackState.FAILED, "EUR 20.00"),
        ("card_refund_timeout_after", ChargeBackState.COMPLETED, "EUR 15.00"),
    ],
)
def test_reconciling_finds_out_what_became_of_a_charge_back(
    desk: Desk, card: str, state: ChargeBackState, balance: str
) -> None:
    desk.set_card(card)
    paid = desk.make("20.00").payment
    with pytest.raises(OutcomeUnknown):
        desk.charge_back(paid, "5.00", key="k")
    assert reconcile(desk) == (1, 0)
    details = desk.services.payments.details(desk.finance, RETAIL, paid.id)
    assert details.charge_backs[0].state is state
    assert (details.payment.charge_back_pending_minor, desk.balance(RETAIL)) == (0, balance)
    assert reconcile(desk) == (0, 0)
    desk.assert_books_are_right()


def test_an_attempt_that_may_still_be_on_its_way_is_left_alone_for_a_minute(desk: Desk, busy: BusyGateway) -> None:
    busy.before = die
    with pytest.raises(DeskDied):
        desk.make("20.00", key="k")
    desk.clock.advance(seconds=60)
    assert reconcile(desk) == (0, 1)
    assert payment(desk).state is PaymentState.PENDING
    assert desk.gateway.find("k") is None
    desk.clock.advance(seconds=1)
    assert reconcile(desk) == (1, 0)
    assert (payment(desk).state, payment(desk).failure_reason) == (PaymentState.FAILED, WITHDRAWN)
    desk.assert_books_are_right()


def test_a_charge_back_that_may_still_be_on_its_way_is_left_alone_for_a_minute(desk: Desk, busy: BusyGateway) -> None:
    paid = desk.make("20.00").payment
    busy.before = die
    with pytest.raises(DeskDied):
        desk.charge_back(paid, "5.00", key="k")
    assert reconcile(desk) == (0, 1)
    with pytest.raises(RuleRefused, match="A charge back of this payment is still Pending"):
        desk.charge_back(paid, "1.00")
    desk.clock.advance(seconds=61)
    assert desk.charge_back(paid, "1.00").payment.charged_back_minor == 100
    desk.assert_books_are_right()


@pytest.mark.parametrize("cut", ["before sending", "after sending"])
def test_a_desk_that_died_in_the_middle_is_put_right_at_the_next_start(desk: Desk, busy: BusyGateway, cut: str) -> None:
    setattr(busy, cut.split()[0], die)
    with pytest.raises(DeskDied):
        desk.make("20.00", key="k")
    desk.clock.advance(seconds=61)
    desk.services.outcomes.resolve_all()
    assert payment(desk).state is (PaymentState.FAILED if cut == "before sending" else PaymentState.COMPLETED)
    desk.assert_books_are_right()


def look_up_first(desk: Desk) -> Callable[[], None]:
    """What another desk does a minute later, while the request is still on its way."""

    def look_up() -> None:
        desk.clock.advance(seconds=61)
        desk.services.outcomes.resolve_all()

    return look_up


def test_a_charge_that_arrives_after_it_was_given_up_moves_nothing(desk: Desk, busy: BusyGateway) -> None:
    busy.before = look_up_first(desk)
    with pytest.raises(RuleRefused, match="never reached the gateway"):
        desk.make("20.00")
    assert payment(desk).state is PaymentState.FAILED
    assert desk.gateway.totals() == {}
    desk.assert_books_are_right()


def test_a_refund_that_arrives_after_it_was_given_up_moves_nothing(desk: Desk, busy: BusyGateway) -> None:
    paid = desk.make("20.00").payment
    busy.before = look_up_first(desk)
    with pytest.raises(RuleRefused, match="never reached the gateway"):
        desk.charge_back(paid)
    assert desk.gateway.totals() == {"EUR": 2_000}
    desk.assert_books_are_right()


def test_an_answer_that_comes_after_it_was_looked_up_is_booked_once(desk: Desk, busy: BusyGateway) -> None:
    busy.after = look_up_first(desk)
    assert desk.make("20.00").payment.state is PaymentState.COMPLETED
    busy.after = look_up_first(desk)
    desk.charge_back(payment(desk), "5.00")
    assert desk.balance(RETAIL) == "EUR 15.00"
    assert payment(desk).charged_back_minor == 500
    desk.assert_books_are_right()


def test_the_same_key_pressed_again_while_the_first_is_on_its_way_charges_once(desk: Desk, busy: BusyGateway) -> None:
    def press_again() -> None:
        with pytest.raises(OutcomeUnknown):
            desk.make("20.00", key="k")

    busy.before = press_again
    desk.make("20.00", key="k")
    assert desk.gateway.totals() == {"EUR": 2_000}
    desk.assert_books_are_right()


def test_a_second_operator_is_refused_while_a_charge_back_is_on_its_way(desk: Desk, busy: BusyGateway) -> None:
    paid = desk.make("20.00").payment

    def rival() -> None:
        with pytest.raises(RuleRefused, match="still Pending"):
            desk.charge_back(paid)

    busy.before = rival
    desk.charge_back(paid)
    assert desk.gateway.totals() == {"EUR": 0}
    desk.assert_books_are_right()


def test_no_database_transaction_is_open_while_the_gateway_is_asked(desk: Desk, busy: BusyGateway) -> None:
    paid = desk.make("20.00").payment
    actions: list[Callable[[], object]] = [lambda: desk.make("5.00"), lambda: desk.charge_back(paid, "5.00")]
    for action in actions:
        busy.before = busy.after = lambda: desk.execute(
            "UPDATE account SET name = name || '!' WHERE number = '10000001'"
        )
        action()
    assert desk.account().name == "Globex Corporation!!!!"


def test_what_a_gateway_answers_is_in_the_audit_log(desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00")
    reconcile(desk)
    assert [(row[1], row[4]) for row in desk.audit(payment(desk).id)][1:] == [
        ("gateway", "unknown: The gateway did not answer in time."),
        ("gateway", "approved"),
    ]


def test_an_unknown_outcome_is_never_logged_as_a_refusal(desk: Desk) -> None:
    desk.set_card("card_timeout_before")
    with pytest.raises(OutcomeUnknown) as unknown:
        desk.make("20.00")
    assert desk.audit()[-1][2:] == ("Make Payment", RETAIL, f"unknown: {unknown.value}")


def test_a_gateway_that_cannot_be_reached_leaves_the_payment_pending_until_it_can(desk: Desk) -> None:
    record = gateway_record(desk.settings)
    record.mkdir()
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00", key="k")
    desk.clock.advance(days=1)
    assert reconcile(desk) == (0, 1)
    assert payment(desk).state is PaymentState.PENDING
    record.rmdir()
    assert reconcile(desk) == (1, 0)
    assert payment(desk).state is PaymentState.FAILED
    with pytest.raises(RuleRefused, match="never reached the gateway"):
        desk.make("20.00", key="k")
    desk.assert_books_are_right()


@pytest.mark.one_database(reason="what is spoilt is the file")
def test_a_database_that_fails_after_the_gateway_was_asked_leaves_the_outcome_unknown(
    desk: Desk, busy: BusyGateway
) -> None:
    database = desk.path
    desk.set_card("card_approved")

    def spoil() -> None:
        desk.store.close()
        spoilt.append(database.read_bytes())
        database.write_bytes(b"nothing to read here\n" * 1_000)

    spoilt: list[bytes] = []
    busy.after = spoil
    with pytest.raises(OutcomeUnknown, match="Whether the money has moved is not known: the row stays Pending"):
        desk.make("20.00", key="k")
    desk.store.close()
    database.write_bytes(spoilt[0])
    assert payment(desk).state is PaymentState.PENDING
    assert desk.make("20.00", key="k").payment.state is PaymentState.COMPLETED
    assert desk.gateway.totals() == {"EUR": 2_000}
    desk.assert_books_are_right()


def test_a_gateway_that_is_not_configured_refuses_new_actions_and_decides_nothing_of_old_ones(desk: Desk) -> None:
    paid = desk.make("20.00").payment
    desk.set_card("card_timeout_after")
    with pytest.raises(OutcomeUnknown):
        desk.make("5.00")
    configured, before = desk.services, desk.rows("SELECT * FROM payment")
    other = BusyGateway(gateway_record(desk.settings))
    other.name = "another"
    desk.services = with_gateways(desk.services, other)
    with pytest.raises(RuleRefused, match="The gateway sandbox is not configured on this desk"):
        desk.make("20.00")
    with pytest.raises(RuleRefused, match="The gateway sandbox is not configured on this desk"):
        desk.charge_back(paid)
    assert reconcile(desk) == (0, 1)
    assert desk.rows("SELECT * FROM payment") == before
    desk.services = configured
    assert reconcile(desk) == (1, 0)
    desk.assert_books_are_right()
