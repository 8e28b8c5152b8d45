"""A whole desk whose card is kept at Stripe: money, lost answers, and what the configuration must hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.desk_fixtures import CARDLESS, RETAIL, Clock, Desk, opened_desk, settings_in, with_gateways
from tests.gateways.stripe_double import CHARGES, REFUNDS, SECRET_KEY, Fault, StripeDouble
from tui_billing.config import STRIPE_KEY_VARIABLE, StripeSettings
from tui_billing.desk import open_gateways, open_services
from tui_billing.domain.errors import GatewayUnavailable, OutcomeUnknown, RuleRefused, SetUpRefused
from tui_billing.domain.payments import PaymentState
from tui_billing.gateways.base import WITHDRAWN
from tui_billing.gateways.stripe import StripeGateway


@pytest.fixture
def at_stripe(
    desk_template: Path, tmp_path: Path, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk of today whose retail account has its card at Stripe."""
    monkeypatch.setenv(STRIPE_KEY_VARIABLE, SECRET_KEY)
    with opened_desk(desk_template, tmp_path, Clock(datetime.now(UTC))) as desk:
        stripe = StripeSettings(api_base=double.url)
        gateways = open_gateways(replace(desk.settings, gateway="stripe", stripe=stripe))
        desk.services = with_gateways(desk.services, *gateways.values())
        customer = gateways["stripe"].create_customer(RETAIL, "Mara Lindqvist", "customer")
        put_card(desk, customer, gateways["stripe"].attach_card(customer, "pm_card_visa").payment_method_reference)
        yield desk
        stripe_gateway = gateways["stripe"]
        assert isinstance(stripe_gateway, StripeGateway)
        stripe_gateway.close()


def put_card(desk: Desk, customer: str, method: str) -> None:
    desk.execute(
        "UPDATE account SET card_gateway = 'stripe', card_customer_reference = :customer,"
        " card_payment_method_reference = :method WHERE number = :number",
        customer=customer,
        method=method,
        number=RETAIL,
    )


def reconcile(desk: Desk) -> tuple[int, int]:
    reconciled = desk.services.outcomes.resolve_all()
    return reconciled.resolved, reconciled.still_unknown


def test_a_payment_is_made_and_partly_charged_back(at_stripe: Desk, double: StripeDouble) -> None:
    paid = at_stripe.make("20.00").payment
    assert paid.gateway_reference.startswith("pi_")
    at_stripe.charge_back(paid, "5.00")
    assert at_stripe.balance(RETAIL) == "EUR 15.00"
    (intent,) = double.intents()
    assert (intent["amount"], intent["metadata"]["payment_id"]) == (2_000, paid.id)


def test_a_lost_answer_is_looked_up_and_booked_once(at_stripe: Desk, double: StripeDouble) -> None:
    double.fail_next(Fault.CUT)
    with pytest.raises(OutcomeUnknown):
        at_stripe.make("20.00", key="k")
    assert reconcile(at_stripe) == (1, 0)
    assert at_stripe.balance(RETAIL) == "EUR 20.00"
    assert at_stripe.make("20.00", key="k").payment.state is PaymentState.COMPLETED
    assert len(double.intents()) == 1


def test_a_request_that_never_arrived_is_called_off(at_stripe: Desk, double: StripeDouble) -> None:
    double.fail_next(Fault.DROPPED)
    with pytest.raises(OutcomeUnknown):
        at_stripe.make("20.00", key="k")
    with pytest.raises(RuleRefused, match="never reached the gateway"):
        at_stripe.make("20.00", key="k")
    assert at_stripe.balance(RETAIL) == "EUR 0.00"
    assert at_stripe.make("20.00").payment.state is PaymentState.COMPLETED


def test_a_lost_refund_is_looked_up_and_booked_once(at_stripe: Desk, double: StripeDouble) -> None:
    paid = at_stripe.make("20.00").payment
    for fault, balance in ((Fault.DROPPED, "EUR 20.00"), (Fault.ERROR_AFTER, "EUR 15.00")):
        double.fail_next(fault, REFUNDS)
        with pytest.raises(OutcomeUnknown):
            at_stripe.charge_back(paid, "5.00")
        assert reconcile(at_stripe) == (1, 0)
        assert at_stripe.balance(RETAIL) == balance


def test_a_gateway_that_is_down_leaves_a_payment_pending_until_it_is_back(
    at_stripe: Desk, double: StripeDouble
) -> None:
    double.fail_next(Fault.CUT)
    with pytest.raises(OutcomeUnknown):
        at_stripe.make("20.00")
    double.fail_next(Fault.BUSY, CHARGES, "GET")
    assert reconcile(at_stripe) == (0, 1)
    assert reconcile(at_stripe) == (1, 0)


def test_a_declined_card_says_why(at_stripe: Desk) -> None:
    customer = at_stripe.account(RETAIL).card
    assert customer is not None
    put_card(at_stripe, customer.customer_reference, "pm_card_visa_chargeDeclinedInsufficientFunds")
    with pytest.raises(RuleRefused, match="Insufficient funds"):
        at_stripe.make("20.00")
    assert WITHDRAWN not in str(at_stripe.rows("SELECT failure_reason FROM payment"))


# Which gateways a desk has


def test_a_desk_that_never_heard_of_stripe_has_the_sandbox_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRIPE_KEY_VARIABLE, raising=False)
    assert list(open_gateways(desk.settings)) == ["sandbox"]
    put_card(desk, "cus_1", "pm_1")
    with pytest.raises(RuleRefused, match="The gateway stripe is not configured on this desk"):
        desk.make("20.00")
    assert desk.rows("SELECT * FROM payment") == []


def test_money_goes_back_through_the_gateway_that_took_it_whatever_is_configured_since(
    at_stripe: Desk, double: StripeDouble
) -> None:
    paid = at_stripe.make("20.00").payment
    stripe = StripeSettings(api_base=double.url)
    at_stripe.services = open_services(replace(at_stripe.settings, gateway="sandbox", stripe=stripe), at_stripe.clock)
    at_stripe.execute("UPDATE account SET card_gateway = 'sandbox' WHERE number = :number", number=RETAIL)
    at_stripe.set_card("card_approved")
    at_stripe.charge_back(paid, "5.00")
    assert [path for method, path, *_ in double.requests if method == "POST"][-1] == REFUNDS
    assert at_stripe.make("7.00").payment.gateway == "sandbox"
    assert at_stripe.gateway.totals() == {"EUR": 700}
    assert at_stripe.balance(RETAIL) == "EUR 22.00"
    at_stripe.store.close()
    now_stripe = at_stripe.services.payments.gateways["stripe"]
    assert isinstance(now_stripe, StripeGateway)
    now_stripe.close()


def test_a_named_key_is_first_read_when_stripe_is_asked(desk: Desk, tmp_path: Path) -> None:
    settings = replace(desk.settings, stripe=StripeSettings(key_file=tmp_path / "missing.key"))
    gateways = open_gateways(settings)
    assert list(gateways) == ["sandbox", "stripe"]
    with pytest.raises(SetUpRefused, match=r"missing\.key cannot be read"):
        gateways["stripe"].card_link("cus_1")


def test_a_configured_stripe_needs_its_key_when_the_desk_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(STRIPE_KEY_VARIABLE, raising=False)
    with pytest.raises(SetUpRefused, match=STRIPE_KEY_VARIABLE):
        open_services(replace(desk.settings, gateway="stripe"))
    monkeypatch.setenv(STRIPE_KEY_VARIABLE, SECRET_KEY)
    open_services(replace(desk.settings, gateway="stripe")).payments.store.close()


def test_a_configured_stripe_needs_its_package_when_the_desk_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRIPE_KEY_VARIABLE, SECRET_KEY)
    monkeypatch.setattr("tui_billing.gateways.stripe.find_spec", lambda name: None)
    with pytest.raises(SetUpRefused, match=r"tui-billing\[stripe\]"):
        open_services(replace(desk.settings, gateway="stripe"))


def test_a_demo_desk_takes_no_real_cards(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRIPE_KEY_VARIABLE, SECRET_KEY)
    assert list(open_gateways(replace(desk.settings, demo=True, gateway="stripe"))) == ["sandbox"]


def test_settings_never_hold_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRIPE_KEY_VARIABLE, SECRET_KEY)
    assert SECRET_KEY not in repr(replace(settings_in(tmp_path), gateway="stripe"))


def test_a_card_is_attached_to_the_one_customer_that_its_page_is_for(at_stripe: Desk, double: StripeDouble) -> None:
    cards = replace(at_stripe.services.cards, default_gateway="stripe")
    double.fail_next(Fault.CUT, "/v1/customers")
    with pytest.raises(GatewayUnavailable, match="Trying again is harmless"):
        cards.link(at_stripe.finance, CARDLESS)
    assert (cards.link(at_stripe.finance, CARDLESS).address or "").startswith("http")
    customers = at_stripe.rows("SELECT DISTINCT reference FROM gateway_customer")
    first = cards.attach(at_stripe.finance, CARDLESS, "pm_card_visa").card
    second = cards.attach(at_stripe.finance, CARDLESS, "pm_card_visa").card
    assert first is not None
    assert second is not None
    assert (first.label, first.gateway) == ("Visa •••• 4242", "stripe")
    assert first.payment_method_reference.startswith("pm_")
    assert [(first.customer_reference,)] == [(second.customer_reference,)] == customers


def test_a_card_that_the_bank_declines_is_not_put_on_file(at_stripe: Desk) -> None:
    cards = replace(at_stripe.services.cards, default_gateway="stripe")
    with pytest.raises(RuleRefused):
        cards.attach(at_stripe.finance, CARDLESS, "pm_card_visa_chargeDeclined")
    assert at_stripe.account(CARDLESS).card is None
