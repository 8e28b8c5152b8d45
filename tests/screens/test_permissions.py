"""What each profile is offered by key bar, gear menu, help and palette alike, and changes while one is signed in."""

from __future__ import annotations

import pytest

from tests.screens.practice import GLOBEX, MARA, Operator, Practice
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.palette import Palette

RECORD, MAKE, CHARGE_BACK, CANCEL, CREDIT, CARD, RECEIPT, INVOICE = (
    "Record Payment",
    "Make Payment",
    "Issue Charge Back",
    "Cancel Payment",
    "Issue Credit",
    "Card on File",
    "Save Receipt",
    "Save Invoice",
)
ACTIONS = (RECORD, MAKE, CHARGE_BACK, CANCEL, CREDIT, CARD, RECEIPT, INVOICE)
KEYS = dict(zip(ACTIONS, "rmbxcoww", strict=True))
# The key bar leaves its room to the others.
NOT_IN_THE_KEY_BAR = {CARD, RECEIPT}
FINANCE = {
    "AllAccounts": {CREDIT},
    "Dashboard": {CREDIT, CARD},
    "Payments": {RECORD, CHARGE_BACK, CANCEL, CREDIT, CARD, RECEIPT},
}
LOOKS: dict[str, set[str]] = {"AllAccounts": set(), "Dashboard": set(), "Invoices": {INVOICE}}
PAYS: dict[str, set[str]] = {"Dashboard": {CARD}, "Payments": {MAKE, CARD, RECEIPT}}
# On the dashboard the gear menu alone has what else a customer may be asked for: its letters are no direct keys there.
GEAR_ALONE = {"finance": {"Dashboard": {RECORD}}, "mara": {"Dashboard": {MAKE}}}
GEAR_ALONE |= {"root": GEAR_ALONE["finance"], "globex.billing": GEAR_ALONE["mara"]}
OFFERED: dict[str, dict[str, set[str]]] = {
    "root": FINANCE,
    "finance": FINANCE,
    "ops": LOOKS,
    "sales": LOOKS,
    "helpdesk": LOOKS,
    "mara": PAYS,
    "globex.billing": PAYS,
}
WAY = {"Dashboard": "enter", "Payments": "u", "Invoices": "u"}


def money_in(texts: list[str]) -> set[str]:
    return {label for label in ACTIONS for text in texts if text.startswith(label)}


async def offered_by_the_gear_menu(operator: Operator) -> set[str]:
    await operator.presses("g")
    await operator.is_at("GearMenu")
    words = operator.words
    await operator.presses("escape")
    found = {label for label in ACTIONS if f" {label}" in words}
    assert bool(found) is ("No actions available" not in words)
    return found


async def offered_by_the_help(operator: Operator) -> set[str]:
    await operator.presses("f1")
    await operator.is_at("Help")
    assert "Help" in operator.words
    words = operator.words
    await operator.presses("end", *["pagedown"] * 4)
    await operator.settles()
    words += operator.words
    await operator.presses("escape")
    return {label for label in ACTIONS if f"{label}:" in words}


async def offered_by_the_palette(operator: Operator) -> list[str]:
    await operator.presses("ctrl+p")
    await operator.is_at("Palette")
    palette = operator.app.screen
    assert isinstance(palette, Palette)
    assert "Log Out" in palette.commands
    await operator.presses("escape")
    return palette.commands


@pytest.mark.parametrize("name", OFFERED)
async def test_every_way_offers_what_the_profile_allows_and_nothing_else(practice: Practice, name: str) -> None:
    async with practice.desk(name) as operator:
        for index, (place, expected) in enumerate(OFFERED[name].items()):
            if index:
                await operator.presses(WAY[place])
            await operator.is_at(place)
            await operator.settles()
            assert money_in([words for _, words in operator.keys]) == expected - NOT_IN_THE_KEY_BAR, "key bar"
            alone = GEAR_ALONE.get(name, {}).get(place, set())
            assert await offered_by_the_gear_menu(operator) == expected | alone, "gear menu"
            await operator.is_at(place)
            assert await offered_by_the_help(operator) == expected, "help"
            await operator.is_at(place)
            palette = await offered_by_the_palette(operator)
            assert money_in(palette) == expected, "palette"
            assert ("Payments" in palette) is ("Payments" in OFFERED[name] and place == "Dashboard")
            await operator.is_at(place)
            await operator.presses(*set(KEYS.values()) - {KEYS[label] for label in expected})
            await operator.settles()
            assert (operator.place, operator.notices) == (place, [])


@pytest.mark.parametrize("name", ["product", "globex.power", "globex.user"])
async def test_a_profile_without_a_part_in_billing_is_told_so_and_offered_nothing(
    practice: Practice, name: str
) -> None:
    async with practice.desk() as operator:
        await operator.signs_in(name)
        await operator.is_at("NothingToDo")
        await operator.sees("has no part in billing.", "Ask an administrator")
        await operator.settles()
        assert money_in([words for _, words in operator.keys]) == set()
        assert money_in(await offered_by_the_palette(operator)) == set()
        await operator.is_at("NothingToDo")
        await operator.presses(*"gdupiarmbxcow1", "enter")
        await operator.settles()
        assert operator.place == "NothingToDo"


@pytest.mark.parametrize("name", ["finance", "ops", "helpdesk", "mara"])
async def test_exceptions_are_for_those_who_move_money(practice: Practice, name: str) -> None:
    async with practice.desk(name) as operator:
        first = operator.place
        await operator.presses("e")
        await operator.settles()
        if name == "finance":
            await operator.is_at("Exceptions")
        else:
            assert operator.place == first
            assert "Exceptions" not in operator.words


async def test_a_customer_lands_on_the_own_dashboard_and_sees_no_other_account(practice: Practice) -> None:
    async with practice.desk() as mara:
        await mara.signs_in("mara")
        await mara.is_at("Dashboard")
        await mara.sees("Mara Lindqvist · Active")
        assert "All Accounts" not in mara.words
        assert "Viewing a customer" not in mara.words
        await mara.presses("escape", "escape")
        await mara.settles()
        assert mara.place == "Dashboard"
        await mara.presses("ctrl+p")
        await mara.is_at("Palette")
        await mara.types("Globex")
        await mara.sees("No matches found")
        await mara.presses("escape")
        await mara.is_at("Dashboard")
        for key, place in {"p": "Payments", "i": "Invoices", "a": "Activity"}.items():
            await mara.presses(key)
            await mara.is_at(place)
            await mara.sees(f"Mara Lindqvist › Usage and Billing › {place}")


async def test_a_profile_that_changes_takes_effect_at_the_next_action(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        practice.execute("UPDATE user SET profile = 'Help Desk' WHERE name = 'finance'")
        await finance.presses("enter")
        await finance.sees("Not permitted: Your profile, Help Desk, does not allow this.")
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.presses("r")
        await finance.settles()
        assert finance.place == "Payments"
    assert practice.payments(GLOBEX) == before


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("finance", "UPDATE user SET disabled = 1 WHERE name = 'finance'"),
        ("mara", "UPDATE account SET state = 'terminated' WHERE number = '10000093'"),
        ("globex.billing", "UPDATE account SET state = 'suspended' WHERE number = '10000056'"),
    ],
    ids=["disabled", "account terminated", "account suspended"],
)
async def test_who_is_shut_out_is_back_at_the_log_in_with_the_reason_at_the_next_action(
    practice: Practice, name: str, change: str
) -> None:
    async with practice.desk(name) as operator:
        practice.execute(change)
        await operator.presses("f5")
        await operator.is_at("LoginScreen")
        await operator.sees("Your access has ended. Ask an administrator.", "Username")
        await operator.signs_in(name)
        await operator.sees("do not open this desk")


async def test_who_is_shut_out_with_a_dialog_open_moves_no_money(practice: Practice) -> None:
    before = practice.payments(MARA)
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.presses("m")
        await mara.is_at("MakePayment")
        await mara.types("10")
        practice.execute("UPDATE user SET disabled = 1 WHERE name = 'mara'")
        await mara.presses("enter")
        await mara.is_at("LoginScreen")
        await mara.sees("Your access has ended. Ask an administrator.")
    assert practice.payments(MARA) == before
