"""Exceptions: what needs a person, and what is done about it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.screens.practice import MARA, Operator, Practice, minutes
from tui_billing.domain.exceptions import ExceptionKind
from tui_billing.navigation import Navigation
from tui_billing.screens.dashboard import Dashboard
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.messages import Place

INES = "10001129"
QUICK_S = 0.1


async def comes_to_exceptions(finance: Operator) -> None:
    await finance.presses("e")
    await finance.is_at("Exceptions")
    await finance.sees("Accounts › Exceptions")


async def reconciles(finance: Operator) -> None:
    await finance.presses("o")
    await finance.is_told("Reconciled: ")
    finance.app.clear_notifications()
    await finance.settles()


def make_card_of_mara(practice: Practice, card: str) -> None:
    practice.execute("UPDATE account SET card_payment_method_reference = ? WHERE number = ?", card, MARA)


async def pays_as_mara(practice: Practice, amount: str = "25") -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.presses("m")
        await mara.is_at("MakePayment")
        await mara.types(amount)
        await mara.presses("enter")
        await mara.until(lambda: mara.place == "Payments" or "Look up" in mara.words, "was answered")


async def test_a_list_without_anything_says_so(practice: Practice) -> None:
    practice.execute("UPDATE payment SET state = 'completed' WHERE kind = 'auto' AND state = 'failed'")
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await finance.sees("Nothing needs a person.")
        await finance.presses("b")
        await finance.is_told("Record Dispute: Nothing is selected.")
        await finance.presses("enter", "escape")
        await finance.is_at("AllAccounts")


async def test_a_dispute_is_recorded_and_comes_back_when_it_is_won(practice: Practice) -> None:
    make_card_of_mara(practice, "card_dispute_won")
    await pays_as_mara(practice)
    before = practice.balance_minor(MARA)
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        await finance.selects(lambda row: row.account_number == MARA)
        await finance.sees("The bank took EUR 25.00 in a dispute: fraudulent.")
        await finance.presses("v")
        await finance.is_told("Charge Back Reversed: Only for lines of the kind Dispute won.")
        await finance.presses("b")
        await finance.is_at("RecordDispute")
        await finance.sees("→ EUR")
        await finance.presses("enter")
        await finance.is_told("dispute of EUR 25.00 recorded; nothing was sent.")
        assert practice.balance_minor(MARA) == before - 2_500
        practice.clock.now += minutes(2)
        finance.app.clear_notifications()
        await reconciles(finance)
        await finance.selects(lambda row: row.kind is ExceptionKind.DISPUTE_WON)
        await finance.presses("g", "v")
        await finance.is_at("ReverseChargeBack")
        await finance.types("26")
        await finance.presses("enter")
        await finance.sees("Only EUR 25.00 of this charge back can still come back.")
        await finance.presses("home", "shift+end")
        await finance.types("10")
        await finance.presses("enter")
        await finance.is_told("charge back reversed, the payment is partly charged back.")
        assert practice.balance_minor(MARA) == before - 1_500
        await finance.until(lambda: finance.row.amount_minor == 1_500, "shows what is left")


async def test_enter_opens_the_payment_and_esc_comes_back(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        line = await finance.selects(lambda row: row.kind is ExceptionKind.DISPUTE)
        await finance.presses("enter")
        await finance.is_at("Payments")
        await finance.until(lambda: finance.row is not None and finance.row.id == line.payment_id, "is at the payment")
        await finance.presses("escape", "escape")
        await finance.is_at("Exceptions")


async def test_a_key_typed_behind_enter_is_for_the_payment_that_it_opens(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = Navigation.show

    async def lingering(self: Navigation, kind: type[DeskScreen], *about: Any) -> None:
        """The dashboard, over which the payment comes, is there for a while."""
        await show(self, kind, *about)
        if kind is Dashboard:
            await asyncio.sleep(0.2)

    monkeypatch.setattr(Navigation, "show", lingering)
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        # The second time the screens are there already.
        for _ in range(2):
            line = await finance.selects(lambda row: row.kind is ExceptionKind.DISPUTE)
            await finance.presses("enter", "b")
            await finance.is_at("IssueChargeBack")
            await finance.presses("escape")
            await finance.is_at("Payments")
            assert finance.row.id == line.payment_id
            await finance.presses("escape", "escape")
            await finance.is_at("Exceptions")


async def test_the_list_is_searched_and_filtered(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        await finance.presses("slash")
        await finance.types("ines")
        await finance.until(lambda: {row.account_number for row in finance.table._feed.window.rows} == {INES})
        await finance.presses("escape")
        for kind in ExceptionKind:
            await finance.presses("f")
            await finance.sees(f"{kind.label} only")
            await finance.settles()
            assert {row.kind for row in finance.table._feed.window.rows} <= {kind}


async def test_a_pending_payment_says_so_and_is_looked_up_from_either_list(practice: Practice) -> None:
    make_card_of_mara(practice, "card_timeout_after")
    await pays_as_mara(practice)
    practice.gateway.open.clear()
    async with practice.desk("finance", MARA, Place.PAYMENTS) as finance:
        await finance.sees("Pending: sent, and the gateway has not answered yet")
        await finance.presses("enter")
        await finance.sees("The money may or may not have moved", "Do not send it again.")
        await finance.presses("escape", "g")
        await finance.is_at("GearMenu")
        await finance.sees("l Look up")
        await finance.presses("l")
        await finance.is_told("Asking the gateway…")
        await finance.presses("j")
        await finance.settles()
        practice.gateway.open.set()
        await finance.is_told("Looked up: Mara Lindqvist: EUR 25.00 was charged: the payment is Completed.")
        await finance.presses("home", "l")
        await finance.is_told("Look up: Nothing is pending here: the gateway has answered.")


async def test_keys_are_answered_while_the_gateway_takes_its_time(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        practice.gateway.open.clear()
        await finance.presses("o")
        await finance.until(lambda: practice.gateway.listed, "asked the gateway")
        loop = asyncio.get_running_loop()
        times_s = []
        for key in "jjkjjk":
            before, row = loop.time(), finance.row
            await finance.presses(key)
            await finance.until(lambda row=row: finance.row is not row, "moved")  # type: ignore[misc]
            times_s.append(loop.time() - before)
        # The median, since on a busy machine any one of them may wait for its turn.
        assert sorted(times_s)[len(times_s) // 2] < QUICK_S
        await finance.presses("o")
        await finance.is_told("The gateways are being asked already.")
        practice.gateway.open.set()
        await finance.is_told("Reconciled: ")


async def test_a_gateway_that_is_down_is_named(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        record = practice.gateway._record._path
        record.unlink()
        record.mkdir()
        await finance.presses("o")
        await finance.is_told("Not available: sandbox: The gateway cannot be reached.")
        await finance.sees("Dispute 10001129 Inês Cardoso")


async def test_a_reason_of_two_lines_and_what_to_do_about_it_are_whole_below_a_narrow_list(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await comes_to_exceptions(finance)
        await reconciles(finance)
        await finance.selects(lambda line: len(line.sentence) > 80)
        await finance.sees(f"{finance.row.sentence} {finance.row.kind.advice} Reference {finance.row.reference}")
