"""`accounts` and `dashboard`, for the provider's users and for customers."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import ACCOUNTS, CORPORATE, DINAR, MISSING, RETAIL, Desk

FIELDS = set(
    "number name type state currency master_user created balance amount_due credit_balance credit_limit billing_day"
    " payment_terms_days card".split()
)


def test_the_list_has_every_account_but_system(line: CommandLine) -> None:
    found = line.json("helpdesk", "accounts", "list")
    assert list(found) == ["accounts"]
    assert [account["number"] for account in found["accounts"]] == [new.number for new in ACCOUNTS]
    assert set(found["accounts"][0]) == FIELDS


def test_a_long_list_is_walked_to_its_end_or_its_limit(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_billing.commands.accounts.PAGE_ROWS", 2)
    assert len(line.json("sales", "accounts", "list")["accounts"]) == len(ACCOUNTS)
    assert len(line.json("sales", "accounts", "list", "--limit", "3")["accounts"]) == 3
    assert line.json("sales", "accounts", "list", "--limit", "0") == {"accounts": []}


def test_the_list_is_narrowed_by_type_state_and_search(line: CommandLine) -> None:
    corporate = line.json("sales", "accounts", "list", "--type", "corporate")["accounts"]
    assert {account["type"] for account in corporate} == {"corporate"}
    assert line.json("sales", "accounts", "list", "--state", "suspended")["accounts"] == []
    found = line.json("sales", "accounts", "list", "--search", "LINDQV")["accounts"]
    assert [account["number"] for account in found] == [RETAIL]


def test_the_list_is_aligned_and_an_empty_one_says_so(line: CommandLine) -> None:
    text = line.as_user("sales", "accounts", "list").out.splitlines()
    assert text[0].split() == ["Number", "Name", "Type", "State", "Balance", "Master", "user"]
    ends = {row.index(" 0.00") if " 0.00" in row else row.index("0.000") for row in text[1:] if "USD" in row}
    assert len(ends) == 1
    assert line.as_user("sales", "accounts", "list", "--search", "nobody").out == "No accounts match.\n"


def test_an_account_is_shown_with_its_balances(line: CommandLine, desk: Desk) -> None:
    desk.invoice("120.50")
    shown = line.json("finance", "accounts", "show", CORPORATE)
    assert set(shown) == FIELDS
    assert shown["balance"] == {"minor_units": -12050, "currency": "USD"}
    assert shown["amount_due"] == {"minor_units": 12050, "currency": "USD"}
    assert shown["credit_balance"] == {"minor_units": 0, "currency": "USD"}
    assert (shown["type"], shown["state"], shown["card"]) == ("corporate", "active", None)
    assert "Amount due: USD 120.50\n" in line.as_user("finance", "accounts", "show", CORPORATE).out


def test_a_card_is_shown_by_its_last_four_digits(line: CommandLine) -> None:
    shown = line.json("finance", "accounts", "show", RETAIL)
    assert shown["card"] == {"brand": "Visa", "last_four": "4242", "expiry": "12/29", "gateway": "sandbox"}
    assert "card_approved" not in str(shown)


def test_an_account_is_added_and_put_into_a_state(line: CommandLine) -> None:
    new = ("accounts", "add", "20000001", "Soylent GmbH", "--type", "corporate", "--currency", "KWD")
    added = line.json("ops", *new, "--master-user", "soylent", "--credit-limit", "1,000.5", "--billing-day", "28")
    assert set(added) == FIELDS
    assert (added["state"], added["billing_day"]) == ("new", 28)
    assert added["credit_limit"] == {"minor_units": 1000500, "currency": "KWD"}
    assert line.json("ops", "accounts", "state", "20000001", "active")["state"] == "active"
    assert line.as_user("ops", *new, "--master-user", "soylent").code == 3


@pytest.mark.parametrize(
    "changed",
    [["--billing-day", "29"], ["--currency", "XXX"], ["--master-user", "Not A Name"], ["--credit-limit", "1e5"]],
)
def test_an_account_that_cannot_be_kept_is_a_usage_error(line: CommandLine, changed: list[str]) -> None:
    new = ["accounts", "add", "20000001", "Soylent", "--type", "corporate", "--currency", "USD", "--master-user", "s"]
    ran = line.as_user("ops", *new, *changed)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Check the input: ")


@pytest.mark.parametrize("user", ["finance", "helpdesk", "mara"])
def test_only_those_who_create_accounts_may_add_one(line: CommandLine, user: str) -> None:
    ran = line.as_user(
        user, "accounts", "add", "20000001", "S", "--type", "trial", "--currency", "USD", "--master-user", "s"
    )
    assert ran.code == 3
    assert ran.err.startswith("Not permitted: ")


@pytest.mark.parametrize("shows", ["accounts show", "dashboard", "payments list", "credits list", "invoices list"])
def test_a_customer_cannot_tell_a_foreign_account_from_a_missing_one(line: CommandLine, shows: str) -> None:
    assert line.as_user("mara", *shows.split(), RETAIL).code == 0
    for arguments in ([], ["--json"]):
        foreign = line.as_user("mara", *shows.split(), CORPORATE, *arguments)
        missing = line.as_user("mara", *shows.split(), MISSING, *arguments)
        assert foreign.code == missing.code == 4
        assert foreign.err.replace(CORPORATE, MISSING) == missing.err
        assert foreign.out.replace(CORPORATE, MISSING) == missing.out


def test_a_customer_has_no_list_of_accounts(line: CommandLine) -> None:
    ran = line.as_user("mara", "accounts", "list")
    assert (ran.code, ran.out) == (3, "")


def test_the_dashboard_says_how_a_customer_stands(line: CommandLine, desk: Desk) -> None:
    desk.make("12.345", user="dana")
    shown = line.json("helpdesk", "dashboard", DINAR)
    assert shown["net_balance"] == {"minor_units": -12345, "currency": "KWD"}
    assert shown["credit_balance"] == {"minor_units": 12345, "currency": "KWD"}
    assert shown["last_payment"]["amount"] == {"minor_units": 12345, "currency": "KWD"}
    assert (len(shown["months"]), len(shown["due_by_age"])) == (12, 5)
    text = line.as_user("helpdesk", "dashboard", DINAR).out
    assert "Customer: Dana Al-Sabah (10000004)\n" in text
    assert "Last payment: KWD 12.345 on " in text
