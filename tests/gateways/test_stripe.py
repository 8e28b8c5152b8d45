"""The gateway on Stripe: what it sends, how each failure is told, and how nothing moves twice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.gateways.harnesses import Harness, stripe
from tests.gateways.stripe_double import CHARGES, REFUNDS, SECRET_KEY, Fault, StripeDouble
from tui_billing.domain.errors import GatewayUnavailable, RuleRefused, SetUpRefused
from tui_billing.gateways.base import WITHDRAWN, Approved, ChargeRequest, Declined, Unknown
from tui_billing.gateways.stripe import StripeGateway
from tui_billing.gateways.stripe_answers import UNREADABLE
from tui_billing.gateways.stripe_connection import BAD_KEY, INTERNAL, NO_ANSWER, NOT_REACHED, TOO_BUSY
from tui_billing.gateways.stripe_words import CONFIRM_ONLINE, DECLINES, words_of_error

HASTY = (5.0, 0.3)


@pytest.fixture
def hasty(double: StripeDouble) -> Iterator[Harness]:
    """A gateway that does not wait long for an answer."""
    with stripe(double) as harness:
        gateway = StripeGateway(lambda: SECRET_KEY, double.url, timeout_s=HASTY)
        harness.gateway = gateway
        yield harness
        gateway.close()


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def patient(double: StripeDouble) -> StripeGateway:
    return StripeGateway(lambda: SECRET_KEY, double.url)


# What it sends


def test_a_charge_is_confirmed_off_session_with_the_key_and_our_ids(at_stripe: Harness, double: StripeDouble) -> None:
    at_stripe.gateway.charge(at_stripe.request("k"))
    _, path, sent, headers = double.requests[-1]
    assert path == CHARGES
    assert sent == {
        "amount": "1000",
        "currency": "eur",
        "customer": at_stripe.customer,
        "payment_method": "pm_card_visa",
        "allowed_payment_method_types[0]": "card",
        "confirm": "true",
        "off_session": "true",
        "metadata[payment_id]": "payment of k",
        "metadata[key]": "k",
    }
    assert len(headers["idempotency-key"]) == 64


def test_a_failed_request_is_not_sent_again(at_stripe: Harness, double: StripeDouble) -> None:
    before = len(double.requests)
    for fault in (Fault.ERROR_BEFORE, Fault.DROPPED, Fault.BUSY):
        double.fail_next(fault)
        at_stripe.gateway.charge(at_stripe.request(fault.name))
    assert len(double.requests) == before + 3


def test_nothing_is_told_about_this_machine(at_stripe: Harness, double: StripeDouble) -> None:
    at_stripe.gateway.charge(at_stripe.request())
    for _, _, _, headers in double.requests:
        assert "x-stripe-client-telemetry" not in headers
        assert "platform" not in headers["x-stripe-client-user-agent"]
        assert "telemetry_id" not in headers["x-stripe-client-user-agent"]


def test_a_list_longer_than_a_page_is_read_to_its_end(
    at_stripe: Harness, double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_billing.gateways.stripe_connection.PAGE", 2)
    for number in range(5):
        at_stripe.gateway.charge(at_stripe.request(f"c{number}"))
    assert {t.key for t in at_stripe.gateway.transactions(an_hour_ago())} == {f"c{number}" for number in range(5)}
    assert isinstance(at_stripe.gateway.find("c0"), Approved)
    assert all(sent["limit"] == "2" for method, path, sent, _ in double.requests if (method, path) == ("GET", CHARGES))


# How failures are told


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault.ERROR_AFTER, Unknown(INTERNAL)),
        (Fault.CUT, Unknown(NO_ANSWER)),
        (Fault.GARBAGE, Unknown(UNREADABLE)),
        (Fault.BAD_GATEWAY, Unknown(UNREADABLE)),
    ],
)
@pytest.mark.parametrize("path", [CHARGES, REFUNDS])
def test_whatever_becomes_of_the_answer_the_money_is_found(
    at_stripe: Harness, double: StripeDouble, fault: Fault, answer: Unknown, path: str
) -> None:
    first = at_stripe.gateway.charge(at_stripe.request("first"))
    assert isinstance(first, Approved)
    double.fail_next(fault, path)
    if path == CHARGES:
        assert at_stripe.gateway.charge(at_stripe.request("k")) == answer
    else:
        assert at_stripe.gateway.refund(at_stripe.refund_request(first.reference, "k")) == answer
    assert isinstance(at_stripe.gateway.find("k"), Approved)
    assert [t.key for t in at_stripe.gateway.transactions(an_hour_ago())].count("k") == 1


def test_an_answer_that_takes_too_long_is_unknown(hasty: Harness, double: StripeDouble) -> None:
    double.fail_next(Fault.SLOW)
    assert hasty.gateway.charge(hasty.request()) == Unknown(NO_ANSWER)
    double.release()
    found = patient(double).find("c")
    assert isinstance(found, Approved)


def test_a_look_up_that_fails_is_unknown(at_stripe: Harness, double: StripeDouble) -> None:
    at_stripe.gateway.charge(at_stripe.request())
    for fault in (Fault.BUSY, Fault.CUT, Fault.DROPPED, Fault.GARBAGE):
        double.fail_next(fault, CHARGES, "GET")
        assert isinstance(at_stripe.gateway.find("c"), Unknown)
        double.fail_next(fault, REFUNDS, "GET")
        with pytest.raises(GatewayUnavailable, match="harmless"):
            at_stripe.gateway.transactions(an_hour_ago())


def test_too_many_requests_moved_nothing(at_stripe: Harness, double: StripeDouble) -> None:
    double.fail_next(Fault.BUSY)
    assert at_stripe.gateway.charge(at_stripe.request()) == Declined(TOO_BUSY)
    assert double.intents() == []


def test_a_connection_that_was_refused_moved_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    gateway = StripeGateway(lambda: SECRET_KEY, f"http://127.0.0.1:{port}")
    request = ChargeRequest("c", "payment of c", "cus_1", "pm_card_visa", 1_000, "EUR")
    assert gateway.charge(request) == Declined(NOT_REACHED)
    assert gateway.find("c") == Unknown(NOT_REACHED)
    with pytest.raises(GatewayUnavailable, match="could not be reached"):
        gateway.create_customer("10000001", "Globex", "k")


def test_a_name_that_nobody_has_moved_nothing(at_stripe: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", nobody)
    gateway = StripeGateway(lambda: SECRET_KEY, "https://api.stripe.invalid")
    assert gateway.charge(at_stripe.request()) == Declined(NOT_REACHED)


def test_a_wrong_secret_key_is_told_without_it(double: StripeDouble) -> None:
    gateway = StripeGateway(lambda: "sk_test_of_somebody", double.url)
    with pytest.raises(RuleRefused, match="secret key") as refused:
        gateway.create_customer("10000001", "Globex", "k")
    assert "somebody" not in str(refused.value)
    assert gateway.find("c") == Unknown(BAD_KEY)


def test_a_desk_without_a_secret_key_sends_nothing(at_stripe: Harness) -> None:
    def missing() -> str:
        raise SetUpRefused("There is no secret key.")

    gateway = StripeGateway(missing)
    assert gateway.charge(at_stripe.request()) == Declined("There is no secret key.")
    assert gateway.find("c") == Unknown("There is no secret key.")
    gateway.withdraw("c")
    with pytest.raises(SetUpRefused):
        gateway.card_link("cus_1")


def test_a_bank_that_wants_the_customer_there_declines_for_good(at_stripe: Harness, double: StripeDouble) -> None:
    answer = at_stripe.gateway.charge(at_stripe.request(card="pm_card_authenticationRequired"))
    assert answer == Declined(CONFIRM_ONLINE)
    assert [intent["status"] for intent in double.intents()] == ["canceled"]
    assert isinstance(at_stripe.gateway.find("c"), Declined)


def test_a_payment_that_waits_for_the_customer_is_called_off_when_it_is_found(
    at_stripe: Harness, double: StripeDouble
) -> None:
    double.fail_next(Fault.CUT)
    request = at_stripe.request(card="pm_card_authenticationRequired")
    assert isinstance(at_stripe.gateway.charge(request), Unknown)
    assert [intent["status"] for intent in double.intents()] == ["requires_action"]
    cancel = f"{CHARGES}/{double.intents()[0]['id']}/cancel"
    double.fail_next(Fault.DROPPED, cancel)
    assert isinstance(at_stripe.gateway.find("c"), Unknown)
    assert at_stripe.gateway.find("c") == Declined(CONFIRM_ONLINE)
    assert [intent["status"] for intent in double.intents()] == ["canceled"]


def test_a_refund_that_stripe_still_works_on_is_unknown(at_stripe: Harness) -> None:
    charged = at_stripe.gateway.charge(at_stripe.request(card="pm_card_pendingRefund"))
    assert isinstance(charged, Approved)
    assert isinstance(at_stripe.gateway.refund(at_stripe.refund_request(charged.reference)), Unknown)
    assert isinstance(at_stripe.gateway.find("r"), Unknown)
    assert [t.key for t in at_stripe.gateway.transactions(an_hour_ago())] == ["c"]


def test_an_inquiry_is_no_dispute(at_stripe: Harness, double: StripeDouble) -> None:
    double.new_disputes = "warning_needs_response"
    at_stripe.gateway.charge(at_stripe.request(card="pm_card_createDispute"))
    assert at_stripe.gateway.disputes(an_hour_ago()) == []


def test_a_card_whose_page_was_filled_in_is_found_attached(at_stripe: Harness) -> None:
    card = at_stripe.gateway.attach_card(at_stripe.customer, "pm_card_visa")
    assert at_stripe.gateway.attach_card(at_stripe.customer, card.payment_method_reference) == card
    other = at_stripe.gateway.create_customer("10000003", "Kitano", "other")
    with pytest.raises(RuleRefused, match="already been attached"):
        at_stripe.gateway.attach_card(other, card.payment_method_reference)


def test_a_card_that_the_bank_declines_is_not_attached(at_stripe: Harness) -> None:
    with pytest.raises(RuleRefused, match=r"^The bank declined without a reason\.$"):
        at_stripe.gateway.attach_card(at_stripe.customer, "pm_card_visa_chargeDeclined")


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "Insufficient funds."),
        ("pm_card_chargeDeclinedExpiredCard", "The card has expired."),
        ("pm_card_visa_chargeDeclinedLostCard", "The bank declined without a reason."),
        ("pm_card_chargeCustomerFail", "The bank declined without a reason."),
    ],
)
def test_a_declined_test_card_says_what_the_table_says(at_stripe: Harness, card: str, reason: str) -> None:
    assert at_stripe.gateway.charge(at_stripe.request(card=card)) == Declined(reason)
    assert at_stripe.gateway.find("c") == Declined(reason)


def test_a_customer_is_never_told_that_a_card_is_lost_or_suspicious() -> None:
    for code in ("lost_card", "stolen_card", "fraudulent", "merchant_blacklist", "pickup_card", "restricted_card"):
        assert DECLINES[code] == DECLINES["generic_decline"]


def test_what_stripe_says_is_shown_without_control_characters() -> None:
    words = words_of_error({"type": "invalid_request_error", "message": "No\x1b]52;c;x\x07such " + "x" * 999})
    assert "\x1b" not in words
    assert len(words) < 250


def test_an_amount_beyond_stripe_s_limit_is_declined_in_words(at_stripe: Harness) -> None:
    answer = at_stripe.gateway.charge(at_stripe.request(amount=9_999_999_999))
    assert answer == Declined("The amount is more than Stripe takes at once.")


# Once and never again


def test_a_request_that_arrives_after_it_was_given_up_moves_nothing(hasty: Harness, double: StripeDouble) -> None:
    double.fail_next(Fault.LATE)
    assert hasty.gateway.charge(hasty.request()) == Unknown(NO_ANSWER)
    gateway = patient(double)
    assert gateway.find("c") is None
    gateway.withdraw("c")
    assert gateway.find("c") == Declined(WITHDRAWN)
    double.release()
    assert sum(path == CHARGES and "confirm" in sent for _, path, sent, _ in double.requests) == 1
    assert gateway.transactions(an_hour_ago()) == []
    assert {intent["status"] for intent in double.intents()} == {"canceled"}


def test_a_refund_that_arrives_after_it_was_given_up_moves_nothing(hasty: Harness, double: StripeDouble) -> None:
    gateway = patient(double)
    charged = gateway.charge(hasty.request())
    assert isinstance(charged, Approved)
    double.fail_next(Fault.LATE, REFUNDS)
    assert hasty.gateway.refund(hasty.refund_request(charged.reference)) == Unknown(NO_ANSWER)
    gateway.withdraw("r")
    double.release()
    assert gateway.find("r") == Declined(WITHDRAWN)
    assert [t.key for t in gateway.transactions(an_hour_ago())] == ["c"]


def test_a_request_that_arrives_between_look_up_and_withdrawal_is_found(hasty: Harness, double: StripeDouble) -> None:
    double.fail_next(Fault.LATE)
    hasty.gateway.charge(hasty.request())
    gateway = patient(double)
    assert gateway.find("c") is None
    double.release()
    gateway.withdraw("c")
    assert isinstance(gateway.find("c"), Approved)


def test_a_request_that_stripe_is_still_working_on_is_not_given_up(at_stripe: Harness, double: StripeDouble) -> None:
    at_stripe.gateway.withdraw("c")
    double.working_on(double.requests[-2][3]["idempotency-key"])
    double.forward("DELETE", "/_config/data", {})
    at_stripe.gateway.withdraw("c")
    assert at_stripe.gateway.find("c") is None
    assert isinstance(at_stripe.gateway.charge(at_stripe.request()), Unknown)
    assert double.intents() == []


def test_an_error_that_stripe_remembers_stays_open_until_it_forgets_the_key(
    at_stripe: Harness, double: StripeDouble
) -> None:
    double.fail_next(Fault.ERROR_BEFORE)
    at_stripe.gateway.charge(at_stripe.request())
    at_stripe.gateway.withdraw("c")
    assert at_stripe.gateway.find("c") is None
    double.forget_keys()
    at_stripe.gateway.withdraw("c")
    assert at_stripe.gateway.find("c") == Declined(WITHDRAWN)


def test_what_was_charged_is_found_even_behind_a_withdrawal(at_stripe: Harness, double: StripeDouble) -> None:
    charged = at_stripe.gateway.charge(at_stripe.request())
    double.forget_keys()
    at_stripe.gateway.withdraw("c")
    assert at_stripe.gateway.find("c") == charged


def test_the_key_of_another_program_is_not_ours(at_stripe: Harness, double: StripeDouble) -> None:
    sent = {"amount": "5", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true", "metadata[key]": "c"}
    assert double.forward("POST", CHARGES, sent)[0] == 200
    assert at_stripe.gateway.find("c") is None
    assert [(t.key, t.our_id) for t in at_stripe.gateway.transactions(an_hour_ago())] == [("", "")]
