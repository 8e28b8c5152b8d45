"""What every gateway promises, asked of every gateway: once per key, no money unaccounted for, and nothing raised."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.gateways.harnesses import Harness, Loss
from tui_billing.domain.errors import BillingError, GatewayUnavailable, RuleRefused
from tui_billing.gateways.base import (
    OTHER_REQUEST,
    WITHDRAWN,
    Answer,
    Approved,
    AttachedCard,
    Declined,
    DisputeState,
    TransactionKind,
    Unknown,
)


def an_hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def moved(harness: Harness) -> list[tuple[str, str, int, str]]:
    """The money that moved: which way, by which key, how much, for which payment or charge back of ours."""
    found = harness.gateway.transactions(an_hour_ago())
    return sorted((t.kind.value, t.key, t.amount_minor, t.our_id) for t in found)


def taken(harness: Harness, key: str = "c", amount: int = 1_000, card: str = "") -> str:
    """Charge a card that approves, and give the reference."""
    answer = harness.gateway.charge(harness.request(key, amount, card))
    assert isinstance(answer, Approved)
    return answer.reference


CHARGED = ("charge", "c", 1_000, "payment of c")


def test_an_approved_charge_moves_money_and_is_found(harness: Harness) -> None:
    reference = taken(harness)
    assert reference
    assert harness.gateway.find("c") == Approved(reference)
    (transaction,) = harness.gateway.transactions(an_hour_ago())
    assert (transaction.reference, transaction.currency, transaction.our_id) == (reference, "EUR", "payment of c")
    assert (transaction.kind, transaction.key, transaction.amount_minor) == (TransactionKind.CHARGE, "c", 1_000)
    assert abs(datetime.now(UTC) - transaction.created) < timedelta(minutes=5)


def test_a_declined_charge_says_why_and_moves_nothing(harness: Harness) -> None:
    declined = Declined("Insufficient funds.")
    assert harness.gateway.charge(harness.request(card=harness.insufficient_funds)) == declined
    assert harness.gateway.find("c") == declined
    assert moved(harness) == []


@pytest.mark.parametrize("card", ["approved", "insufficient_funds"])
def test_a_repeated_charge_gets_the_first_answer_and_moves_nothing(harness: Harness, card: str) -> None:
    request = harness.request(card=getattr(harness, card))
    first = harness.gateway.charge(request)
    before = moved(harness)
    assert [harness.gateway.charge(request) for _ in range(2)] == [first] * 2
    assert moved(harness) == before


def test_a_key_that_comes_with_another_request_moves_nothing_and_says_so(harness: Harness) -> None:
    reference = taken(harness)
    other = Declined(OTHER_REQUEST)
    assert harness.gateway.charge(harness.request(amount=9_999)) == other
    assert harness.gateway.refund(harness.refund_request(reference, "c")) == other
    assert harness.gateway.find("c") == Approved(reference)
    assert moved(harness) == [CHARGED]


def test_charges_at_the_same_moment_with_one_key_are_one_charge(harness: Harness) -> None:
    answers: list[Answer] = []
    threads = [
        threading.Thread(target=lambda: answers.append(harness.gateway.charge(harness.request()))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    found = harness.gateway.find("c")
    assert isinstance(found, Approved)
    assert found in answers
    assert all(answer == found or isinstance(answer, Unknown) for answer in answers)
    assert moved(harness) == [CHARGED]


@pytest.mark.parametrize("key", ["zażółć 鍵 🔑", "two words", "x" * 128, "a=b&c[d]=e"])
def test_any_text_may_be_a_key(harness: Harness, key: str) -> None:
    reference = taken(harness, key)
    assert harness.gateway.find(key) == Approved(reference)
    assert moved(harness) == [("charge", key, 1_000, f"payment of {key}")]


def test_a_whole_refund_gives_everything_back(harness: Harness) -> None:
    answer = harness.gateway.refund(harness.refund_request(taken(harness)))
    assert isinstance(answer, Approved)
    assert harness.gateway.find("r") == answer
    assert moved(harness) == [CHARGED, ("refund", "r", 1_000, "charge back of r")]


@pytest.mark.parametrize("parts", [[1_001], [600, 401], [500, 500, 1], [999, 1, 1]])
def test_refunds_together_never_exceed_the_charge(harness: Harness, parts: list[int]) -> None:
    reference = taken(harness)
    answers = [
        harness.gateway.refund(harness.refund_request(reference, f"r{index}", amount))
        for index, amount in enumerate(parts)
    ]
    assert all(isinstance(answer, Approved) for answer in answers[:-1])
    assert answers[-1] == Declined("More than is left of the charge.")
    assert sum(row[2] for row in moved(harness)[1:]) == sum(parts[:-1])


def test_a_repeated_refund_gets_the_first_answer_and_moves_nothing(harness: Harness) -> None:
    request = harness.refund_request(taken(harness), amount=400)
    first = harness.gateway.refund(request)
    assert harness.gateway.refund(request) == first
    assert moved(harness) == [CHARGED, ("refund", "r", 400, "charge back of r")]


def test_a_refund_needs_a_charge(harness: Harness) -> None:
    assert isinstance(harness.gateway.refund(harness.refund_request("pi_of_nobody")), Declined)
    assert moved(harness) == []


def test_a_charge_whose_answer_was_lost_is_found(harness: Harness) -> None:
    request = harness.request(card=harness.losing_charge(Loss.AFTER))
    assert isinstance(harness.gateway.charge(request), Unknown)
    (transaction,) = harness.gateway.transactions(an_hour_ago())
    assert harness.gateway.find("c", datetime.now(UTC)) == Approved(transaction.reference)
    assert harness.gateway.find("c") == Approved(transaction.reference)
    assert moved(harness) == [CHARGED]


@pytest.mark.parametrize("loss", [Loss.BEFORE, Loss.ERROR])
def test_a_charge_that_moved_nothing_is_unknown_and_not_found(harness: Harness, loss: Loss) -> None:
    assert isinstance(harness.gateway.charge(harness.request(card=harness.losing_charge(loss))), Unknown)
    assert harness.gateway.find("c") is None
    assert moved(harness) == []


@pytest.mark.parametrize("loss", [Loss.AFTER, Loss.BEFORE])
def test_a_refund_whose_answer_was_lost_is_found_if_it_arrived(harness: Harness, loss: Loss) -> None:
    reference = taken(harness, card=harness.losing_refund(loss))
    assert isinstance(harness.gateway.refund(harness.refund_request(reference, amount=300)), Unknown)
    arrived = loss is Loss.AFTER
    assert isinstance(harness.gateway.find("r"), Approved) is arrived
    assert moved(harness)[1:] == ([("refund", "r", 300, "charge back of r")] if arrived else [])


def test_a_request_that_was_never_made_is_not_found(harness: Harness) -> None:
    taken(harness)
    assert harness.gateway.find("never") is None


def test_a_charge_after_its_key_was_withdrawn_never_moves_money(harness: Harness) -> None:
    harness.gateway.withdraw("c")
    harness.gateway.withdraw("c")
    assert harness.gateway.find("c") == Declined(WITHDRAWN)
    assert harness.gateway.charge(harness.request()) == Declined(WITHDRAWN)
    assert moved(harness) == []


def test_a_refund_after_its_key_was_withdrawn_never_moves_money(harness: Harness) -> None:
    reference = taken(harness)
    harness.gateway.withdraw("r")
    assert harness.gateway.refund(harness.refund_request(reference)) == Declined(WITHDRAWN)
    assert moved(harness) == [CHARGED]


def test_withdrawing_what_has_arrived_changes_nothing(harness: Harness) -> None:
    first = harness.gateway.charge(harness.request(card=harness.losing_charge(Loss.AFTER)))
    assert isinstance(first, Unknown)
    harness.gateway.withdraw("c")
    assert isinstance(harness.gateway.find("c"), Approved)
    assert moved(harness) == [CHARGED]


def test_withdrawing_what_was_declined_changes_nothing(harness: Harness) -> None:
    harness.gateway.charge(harness.request(card=harness.insufficient_funds))
    harness.gateway.withdraw("c")
    assert harness.gateway.find("c") == Declined("Insufficient funds.")


def test_the_list_of_what_moved_begins_when_asked(harness: Harness) -> None:
    taken(harness)
    assert harness.gateway.transactions(datetime.now(UTC) + timedelta(minutes=5)) == []
    assert [t.key for t in harness.gateway.transactions(an_hour_ago())] == ["c"]


def test_a_disputed_charge_has_an_open_dispute(harness: Harness) -> None:
    taken(harness, "undisputed")
    assert harness.gateway.disputes(an_hour_ago()) == []
    reference = taken(harness, card=harness.disputed)
    (dispute,) = harness.gateway.disputes(an_hour_ago())
    assert (dispute.charge_reference, dispute.amount_minor, dispute.currency) == (reference, 1_000, "EUR")
    assert (dispute.reason, dispute.state) == ("fraudulent", DisputeState.OPEN)
    assert harness.gateway.disputes(datetime.now(UTC) + timedelta(minutes=5)) == []


def test_a_dispute_that_was_won_says_so(harness: Harness) -> None:
    taken(harness, card=harness.win_dispute())
    harness.let_the_bank_decide()
    assert [dispute.state for dispute in harness.gateway.disputes(an_hour_ago())] == [DisputeState.WON]


def test_a_customer_is_made_once_per_key(harness: Harness) -> None:
    first = harness.gateway.create_customer("10000009", "Kōji Sæther", "new customer")
    assert first
    assert harness.gateway.create_customer("10000009", "Kōji Sæther", "new customer") == first


def test_an_attached_card_is_told_and_can_be_charged(harness: Harness) -> None:
    card = harness.gateway.attach_card(harness.customer, harness.approved)
    assert card == AttachedCard("Visa", "4242", card.expiry, card.payment_method_reference)
    month, year = card.expiry.split("/")
    assert (1 <= int(month) <= 12, len(year)) == (True, 2)
    taken(harness, card=card.payment_method_reference)


def test_a_card_that_does_not_exist_is_refused_with_a_reason(harness: Harness) -> None:
    with pytest.raises(RuleRefused) as refused:
        harness.gateway.attach_card(harness.customer, "pm_of_nobody")
    assert refused.value.sentence


def test_the_page_for_a_card_is_the_gateway_s_own(harness: Harness) -> None:
    link = harness.gateway.card_link(harness.customer)
    assert link is None or link.startswith("https://checkout.stripe.com/")


def test_a_gateway_that_is_down_is_never_mistaken_for_an_answer(harness: Harness) -> None:
    reference = taken(harness)
    harness.break_down()
    assert not isinstance(harness.gateway.charge(harness.request("other")), Approved)
    assert not isinstance(harness.gateway.refund(harness.refund_request(reference)), Approved)
    assert isinstance(harness.gateway.find("c"), Unknown)
    harness.gateway.withdraw("c")
    for asked in (harness.gateway.transactions, harness.gateway.disputes):
        with pytest.raises(GatewayUnavailable):
            asked(an_hour_ago())
    assert issubclass(GatewayUnavailable, BillingError)
