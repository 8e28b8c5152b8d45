"""The keys of All Accounts."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.screens.practice import GLOBEX, MARA, SMALL, WIDE, Practice
from tui_billing.domain.pages import Page
from tui_billing.services.accounts import Accounts
from tui_billing.terminal import key_gate

SLOW_S = 0.1


async def test_the_cursor_moves_by_rows_by_screens_and_to_both_ends(practice: Practice) -> None:
    numbers = [
        number for (number,) in practice.rows("SELECT number FROM account WHERE type <> 'system' ORDER BY number")
    ]
    async with practice.desk("finance") as finance:

        async def comes_to(*keys: str) -> int:
            await finance.presses(*keys)
            await finance.settles()
            return numbers.index(finance.row.number)

        assert await comes_to("j") == 1
        assert await comes_to("down") == 2
        assert await comes_to("k") == 1
        assert await comes_to("up") == 0
        assert await comes_to("up") == 0
        assert await comes_to("end") == len(numbers) - 1
        assert await comes_to("j") == len(numbers) - 1
        assert await comes_to("home") == 0
        screen = finance.table.size.height - 1
        assert await comes_to("pagedown") == screen
        assert await comes_to("pagedown", "pageup") == screen
        assert await comes_to("pageup") == 0
        assert await comes_to(*"jjjjj", "end", "home", "pagedown", "k") == screen - 1


@pytest.mark.parametrize("key", ["enter", "d"])
async def test_the_selected_accounts_dashboard_opens_and_esc_comes_back_to_it(practice: Practice, key: str) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("j", key)
        await finance.is_at("Dashboard")
        await finance.sees("Accounts › All Accounts › Mara Lindqvist", "Viewing a customer: Mara Lindqvist · 10000093")
        await finance.presses("escape")
        await finance.is_at("AllAccounts")
        await finance.settles()
        assert finance.row.number == MARA
        await finance.presses("escape")
        await finance.settles()
        assert finance.place == "AllAccounts"


async def test_the_search_finds_by_number_name_and_master_user_while_one_types_and_esc_clears_it(
    practice: Practice,
) -> None:
    everyone = practice.one("SELECT count(*) FROM account WHERE type <> 'system'")
    async with practice.desk("finance") as finance:
        for typed, found in {"10000093": MARA, "lodz": "10000130", "obriain": "10000167", "suzuki": "10001092"}.items():
            await finance.presses("slash")
            await finance.types(typed)
            await finance.until(lambda found=found: finance.row and finance.row.number == found, f"found {typed}")  # type: ignore[misc]
            await finance.settles()
            assert len([line for line in finance.lines if "⚙" in line]) == 1
            await finance.presses("escape")
            await finance.settles()
            assert finance.row.number == GLOBEX
        await finance.presses("end")
        await finance.settles()
        assert practice.one("SELECT max(number) FROM account") == finance.row.number
        assert everyone > 20


async def test_the_list_is_sorted_by_name_and_by_number_again(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("j", "o")
        await finance.settles()
        assert finance.row.number == MARA
        await finance.sees("by name")
        await finance.presses("home")
        await finance.settles()
        first = practice.one("SELECT number FROM account WHERE type <> 'system' ORDER BY sort_name, number LIMIT 1")
        assert finance.row.number == first
        await finance.presses("o", "home")
        await finance.settles()
        assert finance.row.number == practice.one("SELECT min(number) FROM account WHERE type <> 'system'")


async def test_a_search_without_a_match_says_how_to_see_all_and_enter_opens_nothing(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("slash")
        await finance.types("nobody by that name")
        await finance.sees("No account matches.")
        await finance.presses("enter")
        await finance.settles()
        assert finance.place == "AllAccounts"
        await finance.presses("c")
        await finance.is_told("No account is selected.")
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await finance.sees("No actions available")
        await finance.presses("escape", "escape")
        await finance.until(lambda: finance.place == "AllAccounts" and finance.row, "shows all again")


async def test_enter_in_the_search_opens_the_account_found_and_the_arrow_down_goes_to_the_list(
    practice: Practice,
) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("slash")
        await finance.types("lindqvist")
        await finance.presses("down", "g")
        await finance.is_at("GearMenu")
        await finance.presses("escape", "slash", "enter")
        await finance.is_at("Dashboard")
        await finance.sees("Mara Lindqvist")


async def test_keys_behind_an_account_that_is_still_being_found_wait_for_it(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Accounts.page

    def slowly(accounts: Accounts, *asked: Any) -> Page[Any]:
        time.sleep(SLOW_S)
        return read(accounts, *asked)

    monkeypatch.setattr(Accounts, "page", slowly)
    # No moment too late, which might be long enough by chance.
    monkeypatch.setattr(key_gate, "PAUSE_S", 0)
    async with practice.desk("finance") as finance:
        await finance.presses("slash")
        await finance.types("lindqvist")
        await finance.presses("enter", "u")
        await finance.is_at("Payments")


async def test_the_tabs_show_one_type_only_and_the_search_stays_within(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        for key, kind in {"2": "retail", "3": "corporate", "4": "trial"}.items():
            first = practice.one("SELECT min(number) FROM account WHERE type = ?", kind)
            await finance.presses(key)
            await finance.until(lambda first=first: finance.row and finance.row.number == first, f"shows {kind}")  # type: ignore[misc]
            types = {row.type.value for row in finance.table._feed.window.rows}
            assert types == {kind}
        await finance.presses("slash")
        await finance.types("globex")
        await finance.sees("No account matches.")
        await finance.presses("escape", "1")
        await finance.until(lambda: finance.row and finance.row.number == GLOBEX, "shows all")


async def test_the_state_filter_goes_round_all_states(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        for label in ("New", "Active", "Restricted", "Suspended", "Terminated"):
            await finance.presses("s")
            await finance.sees(f"State: {label}")
            await finance.settles()
            assert {row.state.label for row in finance.table._feed.window.rows} == {label}
        await finance.presses("s")
        await finance.sees("State: all")


async def test_f5_reads_the_list_again(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        practice.execute("UPDATE account SET name = 'Globex Holdings' WHERE number = ?", GLOBEX)
        await finance.presses("f5")
        await finance.sees("⚙ ▤ 10000056 Globex Holdings")


async def test_the_selected_accounts_details_follow_the_cursor(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.sees("Master user globex", "Credit limit USD 250,000.00", "Payment terms 30 days")
        await finance.sees("Number 10000056", "Currency USD", "Card on file none", "Created 20")
        await finance.presses("j")
        await finance.sees("Master user mara", "Card on file Visa •••• 4242", "Payment terms by card")


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=str)
async def test_an_empty_list_says_which_keys_show_more(practice: Practice, size: tuple[int, int]) -> None:
    async with practice.desk("finance", size=size) as finance:
        await finance.presses("4", "s", "slash")
        await finance.types("nothing")
        await finance.sees("No account matches. Esc clears the search · s next state · 1 all types")
