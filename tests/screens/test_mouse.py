"""A mouse works too."""

from __future__ import annotations

from tests.screens.practice import GLOBEX, MARA, Practice
from tui_billing.screens.messages import Place


async def test_the_gear_of_a_row_opens_its_menu_and_a_click_takes_an_entry(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.clicks("⚙ ▤ 10000093")
        await finance.is_at("GearMenu")
        await finance.clicks("c  Issue Credit")
        await finance.is_at("IssueCredit")
        await finance.sees("Mara Lindqvist · 10000093")


async def test_a_click_beside_the_gear_menu_closes_it(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await finance.pilot.click(offset=(1, 1))
        await finance.is_at("AllAccounts")


async def test_the_dashboard_icon_of_a_row_opens_its_dashboard(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.clicks("▤ 10000093")
        await finance.is_at("Dashboard")
        await finance.sees("Accounts › All Accounts › Mara Lindqvist")


async def test_a_click_selects_a_row_and_a_double_click_opens_it(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.clicks("Mara Lindqvist")
        await finance.until(lambda: finance.row.number == MARA, "selected it")
        assert finance.place == "AllAccounts"
        await finance.clicks("Mara Lindqvist", times=2)
        await finance.is_at("Dashboard")


async def test_the_icons_say_what_they_do_when_one_points_at_them(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.points_at("⚙ ▤ 10000093")
        await finance.until(lambda: "what can be done with this account" in str(finance.table.tooltip or ""))
        await finance.points_at("▤ 10000093")
        await finance.until(lambda: "Open this customer's dashboard" in str(finance.table.tooltip or ""))
        await finance.sees("Open this customer's dashboard")
        await finance.points_at("Mara Lindqvist")
        await finance.until(lambda: finance.table.tooltip is None)


async def test_the_tabs_are_clickable(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.clicks("Retail")
        await finance.until(lambda: finance.row and finance.row.type.label == "Retail", "shows retail accounts")
        await finance.clicks("1 All")
        await finance.until(lambda: finance.row and finance.row.number == GLOBEX, "shows all accounts")
        await finance.clicks("d Dashboard")
        await finance.is_at("Dashboard")
        await finance.clicks("Usage and Billing")
        await finance.is_at("Payments")
        for place in ("Invoices", "Activity", "Payments"):
            await finance.clicks(place, nth=1 if f"› {place}" in finance.lines[0] else 0)
            await finance.is_at(place)
        await finance.clicks("h Dashboard")
        await finance.is_at("Dashboard")


async def test_ok_and_cancel_are_clickable_and_a_click_beside_the_dialog_loses_nothing(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.clicks("r Record Payment")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("(10.00)")
        await finance.pilot.click(offset=(0, 0))
        await finance.settles()
        assert finance.place == "RecordPayment"
        await finance.clicks("Cancel  ")
        await finance.is_at("Payments")
        assert practice.payments(GLOBEX) == before
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("(10.00)")
        await finance.clicks("‹" if "‹" in finance.screen else "Bank transfer")
        await finance.sees("‹ Check")
        await finance.clicks("OK  ")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 1
    assert practice.one("SELECT method FROM payment ORDER BY sequence DESC LIMIT 1") == "check"


async def test_the_wheel_scrolls_the_list(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.pilot._post_mouse_events([_scroll_down()], offset=(10, 8))
        await finance.sees_no_more("10000056  Globex")
        await finance.until(lambda: "Globex" not in finance.lines[4], "scrolled")


def _scroll_down() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_a_click_on_a_column_that_can_be_sorted_by_sorts_and_the_account_stays_selected(
    practice: Practice,
) -> None:
    async with practice.desk("finance") as finance:
        await finance.clicks("Mara Lindqvist")
        await finance.clicks("Name  ")
        await finance.sees("by name")
        await finance.clicks("Balance")
        await finance.clicks("Name  ")
        await finance.settles()
        assert finance.row.number == MARA
        assert "by name" in finance.screen
        await finance.clicks("Number")
        await finance.sees_no_more("by name")
