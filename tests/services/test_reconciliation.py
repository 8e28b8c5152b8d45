"""Comparing with the gateway finds what only one side has, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta

import pytest

from tests.desk_fixtures import NOW, RETAIL, Desk, with_gateways
from tests.services.busy_gateway import BusyGateway, DeskDied
from tests.store.tampering import tamper
from tui_billing.desk import gateway_record
from tui_billing.domain.errors import InvalidInput, OutcomeUnknown, StoreBusy
from tui_billing.domain.exceptions import ExceptionKind
from tui_billing.domain.pages import Direction
from tui_billing.gateways.base import ChargeRequest


def tamper_record(desk: Desk, statement: str) -> None:
    """Change what the gateway remembers."""
    with closing(sqlite3.connect(gateway_record(desk.settings))) as record, record:
        record.execute(statement)


def words(desk: Desk) -> list[str]:
    """What the differences say."""
    return [line.words for line in desk.exceptions() if line.kind is ExceptionKind.DIFFERENCE]


def test_nothing_needs_a_person_where_both_sides_agree(desk: Desk) -> None:
    desk.charge_back(desk.make("20.00").payment, "5.00")
    desk.set_card("card_insufficient_funds")
    with pytest.raises(Exception, match="Insufficient"):
        desk.make("5.00")
    reconciled = desk.reconcile()
    assert (reconciled.resolved, reconciled.still_unknown, reconciled.is_whole) == (0, 0, True)
    assert reconciled.since == date(2026, 3, 10)
    assert desk.exceptions() == []


def test_what_only_the_ledger_has_is_listed_until_it_is_so_no_more(desk: Desk) -> None:
    payment = desk.make("20.00").payment
    desk.charge_back(payment, "5.00")
    tamper_record(desk, "UPDATE transactions SET decline_reason = 'lost'")
    desk.reconcile()
    assert sorted(words(desk)) == [
        "The ledger has a charge of EUR 20.00 that the gateway does not have.",
        "The ledger has a refund of EUR 5.00 that the gateway does not have.",
    ]
    assert {(line.account_number, line.payment_id) for line in desk.exceptions()} == {(RETAIL, payment.id)}
    first = [line.since for line in desk.exceptions()]
    desk.clock.advance(minutes=5)
    desk.reconcile()
    assert [line.since for line in desk.exceptions()] == first
    tamper_record(desk, "UPDATE transactions SET decline_reason = NULL")
    desk.reconcile()
    assert desk.exceptions() == []


def test_what_only_the_gateway_has_is_listed(desk: Desk) -> None:
    desk.gateway.charge(ChargeRequest("elsewhere", "", "customer", "card_approved", 700, "EUR"))
    tamper_record(desk, "UPDATE transactions SET key = ''")
    desk.reconcile()
    assert words(desk) == [
        "The gateway has a charge of EUR 7.00 that the ledger does not have. It was not made at this desk."
    ]
    assert desk.exceptions()[0].account_number == ""


def test_what_failed_here_and_was_taken_there_is_listed_with_its_payment(desk: Desk) -> None:
    payment = desk.make("20.00").payment
    tamper(desk, "UPDATE payment SET state = 'failed', gateway_reference = ''")
    desk.reconcile()
    assert words(desk) == ["The gateway has a charge of EUR 20.00 that the ledger does not have. Here it failed."]
    assert desk.exceptions()[0].payment_id == payment.id


def test_amounts_that_differ_are_listed_with_both(desk: Desk) -> None:
    desk.make("20.00")
    tamper_record(desk, "UPDATE transactions SET amount_minor = 2001")
    desk.reconcile()
    assert words(desk) == ["The gateway has a charge of EUR 20.01, the ledger has EUR 20.00."]


def test_two_payments_with_one_reference_are_a_difference(desk: Desk) -> None:
    desk.make("20.00")
    desk.make("20.00")
    tamper(desk, "UPDATE payment SET gateway_reference = (SELECT min(gateway_reference) FROM payment)")
    desk.reconcile()
    assert sorted(words(desk)) == [
        "The gateway has a charge of EUR 20.00 that the ledger does not have. Here it has another reference.",
        "The ledger has a charge of EUR 20.00 that the gateway does not have.",
    ]


def test_what_is_pending_is_an_unknown_outcome_and_no_difference(desk: Desk) -> None:
    gateway = BusyGateway(gateway_record(desk.settings), desk.clock)
    desk.services = with_gateways(desk.services, gateway)

    def die() -> None:
        raise DeskDied

    gateway.after = die
    with pytest.raises(DeskDied):
        desk.make("20.00")
    gateway.find = lambda key, since=None: None  # type: ignore[method-assign]
    assert desk.reconcile().still_unknown == 1
    assert [line.kind for line in desk.exceptions()] == [ExceptionKind.UNKNOWN_OUTCOME]


def test_a_payment_made_while_the_gateway_tells_its_list_is_no_difference(desk: Desk) -> None:
    gateway = BusyGateway(gateway_record(desk.settings), desk.clock)
    desk.services = with_gateways(desk.services, gateway)
    told, listed = gateway.transactions, []

    def transactions(since: object) -> object:
        found = told(since)  # type: ignore[arg-type]
        listed.append(found)
        desk.make("20.00")
        return found

    gateway.transactions = transactions  # type: ignore[method-assign,assignment]
    desk.reconcile()
    assert len(listed) == 2
    assert desk.exceptions() == []


@pytest.mark.parametrize("ours_first", [True, False])
def test_a_second_on_either_side_of_midnight_is_no_difference(desk: Desk, ours_first: bool) -> None:
    midnight = NOW.replace(hour=0, minute=0)
    desk.clock.now = midnight - timedelta(seconds=1) if ours_first else midnight + timedelta(seconds=1)
    desk.make("20.00")
    other = midnight + timedelta(seconds=1) if ours_first else midnight - timedelta(seconds=1)
    tamper_record(desk, f"UPDATE transactions SET created = '{other.isoformat(timespec='microseconds')}'")
    desk.clock.now = NOW
    desk.reconcile(since=NOW.date())
    assert desk.exceptions() == []


def test_findings_of_another_period_stay(desk: Desk) -> None:
    desk.make("20.00")
    tamper_record(desk, "DELETE FROM transactions")
    desk.reconcile()
    desk.clock.advance(days=20)
    desk.make("5.00")
    tamper_record(desk, "DELETE FROM transactions")
    desk.reconcile()
    assert len(words(desk)) == 2
    desk.reconcile(since=NOW.date())
    assert len(words(desk)) == 2


def test_a_day_that_has_not_come_is_no_period(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="2026-03-18 lies in the future"):
        desk.reconcile(since=date(2026, 3, 18))


def test_a_gateway_that_is_down_keeps_what_was_found_of_it_and_says_so(desk: Desk) -> None:
    desk.dispute("20.00")
    before = desk.exceptions()
    record = gateway_record(desk.settings)
    for file in record.parent.glob(f"{record.name}*"):
        file.unlink()
    record.mkdir()
    reconciled = desk.reconcile()
    assert reconciled.unavailable == (("sandbox", "The gateway cannot be reached."),)
    assert not reconciled.is_whole
    assert desk.exceptions() == before
    assert desk.audit()[-1][2:] == (
        "reconcile",
        "since 2026-03-10",
        "done: 0 resolved, 0 still unknown; not available: sandbox",
    )


def test_a_database_that_is_busy_is_no_gateway_that_is_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy("busy")

    monkeypatch.setattr("tui_billing.services.reconciliation.findings.replace", busy)
    with pytest.raises(StoreBusy):
        desk.reconcile()


def test_the_list_is_searched_and_shown_by_kind_and_page(desk: Desk) -> None:
    reference = desk.dispute("20.00")
    desk.set_card("card_timeout_before")
    with pytest.raises(OutcomeUnknown):
        desk.make("3.00")
    page, finance = desk.services.reconciliation.exceptions, desk.finance
    everything = page(finance, None, Direction.FIRST, None, 10).rows
    assert {line.kind.value for line in everything} == {"unknown_outcome", "dispute"}
    assert page(finance, ExceptionKind.DISPUTE, Direction.FIRST, None, 10).rows[0].reference == reference
    for search in (reference, "lindqvist", RETAIL):
        assert reference in {line.reference for line in page(finance, None, Direction.FIRST, None, 10, search).rows}
    assert page(finance, None, Direction.FIRST, None, 10, "globex").rows == ()
    first = page(finance, None, Direction.FIRST, None, 1)
    rest = page(finance, None, Direction.AFTER, (first.rows[0].since, first.rows[0].id), 10)
    assert (*first.rows, *rest.rows) == everything


def test_looking_one_payment_up_says_what_became_of_it(desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00")
    ((payment_id,),) = desk.rows("SELECT id FROM payment")
    look_up, mara = desk.services.outcomes.look_up, desk.session("mara")
    assert look_up(mara, RETAIL, payment_id).sentence == "EUR 20.00 was charged: the payment is Completed."
    assert look_up(mara, RETAIL, payment_id).sentence == "Nothing is pending here: the payment is Completed."
    desk.set_card("card_refund_timeout_after")
    paid = desk.make("9.00").payment
    with pytest.raises(OutcomeUnknown):
        desk.charge_back(paid, "4.00")
    found = look_up(desk.finance, RETAIL, paid.id)
    assert found.sentence == "EUR 4.00 was charged back to the card."
    assert str(found.account.balance) == "EUR 25.00"
    desk.set_card("card_timeout_before")
    with pytest.raises(OutcomeUnknown):
        desk.make("1.00")
    (line,) = desk.exceptions()
    assert "never reached the gateway" in look_up(desk.finance, RETAIL, line.payment_id or "").sentence
    desk.assert_books_are_right()


def test_looking_up_where_the_gateway_cannot_say_leaves_the_payment_pending(desk: Desk) -> None:
    gateway_record(desk.settings).mkdir()
    with pytest.raises(OutcomeUnknown):
        desk.make("20.00")
    (line,) = desk.exceptions()
    with pytest.raises(OutcomeUnknown, match="has not answered for EUR 20"):
        desk.services.outcomes.look_up(desk.finance, RETAIL, line.payment_id or "")
    assert desk.audit()[-1][2] == "Look up"
