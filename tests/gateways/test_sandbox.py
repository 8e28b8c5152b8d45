"""What the sandbox promises beyond the contract: cards that do as documented, exact totals, a memory that lasts."""

from __future__ import annotations

import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_billing.gateways.base import (
    Answer,
    Approved,
    ChargeRequest,
    Declined,
    DisputeState,
    PaymentGateway,
    RefundRequest,
    Unknown,
)
from tui_billing.gateways.sandbox import CARDS, SandboxGateway
from tui_billing.gateways.sandbox_record import SCHEMA

NO_ANSWER = Unknown("The gateway did not answer in time.")
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SLEEP = "tui_billing.gateways.sandbox.time.sleep"
# What each card is documented to do: its answer to a charge, and what the gateway then knows; the same of a refund.
DOCUMENTED: dict[str, tuple[type[Answer], type[Answer] | None, type[Answer] | None, type[Answer] | None]] = {
    "card_approved": (Approved, Approved, Approved, Approved),
    "card_insufficient_funds": (Declined, Declined, None, None),
    "card_expired": (Declined, Declined, None, None),
    "card_lost": (Declined, Declined, None, None),
    "card_do_not_honor": (Declined, Declined, None, None),
    "card_error": (Unknown, None, None, None),
    "card_timeout_before": (Unknown, None, None, None),
    "card_timeout_after": (Unknown, Approved, Approved, Approved),
    "card_refund_refused": (Approved, Approved, Declined, Declined),
    "card_refund_timeout_before": (Approved, Approved, Unknown, None),
    "card_refund_timeout_after": (Approved, Approved, Unknown, Approved),
    "card_slow": (Approved, Approved, Approved, Approved),
    "card_disputed": (Approved, Approved, Declined, Declined),
    "card_dispute_won": (Approved, Approved, Declined, Declined),
}


@pytest.fixture
def gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SandboxGateway:
    """A sandbox whose slow card does not keep the tests waiting."""
    monkeypatch.setattr(SLEEP, lambda seconds: None)
    return SandboxGateway(tmp_path / "sandbox.db")


def charge(key: str = "c", amount: int = 1_000, card: str = "card_approved", currency: str = "EUR") -> ChargeRequest:
    return ChargeRequest(key, f"payment of {key}", "customer", card, amount, currency)


def refund(reference: str, key: str = "r", amount: int = 1_000, currency: str = "EUR") -> RefundRequest:
    return RefundRequest(key, f"charge back of {key}", reference, amount, currency)


def taken(gateway: SandboxGateway, request: ChargeRequest) -> str:
    """Take the money and give the gateway's reference, even if the answer was lost."""
    gateway.charge(request)
    found = gateway.find(request.key)
    assert isinstance(found, Approved)
    return found.reference


def test_the_sandbox_is_a_payment_gateway(gateway: SandboxGateway) -> None:
    port: PaymentGateway = gateway
    assert port.name == "sandbox"


def test_every_card_is_documented_here() -> None:
    assert set(DOCUMENTED) == set(CARDS)
    assert all(behaviour.meaning for behaviour in CARDS.values())


@pytest.mark.parametrize("card", sorted(CARDS))
def test_every_card_answers_a_charge_and_a_refund_as_documented(gateway: SandboxGateway, card: str) -> None:
    charged, then_known, refunded, then_known_of_refund = DOCUMENTED[card]
    assert type(gateway.charge(charge(card=card))) is charged
    found = gateway.find("c")
    assert (None if found is None else type(found)) is then_known
    taken_minor = 0 if CARDS[card].dispute else 1_000
    assert gateway.totals() == ({"EUR": taken_minor} if then_known is Approved else {})
    if isinstance(found, Approved):
        assert type(gateway.refund(refund(found.reference))) is refunded
        answer = gateway.find("r")
        assert (None if answer is None else type(answer)) is then_known_of_refund
        assert gateway.totals() == {"EUR": 0 if then_known_of_refund is Approved else taken_minor}


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("card_insufficient_funds", "Insufficient funds."),
        ("card_expired", "The card has expired."),
        ("card_lost", "The card was reported lost."),
        ("card_do_not_honor", "The bank declined without a reason."),
        ("card_of_somebody_else", "No such card."),
    ],
)
def test_a_declined_card_says_why(gateway: SandboxGateway, card: str, reason: str) -> None:
    assert gateway.charge(charge(card=card)) == Declined(reason)
    assert gateway.find("c") == Declined(reason)


def test_an_error_and_a_lost_answer_are_unknown_and_never_declined(gateway: SandboxGateway) -> None:
    assert gateway.charge(charge("a", card="card_error")) == Unknown("The gateway answered with an internal error.")
    assert gateway.charge(charge("b", card="card_timeout_before")) == NO_ANSWER
    assert gateway.charge(charge("c", card="card_timeout_after")) == NO_ANSWER


def test_the_slow_card_takes_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(SLEEP, waited.append)
    SandboxGateway(tmp_path / "sandbox.db").charge(charge(card="card_slow"))
    assert waited == [5]


@pytest.mark.parametrize("card", sorted(set(CARDS) - {"card_error", "card_timeout_before", "card_timeout_after"}))
def test_a_repeated_charge_gets_the_first_answer_and_moves_nothing(gateway: SandboxGateway, card: str) -> None:
    first = gateway.charge(charge(card=card))
    before = gateway.totals()
    assert [gateway.charge(charge(card=card)) for _ in range(3)] == [first] * 3
    assert gateway.totals() == before


def test_a_repeat_after_a_lost_answer_learns_what_happened_and_moves_nothing(gateway: SandboxGateway) -> None:
    gateway.charge(charge(card="card_timeout_after"))
    assert isinstance(gateway.charge(charge(card="card_timeout_after")), Approved)
    assert gateway.totals() == {"EUR": 1_000}


def test_refunds_at_the_same_moment_never_exceed_the_charge(gateway: SandboxGateway) -> None:
    reference = taken(gateway, charge())
    answers: list[Answer] = []

    def press(index: int) -> None:
        answers.append(gateway.refund(refund(reference, f"r{index}", 300)))

    threads = [threading.Thread(target=press, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["Approved"] * 3 + ["Declined"] * 5
    assert gateway.totals() == {"EUR": 100}


@pytest.mark.parametrize("reference", ["", "ch_99999999", "re_00000002"])
def test_a_refund_needs_a_charge_that_took_money(gateway: SandboxGateway, reference: str) -> None:
    gateway.refund(refund(taken(gateway, charge()), "first", 100))
    assert gateway.refund(refund(reference, "second", 100)) == Declined("The gateway has no such charge.")
    assert gateway.totals() == {"EUR": 900}


def test_a_declined_charge_and_another_currency_cannot_be_refunded(gateway: SandboxGateway) -> None:
    gateway.charge(charge(card="card_lost"))
    assert isinstance(gateway.refund(refund("ch_00000001")), Declined)
    assert isinstance(gateway.refund(refund(taken(gateway, charge("d")), currency="USD")), Declined)


def test_withdrawing_a_key_that_has_arrived_changes_nothing(gateway: SandboxGateway) -> None:
    first = gateway.charge(charge())
    gateway.withdraw("c")
    gateway.withdraw("c")
    assert gateway.find("c") == first
    assert gateway.totals() == {"EUR": 1_000}


def test_the_record_survives_reopening(gateway: SandboxGateway, tmp_path: Path) -> None:
    reference = taken(gateway, charge("a"))
    gateway.charge(charge("b", card="card_lost"))
    gateway.withdraw("w")
    reopened = SandboxGateway(tmp_path / "sandbox.db")
    assert [reopened.find(key) for key in ("a", "b", "w", "x")] == [gateway.find(key) for key in ("a", "b", "w", "x")]
    assert isinstance(reopened.refund(refund(reference, amount=1)), Approved)
    assert reopened.totals() == {"EUR": 999}


def test_totals_are_kept_by_currency(gateway: SandboxGateway) -> None:
    gateway.charge(charge("a", 5, currency="JPY"))
    gateway.charge(charge("b", 7, currency="EUR"))
    gateway.charge(charge("c", 9, currency="EUR"))
    assert gateway.totals() == {"JPY": 5, "EUR": 16}


def test_two_charges_at_the_same_moment_with_one_key_are_one_charge(gateway: SandboxGateway) -> None:
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(gateway.charge(charge()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert gateway.totals() == {"EUR": 1_000}


def test_the_record_is_closed_to_others_and_holds_no_card_number(gateway: SandboxGateway, tmp_path: Path) -> None:
    gateway.charge(charge())
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    record = sqlite3.connect(tmp_path / "sandbox.db")
    columns = [name for _, name, *_ in record.execute("PRAGMA table_info(transactions)")]
    record.close()
    first = "reference key kind amount_minor currency card charge_reference decline_reason".split()
    assert columns == [*first, "created", "our_id"]


def test_a_record_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    earlier = sqlite3.connect(path)
    earlier.execute(SCHEMA)
    row = ("ch_00000001", "old", "charge", 700, "EUR", "card_dispute_won", None, None)
    earlier.execute("INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    earlier.commit()
    earlier.close()
    gateway = SandboxGateway(path, lambda: NOW)
    assert isinstance(gateway.refund(refund("ch_00000001", amount=200)), Approved)
    assert gateway.totals() == {"EUR": 500}
    assert [(t.key, t.our_id, t.created) for t in gateway.transactions(LONG_AGO)] == [
        ("old", "", LONG_AGO),
        ("r", "charge back of r", NOW),
    ]
    assert [(d.charge_reference, d.created) for d in gateway.disputes(LONG_AGO)] == [("ch_00000001", LONG_AGO)]
    assert [t.key for t in gateway.transactions(NOW)] == ["r"]
    assert gateway.disputes(NOW) == []


def test_rows_of_demo_data_have_the_moment_and_the_payment_they_come_with(gateway: SandboxGateway) -> None:
    row = ("ch_00000001", "demo", "charge", 700, "EUR", "card_approved", None, None)
    gateway.load([(*row, NOW.isoformat(timespec="microseconds"), "payment of demo")])
    assert gateway.find("demo") == Approved("ch_00000001")
    assert [(t.key, t.our_id, t.created) for t in gateway.transactions(NOW)] == [("demo", "payment of demo", NOW)]
    assert gateway.transactions(NOW + timedelta(microseconds=1)) == []


def test_what_a_bank_takes_in_a_dispute_is_missing_from_the_totals_until_the_dispute_is_won(tmp_path: Path) -> None:
    now = [NOW]
    gateway = SandboxGateway(tmp_path / "sandbox.db", lambda: now[0])
    taken(gateway, charge("a", amount=700, card="card_disputed"))
    reference = taken(gateway, charge("b", amount=300, card="card_dispute_won"))
    assert gateway.totals() == {"EUR": 0}
    assert gateway.refund(refund(reference, amount=1)) == Declined("The charge is disputed; the bank decides.")
    now[0] += timedelta(minutes=2)
    assert [d.state for d in gateway.disputes(NOW)] == [DisputeState.OPEN, DisputeState.WON]
    assert gateway.totals() == {"EUR": 300}
    assert isinstance(gateway.refund(refund(reference, "r2", amount=1)), Approved)


def test_only_charges_that_took_money_are_disputed(gateway: SandboxGateway) -> None:
    reference = taken(gateway, charge(card="card_dispute_won"))
    gateway.refund(refund(reference, amount=100))
    gateway.withdraw("w")
    assert [(d.reference, d.amount_minor) for d in gateway.disputes(LONG_AGO)] == [(f"dp_{reference}", 1_000)]


def test_transactions_are_told_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    moments = iter((NOW, NOW + timedelta(microseconds=1), NOW + timedelta(seconds=1)))
    gateway = SandboxGateway(tmp_path / "sandbox.db", lambda: next(moments))
    for key in "zya":
        gateway.charge(charge(key))
    assert [t.key for t in gateway.transactions(NOW + timedelta(microseconds=1))] == ["y", "a"]


@pytest.fixture
def unreachable(tmp_path: Path) -> SandboxGateway:
    """A sandbox whose record cannot be opened."""
    (tmp_path / "sandbox.db").mkdir()
    return SandboxGateway(tmp_path / "sandbox.db")


def test_a_record_that_cannot_be_reached_is_no_answer_and_never_a_decline(unreachable: SandboxGateway) -> None:
    cannot = Unknown("The gateway cannot be reached.")
    unreachable.withdraw("c")
    assert [unreachable.charge(charge()), unreachable.refund(refund("ch")), unreachable.find("c")] == [cannot] * 3
