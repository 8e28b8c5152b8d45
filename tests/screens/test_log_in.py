"""Log in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.drivers.headless_driver import HeadlessDriver

import tui_billing.app
from tests.screens.practice import Practice
from tui_billing.domain.demo_users import DEMO_USERS
from tui_billing.services.sign_in import FAILED, FAILURES_TO_LOCK
from tui_billing.store.schema_version import APPLICATION_ID


async def test_a_training_database_says_so_and_lists_every_user_and_the_password(practice: Practice) -> None:
    async with practice.desk() as nobody:
        await nobody.sees("Training database, nothing is real.", "Password for all: practice-makes-paid")
        for user in DEMO_USERS:
            assert f"{user.name} {user.profile.value} {user.purpose}" in nobody.words
        assert "F1 Help" in nobody.lines[-1]


async def test_a_wrong_password_and_an_unknown_user_hear_the_same_and_try_again(practice: Practice) -> None:
    async with practice.desk() as operator:
        for name in ("finance", "nobody at all"):
            await operator.types(name)
            await operator.presses("tab")
            await operator.types("not the password")
            await operator.presses("enter")
            # By then the answer to the try before is off the screen.
            await operator.settles()
            await operator.sees(FAILED)
            assert "not the password" not in operator.screen
            await operator.presses("shift+tab", "end", "ctrl+u")
        await operator.signs_in("finance")
        await operator.is_at("AllAccounts")


async def test_enter_goes_from_the_name_to_the_password_and_the_button_logs_in(practice: Practice) -> None:
    async with practice.desk() as operator:
        await operator.types("finance")
        await operator.presses("enter")
        await operator.types("practice-makes-paid")
        await operator.settles()
        await operator.clicks("Log In")
        await operator.is_at("AllAccounts")


async def test_five_failures_lock_the_user_and_the_right_password_hears_no_other_message(practice: Practice) -> None:
    async with practice.desk() as operator:
        await operator.types("finance")
        await operator.presses("tab")
        for failure in range(FAILURES_TO_LOCK):
            await operator.types("wrong")
            await operator.presses("enter")
            await operator.until(
                lambda count=failure + 1: (
                    practice.one(  # type: ignore[misc]
                        "SELECT count(*) FROM audit_entry WHERE outcome = 'refused: wrong password'"
                    )
                    == count
                )
            )
        await operator.types("practice-makes-paid")
        await operator.presses("enter")
        await operator.until(
            lambda: practice.rows("SELECT 1 FROM audit_entry WHERE outcome = 'refused: locked'"), "was refused"
        )
        await operator.sees(FAILED)
        assert operator.place == "LoginScreen"


async def test_a_password_typed_ahead_never_shows(practice: Practice) -> None:
    async with practice.desk() as operator:
        seen: set[str] = set()
        await operator.signs_in("finance")
        while operator.place != "AllAccounts":
            seen.update(operator.lines)
            await operator.pilot.pause()
        assert not [line for line in seen if "practice-makes-paid" in line and "Password for all" not in line]


async def test_a_database_that_cannot_be_opened_is_named_with_what_to_do(practice: Practice) -> None:
    practice.settings = replace(practice.settings, database="missing.db")
    async with practice.desk() as operator:
        await operator.sees("There is no database at", "Make one with:")
        # A long path is wrapped, anywhere.
        assert "missing.db.Makeonewith:" in "".join(operator.words.split())
        await operator.signs_in("finance")
        await operator.settles()
        assert operator.place == "LoginScreen"


async def test_where_the_line_comes_from_need_not_be_utf8(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "203.0.113.7\udcff 22")
    async with practice.desk() as operator:
        await operator.signs_in("finance")
        await operator.is_at("AllAccounts")
    assert practice.one("SELECT count(*) FROM audit_entry WHERE origin = '203.0.113.7? 22'")


async def test_a_database_that_is_not_for_training_says_that_its_cards_are_charged_in_the_sandbox(
    practice: Practice,
) -> None:
    practice.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    practice.settings = replace(practice.settings, demo=False)
    async with practice.desk("finance") as finance:
        await finance.sees("sandbox · demo.db")


async def test_signals_are_heeded_before_the_terminal_is_taken(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    start = HeadlessDriver.start_application_mode

    def started(driver: HeadlessDriver) -> None:
        order.append("terminal")
        start(driver)

    monkeypatch.setattr(HeadlessDriver, "start_application_mode", started)
    monkeypatch.setattr(tui_billing.app, "exit_on_signals", lambda app, loop: order.append("signals"))
    async with practice.desk():
        assert order == ["signals", "terminal"]
