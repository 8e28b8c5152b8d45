"""The keys that work everywhere: palette, help, lock and quit; and locking by itself."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import tui_billing.app
import tui_billing.plain_app
from tests.screens.practice import GLOBEX, MARA, Practice, text_in
from tui_billing.screens.messages import Place
from tui_billing.services.sign_in import NOT_CONFIRMED
from tui_billing.store.sqlite_turns import Turns

PASSWORD = "practice-makes-paid"
# The help of All Accounts comes first: there one is without going to a customer.
HELP = {
    None: ["Enter Open", "s State", "/ Search", "d Dashboard", "1 All accounts", "4 Trial accounts", "g Gear menu"],
    Place.DASHBOARD: ["u Usage and Billing", "p Payments", "i Invoices", "a Activity", "Esc Back", "F5 Reload"],
    Place.PAYMENTS: ["r Record Payment", "b Issue Charge Back", "x Cancel Payment", "f Filter", "h Dashboard"],
}


async def test_the_palette_goes_to_an_account_by_any_part_of_it(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, beneath=True) as finance:
        for typed in ("Go to account mara", "go to ACCOUNT mara", "lindqvist", "10000093"):
            await finance.presses("ctrl+p")
            await finance.is_at("Palette")
            await finance.types(typed)
            await finance.sees("Go to account 10000093 Mara Lindqvist")
            await finance.presses("enter")
            await finance.is_at("Dashboard")
            await finance.sees("Accounts › All Accounts › Mara Lindqvist")
        await finance.presses("escape")
        await finance.is_at("AllAccounts")


async def test_the_palette_says_how_to_go_to_an_account(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("ctrl+p")
        await finance.is_at("Palette")
        await finance.types("go to")
        await finance.sees("Go to account …: type a part of its name or number")
        await finance.types(" nobody at all")
        await finance.sees("No matches found")


async def test_the_palette_does_what_keys_do(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("ctrl+p")
        await finance.is_at("Palette")
        await finance.types("Record Payment")
        await finance.sees("Money a corporate customer has paid")
        await finance.presses("enter")
        await finance.is_at("RecordPayment")
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.presses("ctrl+p")
        await finance.is_at("Palette")
        await finance.types("Invoices")
        await finance.sees("Invoices")
        await finance.presses("enter")
        await finance.is_at("Invoices")


async def test_the_palette_is_typed_ahead_and_never_acts_on_what_was_found_before(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, beneath=True) as finance:
        await finance.presses("ctrl+p")
        await finance.types("lindqvist")
        await finance.presses("enter")
        await finance.is_at("Dashboard")
        await finance.sees("Accounts › All Accounts › Mara Lindqvist")
        await finance.presses("p", "ctrl+p")
        await finance.types("Issue Credit")
        await finance.presses("enter")
        await finance.is_at("IssueCredit")
        await finance.sees("Mara Lindqvist · 10000093")


async def test_esc_leaves_the_palette_where_one_was(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("ctrl+p")
        await finance.is_at("Palette")
        await finance.presses("escape")
        await finance.is_at("Payments")


async def test_log_out_ends_the_session_and_the_next_one_begins_afresh(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as operator:
        await operator.presses("ctrl+p")
        await operator.is_at("Palette")
        await operator.types("Log Out")
        await operator.sees("Log Out")
        await operator.presses("enter")
        await operator.is_at("LoginScreen")
        await operator.sees("Logged out.")
        await operator.signs_in("mara")
        await operator.is_at("Dashboard")
        await operator.sees("Mara Lindqvist · Active", "mara · Master User")
        await operator.presses("escape")
        await operator.settles()
        assert operator.place == "Dashboard"


async def test_end_and_home_go_to_the_ends_of_a_long_page(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("f1")
        await finance.is_at("Help")
        await finance.presses("end")
        await finance.sees("F1 Help", "Ctrl+Q Quit")
        await finance.presses("home")
        await finance.sees_no_more("Ctrl+Q Quit")


async def test_f1_lists_the_keys_of_the_screen_with_those_that_work_everywhere(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        for place, lines in HELP.items():
            if place is not None:
                await finance.goes_to(GLOBEX, place)
            before = finance.place
            await finance.presses("f1")
            await finance.is_at("Help")
            words = finance.words
            await finance.presses("pagedown", "pagedown")
            await finance.settles()
            words += finance.words
            for line in (*lines, "Ctrl+P Palette", "Ctrl+L Lock", "Ctrl+Q Quit", "F1 Help"):
                assert line in words, (place, line)
            await finance.presses("escape")
            await finance.is_at(before)


async def test_help_and_palette_open_once_however_often_their_keys_are_pressed(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("c", "f1", "f1", "ctrl+p", "f1", "ctrl+p")
        await finance.is_at("Palette")
        for beneath in ("Help", "IssueCredit", "AllAccounts"):
            await finance.presses("escape")
            await finance.is_at(beneath)


async def test_the_lock_hides_everything_until_the_same_users_password_is_given(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: row.kind.label == "Credit")
        await finance.presses("ctrl+l")
        await finance.is_at("LockScreen")
        await finance.sees("finance, your password brings you back where you were.")
        assert not [line for line in finance.lines if "Globex" in line or "USD" in line]
        await finance.presses("escape", "f1", "ctrl+p", "ctrl+l", "f5")
        await finance.settles()
        assert finance.place == "LockScreen"
        await finance.types("not my password")
        await finance.presses("enter")
        await finance.sees(NOT_CONFIRMED)
        await finance.types(PASSWORD)
        await finance.presses("enter")
        await finance.is_at("Payments")
        assert finance.row.id == payment.id


async def test_the_lock_brings_a_half_filled_dialog_back_as_it_was(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("12.34")
        await finance.presses("ctrl+l")
        await finance.is_at("LockScreen")
        assert "12.34" not in finance.screen
        await finance.types(PASSWORD)
        await finance.presses("enter")
        await finance.is_at("RecordPayment")
        assert text_in(finance) == "12.34"
        await finance.presses("enter")
        await finance.is_told("USD 12.34 recorded")


async def test_the_lock_says_that_it_is_at_it_while_somebody_else_holds_the_database(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("ctrl+l")
        await finance.is_at("LockScreen")
        turn = await asyncio.to_thread(Turns(Path(practice.settings.database)).take)
        try:
            await finance.types(PASSWORD)
            await finance.presses("enter")
            await finance.sees("Unlocking…")
        finally:
            turn.close()
        await finance.is_at("AllAccounts")


async def test_who_was_shut_out_meanwhile_cannot_unlock(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("ctrl+l")
        await finance.is_at("LockScreen")
        practice.execute("UPDATE user SET disabled = 1 WHERE name = 'finance'")
        await finance.types(PASSWORD)
        await finance.presses("enter")
        await finance.sees(NOT_CONFIRMED)
        assert finance.place == "LockScreen"


async def test_the_desk_locks_itself_when_nobody_has_typed_for_the_configured_time(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SimpleNamespace(s=time.time())
    monkeypatch.setattr(tui_billing.plain_app, "time", SimpleNamespace(time=lambda: now.s))
    monkeypatch.setattr(tui_billing.app, "IDLE_CHECK_S", 0.02)
    async with practice.desk("finance", idle_lock_s=600) as finance:
        now.s += 599
        await finance.presses("j")
        await finance.settles()
        now.s += 599
        await finance.presses("k")
        await finance.settles()
        assert finance.place == "AllAccounts"
        now.s += 601
        await finance.is_at("LockScreen")


async def test_the_log_in_never_locks(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tui_billing.app, "IDLE_CHECK_S", 0.02)
    async with practice.desk(idle_lock_s=-1) as nobody:
        await nobody.sees("Username")
        for _ in range(5):
            await nobody.pilot.pause()
        assert nobody.place == "LoginScreen"


@pytest.mark.parametrize("keys", ["", "r", "g", "ctrl+l", "f1", "ctrl+p"])
async def test_ctrl_q_quits_at_once_from_everywhere(practice: Practice, keys: str) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        if keys:
            await finance.presses(keys)
            await finance.until(lambda: finance.place != "Payments", "opened it")
            await finance.settles()
        await finance.presses("ctrl+q")
        await finance.until(lambda: not finance.app.is_running, "left")
    assert finance.app.return_code == 0


async def test_ctrl_q_quits_at_the_log_in(practice: Practice) -> None:
    async with practice.desk() as nobody:
        await nobody.types("fin")
        await nobody.presses("ctrl+q")
        await nobody.until(lambda: not nobody.app.is_running, "left")


async def test_esc_leads_one_step_back_from_everywhere(practice: Practice) -> None:
    steps = {"r": "RecordPayment", "c": "IssueCredit", "g": "GearMenu", "enter": "DetailsView", "f1": "Help"}
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, beneath=True) as finance:
        for key, place in steps.items():
            await finance.presses(key)
            await finance.is_at(place)
            await finance.presses("escape")
            await finance.is_at("Payments")
        await finance.presses("escape")
        await finance.is_at("Dashboard")
        await finance.presses("escape")
        await finance.is_at("AllAccounts")
        await finance.presses("escape", "escape")
        await finance.settles()
        assert finance.place == "AllAccounts"


@pytest.mark.parametrize("number", [GLOBEX, MARA])
async def test_esc_and_cancel_leave_every_dialog_without_doing_anything(practice: Practice, number: str) -> None:
    name, keys = ("finance", "rxc") if number == GLOBEX else ("finance", "bc")
    before = practice.payments(number), practice.balance_minor(number)
    async with practice.desk(name, number, Place.PAYMENTS) as operator:
        await operator.selects(lambda row: row.state.label == "Completed")
        for key in keys:
            for leave in ("escape", "cancel"):
                await operator.presses(key)
                await operator.until(lambda: operator.place not in ("Payments", "GearMenu"), "opened the dialog")
                await operator.settles()
                await operator.presses("end")
                await operator.types("10")
                await operator.settles()
                if leave == "cancel":
                    await operator.clicks("Cancel  ")
                else:
                    await operator.presses("escape")
                await operator.is_at("Payments")
        await operator.settles()
        assert operator.notices == []
    assert (practice.payments(number), practice.balance_minor(number)) == before
