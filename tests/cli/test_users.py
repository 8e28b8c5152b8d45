"""`users`: who may sign in, and what they may do."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import PASSWORD, RETAIL, USERS

CHOSEN = "ten thousand small invoices"


def test_the_list_names_everybody_and_shows_no_hash(line: CommandLine) -> None:
    found = line.json("root", "users", "list")["users"]
    assert {user["name"] for user in found} == {"root", *USERS}
    mara = next(user for user in found if user["name"] == "mara.billing")
    assert mara == {
        "name": "mara.billing",
        "profile": "billing_admin",
        "account": RETAIL,
        "disabled": False,
        "failed_sign_ins": 0,
        "locked_until": None,
    }
    for ran in (line.as_user("root", "users", "list"), line.as_user("root", "users", "list", "--json")):
        assert "argon2" not in ran.out


def test_a_user_is_added_with_a_password_from_the_environment(line: CommandLine) -> None:
    line.set(TUI_BILLING_NEW_PASSWORD=CHOSEN)
    added = line.json("root", "users", "add", "rosa", "--profile", "finance_admin")
    assert (added["name"], added["profile"], added["account"]) == ("rosa", "finance_admin", None)
    customer = line.json("root", "users", "add", "mara.son", "--profile", "power_user", "--account", RETAIL)
    assert customer["account"] == RETAIL
    line.set(TUI_BILLING_PASSWORD=CHOSEN)
    assert line.as_user("rosa", "accounts", "list").code == 0


def test_a_new_password_is_typed_twice_the_same_and_never_shown(
    line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["short", CHOSEN, "not the same", CHOSEN, CHOSEN])
    monkeypatch.setattr("tui_billing.commands.signing_in._has_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    ran = line.as_user("root", "users", "add", "rosa", "--profile", "finance_admin")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "Password needs at least 12 characters. A few words make a good one.",
        "The two are not the same. Type it again.",
    ]
    assert CHOSEN not in ran.out + ran.err


@pytest.mark.parametrize(("password", "code"), [("short", 2), ("password1234", 2), ("", 2)])
def test_a_poor_password_or_none_is_refused(line: CommandLine, password: str, code: int) -> None:
    line.set(TUI_BILLING_NEW_PASSWORD=password)
    ran = line.process("--user", "root", "users", "add", "rosa", "--profile", "finance_admin")
    assert ran.code == code
    assert not password or password not in ran.err


def test_a_customers_user_needs_an_account_and_others_have_none(line: CommandLine) -> None:
    line.set(TUI_BILLING_NEW_PASSWORD=CHOSEN)
    assert line.as_user("root", "users", "add", "rosa", "--profile", "master_user").code == 2
    assert line.as_user("root", "users", "add", "rosa", "--profile", "help_desk", "--account", RETAIL).code == 2
    assert line.as_user("root", "users", "add", "rosa", "--profile", "user", "--account", "99999999").code == 4


def test_a_user_is_disabled_and_enabled(line: CommandLine) -> None:
    assert line.json("root", "users", "disable", "sales")["disabled"] is True
    assert line.as_user("sales", "accounts", "list").code == 3
    assert line.json("root", "users", "enable", "sales")["disabled"] is False
    assert line.as_user("sales", "accounts", "list").code == 0


def test_five_failures_lock_a_user_until_an_administrator_unlocks(line: CommandLine) -> None:
    line.set(TUI_BILLING_PASSWORD="not the password")
    for _ in range(5):
        assert line.as_user("sales", "accounts", "list").code == 3
    line.set(TUI_BILLING_PASSWORD=PASSWORD)
    locked = line.as_user("sales", "accounts", "list")
    assert locked.code == 3
    text = line.as_user("root", "users", "list").out
    assert "locked until" in next(row for row in text.splitlines() if row.startswith("sales"))
    assert line.json("root", "users", "unlock", "sales")["locked_until"] is None
    assert line.as_user("sales", "accounts", "list").code == 0


def test_a_profile_is_changed(line: CommandLine) -> None:
    assert line.json("ops", "users", "profile", "sales", "finance_admin")["profile"] == "finance_admin"
    assert line.as_user("ops", "users", "profile", "sales", "root").code == 3
    assert line.as_user("ops", "users", "profile", "nobody", "help_desk").code == 4


@pytest.mark.parametrize("action", ["list", "unlock sales", "disable sales", "enable sales", "profile sales user"])
def test_only_those_who_manage_users_may(line: CommandLine, action: str) -> None:
    assert line.as_user("finance", "users", *action.split()).code == 3
