"""Accounts: added with checked values, and put into another state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk_fixtures import CORPORATE, MISSING, NOW, Desk
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState, AccountType
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.services.accounts import NewAccount

NEW = NewAccount("20000001", "Newcomer Ltd", AccountType.CORPORATE, "KWD", "newcomer", 28, 45, "1,000.500")


def test_a_new_account_is_kept_as_given_and_starts_with_nothing(desk: Desk) -> None:
    account = desk.services.accounts.add(desk.session("ops"), NEW)
    assert (account.number, account.name, account.type) == ("20000001", "Newcomer Ltd", AccountType.CORPORATE)
    assert (account.state, account.currency, account.created) == (AccountState.NEW, "KWD", NOW.date())
    assert (account.billing_day, account.payment_terms_days, account.credit_limit_minor) == (28, 45, 1_000_500)
    assert (account.funds_minor, account.receivable_minor, account.card) == (0, 0, None)
    assert desk.audit("20000001")[-1][2:] == ("add account", "20000001", "done")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"number": "1234567"}, "eight digits"),
        ({"number": "１２３４５６７８"}, "eight digits"),
        ({"number": "12345678\n"}, "eight digits"),
        ({"number": SYSTEM_NUMBER}, "eight digits"),
        ({"type": AccountType.SYSTEM}, "There is one System account"),
        ({"billing_day": 0}, "between 1 and 28"),
        ({"billing_day": 29}, "between 1 and 28"),
        ({"payment_terms_days": -1}, "between 0 and 365"),
        ({"payment_terms_days": 366}, "between 0 and 365"),
        ({"currency": "XXX"}, "not an ISO 4217 currency"),
        ({"name": ""}, "Name is required"),
        ({"name": "4242 4242 4242 4242"}, "card number"),
        ({"name": "\x1b]0;owned\x07"}, "control or invisible"),
        ({"master_user": "No Good"}, "User name takes"),
        ({"credit_limit": "1e9"}, "not a plain figure"),
        ({"credit_limit": "-5"}, "not a plain figure"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(desk: Desk, change: dict[str, object], fault: str) -> None:
    new: NewAccount = replace(NEW, **change)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match=fault):
        desk.services.accounts.add(desk.root, new)
    assert desk.rows("SELECT count(*) FROM account WHERE name <> 'System'") == [(6,)]


def test_a_number_is_given_once(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match=f"There is an account {CORPORATE} already"):
        desk.services.accounts.add(desk.root, replace(NEW, number=CORPORATE))


def test_the_state_is_changed_and_logged(desk: Desk) -> None:
    for state in AccountState:
        assert desk.services.accounts.change_state(desk.session("ops"), CORPORATE, state).state is state
        assert desk.audit(CORPORATE)[-1][2:] == ("change state", CORPORATE, f"done: {state.label}")


def test_the_system_account_keeps_its_state(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="keeps its state"):
        desk.services.accounts.change_state(desk.root, SYSTEM_NUMBER, AccountState.TERMINATED)


def test_a_number_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match=rf"There is no account {MISSING}\."):
        desk.services.accounts.show(desk.root, MISSING)
    with pytest.raises(NotFound, match=rf"There is no account {MISSING}\."):
        desk.services.accounts.change_state(desk.root, MISSING, AccountState.ACTIVE)
