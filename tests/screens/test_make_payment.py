"""Make Payment: the master user of a retail account pays by the card on file."""

from __future__ import annotations

import pytest

from tests.screens.practice import MARA, Practice
from tui_billing.screens.messages import Place

NOOR, HALINA = "10000426", "10000833"
NEWEST = "SELECT kind, state, amount_minor, recorded_by FROM payment ORDER BY sequence DESC LIMIT 1"
CHARGED = "Make Payment: Mara Lindqvist: EUR 25.00 charged to Visa •••• 4242. Balance: EUR 25.00."


async def test_the_master_user_pays_by_card_from_the_log_in_on(practice: Practice) -> None:
    assert practice.balance_minor(MARA) == 0
    async with practice.desk() as mara:
        await mara.signs_in("mara")
        await mara.is_at("Dashboard")
        await mara.presses("u")
        await mara.is_at("Payments")
        await mara.presses("m")
        await mara.is_at("MakePayment")
        await mara.sees("Mara Lindqvist · 10000093", "due: 0.00", "Card on file Visa •••• 4242, expires")
        await mara.types("25")
        await mara.sees("Balance EUR 0.00 → EUR 25.00", "Pays or re-opens no invoice")
        await mara.presses("enter")
        await mara.is_told(CHARGED)
        await mara.is_at("Payments")
        await mara.settles()
        assert (mara.row.amount_minor, mara.row.kind.label, mara.row.recorded_by) == (2_500, "MANUAL", "mara")
    assert practice.rows(NEWEST) == [("manual", "completed", 2_500, "mara")]
    assert practice.balance_minor(MARA) == 2_500


@pytest.mark.parametrize("keys", [("g", "m"), ("g", "enter"), ("g", *["down"] * 4, "enter")], ids=str)
async def test_the_gear_menu_leads_to_the_same_dialog(practice: Practice, keys: tuple[str, ...]) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.presses(*keys)
        await mara.is_at("MakePayment")
        await mara.types("25")
        await mara.presses("enter")
        await mara.is_told(CHARGED)


async def test_what_is_due_is_offered_and_paid(practice: Practice) -> None:
    practice.execute("UPDATE account SET card_payment_method_reference = 'card_approved' WHERE number = ?", NOOR)
    async with practice.desk("noor", NOOR, Place.PAYMENTS) as noor:
        await noor.presses("m")
        await noor.is_at("MakePayment")
        await noor.sees("due: 82.05", "Balance EUR -82.05 → EUR 0.00", "Pays INV-")
        await noor.presses("enter")
        await noor.is_told("EUR 82.05 charged to Visa •••• 9995. Balance: EUR 0.00.")


async def test_a_declined_card_is_explained_and_the_failed_payment_is_listed(practice: Practice) -> None:
    before = practice.payments(NOOR)
    async with practice.desk("noor", NOOR, Place.PAYMENTS) as noor:
        await noor.presses("m")
        await noor.is_at("MakePayment")
        await noor.presses("enter")
        await noor.sees("Refused: The card was not charged: Insufficient funds.")
        assert noor.place == "MakePayment"
        await noor.presses("escape")
        await noor.is_at("Payments")
        await noor.sees(f"{practice.clock.now:%Y-%m-%d}")
        await noor.presses("home")
        await noor.settles()
        await noor.sees("Failed: Insufficient funds.")
        assert noor.row.recorded_at == practice.clock.now
    assert practice.payments(NOOR) == before + 1
    assert practice.balance_minor(NOOR) == -8_205


async def test_after_a_declined_card_a_second_try_is_a_payment_of_its_own(practice: Practice) -> None:
    before = practice.payments(NOOR)
    async with practice.desk("noor", NOOR, Place.PAYMENTS) as noor:
        await noor.presses("m")
        await noor.is_at("MakePayment")
        await noor.presses("enter")
        await noor.sees("The card was not charged: Insufficient funds.")
        practice.execute("UPDATE account SET card_payment_method_reference = 'card_approved' WHERE number = ?", NOOR)
        await noor.presses("enter")
        await noor.is_told("EUR 82.05 charged to Visa •••• 9995. Balance: EUR 0.00.")
    assert practice.payments(NOOR) == before + 2


@pytest.mark.parametrize(
    ("name", "number", "reason"),
    [
        ("globex", "10000056", "Make Payment is for retail accounts; this account is Corporate."),
        ("halina", HALINA, "There is no card on file. Put one on file first."),
    ],
)
async def test_without_a_card_to_charge_it_is_refused_with_the_reason(
    practice: Practice, name: str, number: str, reason: str
) -> None:
    async with practice.desk(name, number, Place.PAYMENTS) as customer:
        await customer.presses("m")
        await customer.is_told(reason)
        await customer.presses("g")
        await customer.is_at("GearMenu")
        await customer.sees("m Make Payment", reason)
        await customer.presses("m", "enter")
        await customer.settles()
        assert customer.place == "GearMenu"
