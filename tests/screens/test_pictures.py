"""A picture of each screen and of its main states, small and wide; UPDATE_SNAPSHOTS=1 takes them anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.screens.pictures import assert_same_picture
from tests.screens.practice import BRUNO, GLOBEX, MARA, SMALL, WIDE, Operator, Practice
from tui_billing.screens.messages import Place

Steps = Callable[[Operator], Awaitable[None]]
SIZES = {"80x24": SMALL, "120x40": WIDE}
NOOR = "10000426"


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def take(operator: Operator, name: str, size: str) -> None:
    """Take the picture of this name once the screen has come to rest."""
    await operator.settles()
    await operator.rests()
    assert_same_picture(operator.app, f"{name}-{size}")


async def test_log_in(practice: Practice, size: str) -> None:
    async with practice.desk(size=SIZES[size]) as nobody:
        await take(nobody, "log-in", size)
        await nobody.signs_in("finance", "a wrong password")
        await nobody.sees("do not open this desk")
        await take(nobody, "log-in-refused", size)


async def test_all_accounts(practice: Practice, size: str) -> None:
    async with practice.desk("finance", size=SIZES[size]) as finance:
        await take(finance, "all-accounts", size)
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await take(finance, "gear-menu-of-all-accounts", size)
        await finance.presses("escape", "slash")
        await finance.types("al")
        await take(finance, "search", size)
        await finance.types(" nothing")
        await finance.sees("No account matches")
        await take(finance, "search-without-a-match", size)


async def test_exceptions(practice: Practice, size: str) -> None:
    async with practice.desk("finance", size=SIZES[size]) as finance:
        await finance.presses("e")
        await finance.is_at("Exceptions")
        await finance.presses("f", "f")
        await finance.sees("Difference only", "Nothing matches.")
        await finance.presses("f", "f", "f", "f", "o")
        await finance.is_told("Reconciled")
        finance.app.clear_notifications()
        await finance.presses("home")
        await finance.sees("Dispute 10001129 Inês Cardoso")
        await take(finance, "exceptions", size)
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await take(finance, "gear-menu-of-exceptions", size)
        await finance.presses("b")
        await finance.is_at("RecordDispute")
        await finance.sees("Re-opens INV-")
        await take(finance, "record-dispute", size)


async def test_the_customer(practice: Practice, size: str) -> None:
    async with practice.desk("finance", GLOBEX, size=SIZES[size], beneath=True) as finance:
        await finance.sees("Net balance")
        await take(finance, "dashboard", size)
        for place in ("Activity", "Invoices", "Payments"):
            await finance.presses(place[0].lower())
            await finance.is_at(place)
            await take(finance, place.lower(), size)
            if place != "Activity":
                await finance.presses("enter")
                await finance.is_at("DetailsView")
                await take(finance, f"details-of-{place.lower()}", size)
                await finance.presses("escape")
                await finance.is_at(place)
        await finance.presses("f1")
        await finance.is_at("Help")
        await take(finance, "help", size)


async def test_a_customers_own_desk(practice: Practice, size: str) -> None:
    async with practice.desk("mara", MARA, size=SIZES[size]) as mara:
        await mara.sees("Net balance")
        await take(mara, "own-dashboard", size)
        await mara.presses("p", "m")
        await mara.is_at("MakePayment")
        await mara.types("25")
        await mara.sees("→ EUR 25.00")
        await take(mara, "make-payment", size)
        await mara.presses("escape", "o")
        await mara.is_at("CardOnFile")
        await mara.sees("has no card page")
        await take(mara, "card-on-file", size)


async def test_a_declined_card(practice: Practice, size: str) -> None:
    async with practice.desk("noor", NOOR, Place.PAYMENTS, size=SIZES[size], beneath=True) as noor:
        await noor.presses("m")
        await noor.is_at("MakePayment")
        await noor.presses("enter")
        await noor.sees("Insufficient funds.")
        await take(noor, "declined", size)


async def test_the_dialogs_of_corporate_money(practice: Practice, size: str) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, size=SIZES[size], beneath=True) as finance:
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await take(finance, "gear-menu-of-payments", size)
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("7,000")
        await finance.sees("Pays INV-")
        await take(finance, "record-payment", size)
        await finance.types("e5")
        await finance.presses("enter")
        await finance.errs("Amount is not a plain figure.")
        await take(finance, "record-payment-refused", size)
        await finance.presses("escape", "c")
        await finance.is_at("IssueCredit")
        await finance.fills_in("40", "Storage outage")
        await finance.sees("Pays INV-")
        await take(finance, "issue-credit", size)
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.selects(lambda row: (row.kind, row.state) == ("record", "completed"))
        await finance.presses("x")
        await finance.is_at("Cancel")
        await finance.sees("Re-opens INV-")
        await take(finance, "cancel-payment", size)
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.selects(lambda row: (row.kind, row.state) == ("credit", "completed"))
        await finance.presses("x")
        await finance.is_at("Cancel")
        await finance.sees("Re-opens INV-")
        await take(finance, "cancel-credit", size)


async def test_issue_charge_back(practice: Practice, size: str) -> None:
    async with practice.desk("finance", BRUNO, Place.PAYMENTS, size=SIZES[size], beneath=True) as finance:
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        await finance.sees("Balance USD")
        await take(finance, "issue-charge-back", size)


async def test_the_palette_and_the_lock(practice: Practice, size: str) -> None:
    async with practice.desk("finance", size=SIZES[size]) as finance:
        await finance.presses("ctrl+p")
        await finance.is_at("Palette")
        await finance.types("globex")
        await finance.sees("Go to account 10000056 Globex Corporation")
        await take(finance, "palette", size)
        await finance.presses("escape")
        await finance.is_at("AllAccounts")
        await finance.presses("ctrl+l")
        await finance.is_at("LockScreen")
        await take(finance, "lock", size)


async def test_nothing_to_do(practice: Practice, size: str) -> None:
    async with practice.desk("product", size=SIZES[size]) as product:
        await take(product, "nothing-to-do", size)


async def test_a_notice(practice: Practice, size: str) -> None:
    async with practice.desk("finance", BRUNO, Place.PAYMENTS, size=SIZES[size], beneath=True) as finance:
        await finance.presses("r")
        await finance.sees("Record Payment is for corporate")
        await take(finance, "notice", size)
