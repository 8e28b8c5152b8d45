"""A database that gives no answer at the last step: what has a key is asked again, and nobody is told what isn't so."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from tests.cli.conftest import CommandLine, home_line
from tests.desk_fixtures import CORPORATE, RETAIL, Desk
from tui_billing.domain.accounts import AccountState
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused, StoreUnanswered, StoreUnavailable
from tui_billing.services import asking_again
from tui_billing.store.engine import Store

__all__ = ["home_line"]

ANSWERED, KEPT, LOST, REFUSED = "answered", "kept, but not answered", "lost, and not answered", "refused"
UNANSWERED = "It did not answer at the last step. Whether this was done is not known."


@pytest.fixture
def fates(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What becomes of the writing transactions that follow, one after the other; those after them are answered."""
    coming: list[str] = []
    writing = Store.writing

    @contextmanager
    def fateful(store: Store) -> Iterator[Connection]:
        fate = coming.pop(0) if coming else ANSWERED
        if fate == REFUSED:
            raise StoreUnavailable("It cannot be used now. Nothing was done; try again.")
        with writing(store) as connection:
            yield connection
            if fate == LOST:
                raise StoreUnanswered(UNANSWERED)
        if fate == KEPT:
            raise StoreUnanswered(UNANSWERED)

    monkeypatch.setattr(Store, "writing", fateful)
    monkeypatch.setattr(type(desk.store), "patience_s", 20)
    monkeypatch.setattr(asking_again, "FIRST_WAIT_MS", 1)
    monkeypatch.setattr(asking_again, "LONGEST_WAIT_MS", 1)
    return coming


@pytest.mark.parametrize("coming", [[KEPT], [LOST], [LOST, LOST, KEPT], [KEPT, REFUSED, REFUSED], [LOST, REFUSED]])
def test_a_payment_whose_commit_got_no_answer_is_told_as_done_and_is_there_once(
    desk: Desk, fates: list[str], coming: list[str]
) -> None:
    desk.finance  # noqa: B018 -- signing in writes too
    fates += coming
    assert desk.record("5.00", key="k").payment.key == "k"
    assert desk.rows("SELECT key FROM payment") == [("k",)]
    assert desk.balance() == "USD 5.00"
    desk.assert_books_are_right()


@pytest.mark.parametrize("coming", [[LOST], [ANSWERED, KEPT], [ANSWERED, LOST], [ANSWERED, REFUSED, REFUSED]])
def test_a_card_payment_is_charged_once_whichever_commit_got_no_answer(
    desk: Desk, fates: list[str], coming: list[str]
) -> None:
    desk.session("mara")
    fates += coming
    assert desk.make("5.00", key="k").payment.state.label == "Completed"
    assert (desk.gateway.totals(), desk.balance(RETAIL)) == ({"EUR": 500}, "EUR 5.00")
    desk.assert_books_are_right()


def test_a_card_payment_that_was_kept_but_never_sent_is_charged_neither_now_nor_late(
    desk: Desk, fates: list[str]
) -> None:
    desk.session("mara")
    fates += [KEPT]
    with pytest.raises(OutcomeUnknown, match="The payment stays Pending and is looked up"):
        desk.make("5.00", key="k")
    desk.clock.advance(seconds=61)
    with pytest.raises(RuleRefused, match="The card was not charged"):
        desk.make("5.00", key="k")
    assert desk.gateway.totals() == {}
    desk.assert_books_are_right()


@pytest.mark.parametrize("coming", [[LOST], [ANSWERED, KEPT], [ANSWERED, LOST]])
def test_money_goes_back_once_whichever_commit_got_no_answer(desk: Desk, fates: list[str], coming: list[str]) -> None:
    paid, recorded = desk.make("5.00").payment, desk.record("3.00").payment
    fates += coming
    assert desk.charge_back(paid).payment.charged_back_minor == 500
    fates[:] = coming[-1:]
    assert desk.cancel(recorded).payment.state.label == "Cancelled"
    assert desk.gateway.totals() == {"EUR": 0}
    desk.assert_books_are_right()


def test_what_others_did_meanwhile_is_told_where_the_first_attempt_was_lost(desk: Desk, fates: list[str]) -> None:
    payment = desk.record("5.00").payment
    desk.cancel(payment)
    fates += [LOST]
    with pytest.raises(RuleRefused, match="Already cancelled"):
        desk.cancel(payment)


def test_when_patience_ends_the_operator_hears_that_asking_again_is_safe(
    desk: Desk, fates: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.finance  # noqa: B018 -- signing in writes too
    monkeypatch.setattr(type(desk.store), "patience_s", 0.005)
    fates += [KEPT, *[REFUSED] * 1_000]
    with pytest.raises(OutcomeUnknown) as unknown:
        desk.record("5.00", key="k")
    assert unknown.value.sentence == f"{UNANSWERED} Asking again is safe: nothing is ever done twice."
    fates.clear()
    assert desk.record("5.00", key="k").account.credit_balance == desk.account().credit_balance
    assert desk.balance() == "USD 5.00"


def test_what_has_no_key_is_not_done_again_but_said_to_be_unknown(desk: Desk, fates: list[str]) -> None:
    desk.root  # noqa: B018 -- signing in writes too
    fates += [KEPT]
    with pytest.raises(OutcomeUnknown, match=f"^{UNANSWERED} Look before you do it again.$"):
        desk.set_state(AccountState.SUSPENDED)
    assert desk.account(RETAIL).state is AccountState.SUSPENDED
    assert [row[2:] for row in desk.audit(RETAIL)][-1][2].startswith("unknown: ")


def test_every_use_case_that_takes_a_key_is_asked_again(desk: Desk) -> None:
    methods = {
        f"{noun}.{name}": method
        for noun, service in desk.services.load().items()
        for name, method in inspect.getmembers(type(service), inspect.isfunction)
        if "required" in vars(method)
    }
    takes_key = {
        name for name, method in methods.items() if inspect.signature(method).parameters.get("key") is not None
    }
    # The key of a page is where it begins.
    pages = {name for name in takes_key if inspect.signature(methods[name]).parameters["key"].annotation != "str"}
    assert {name for name, method in methods.items() if vars(method)["required"].keyed} == takes_key - pages
    assert len(takes_key - pages) == 8


def test_the_command_line_ends_with_5_and_names_the_key(
    desk: Desk, home_line: CommandLine, fates: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home_line.set(TUI_BILLING_DATABASE=desk.settings.database)
    monkeypatch.setattr(type(desk.store), "patience_s", 0)
    record = ["payments", "record", CORPORATE, "5.00", "--key", "k"]
    # Signing in is what the command writes first.
    fates += [ANSWERED, KEPT]
    ran = home_line.as_user("finance", *record)
    assert (ran.code, ran.out) == (5, "")
    assert "Asking again is safe: nothing is ever done twice." in ran.err
    assert "repeat the same command with --key k" in ran.err
    assert home_line.as_user("finance", *record).code == 0
    assert desk.balance() == "USD 5.00"
