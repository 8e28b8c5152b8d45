"""No money moves upon figures the operator has not seen."""

from __future__ import annotations

import asyncio

import pytest

from tests.screens.practice import DEADLINE_S, GLOBEX, MARA, Operator, Practice
from tests.screens.test_live import looks, somebody_records
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.domain.money import Money
from tui_billing.domain.payments import CancelReason
from tui_billing.screens.messages import Place
from tui_billing.screens.modals import money_dialog
from tui_billing.screens.modals.dialogs import RecordPayment
from tui_billing.screens.payments import Payments
from tui_billing.services.previews import Preview
from tui_billing.services.requests import CreditRequest, RecordRequest

CHANGED = "Changed meanwhile by another operator: balance now"


@pytest.fixture(autouse=True)
def read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operators here read in no time."""
    monkeypatch.setattr(money_dialog, "UNREAD_S", 0)


async def opened(finance: Operator, amount: str = "10") -> None:
    """Record Payment with the amount in it and its preview on the screen."""
    await finance.presses("r")
    await finance.is_at("RecordPayment")
    await finance.types(amount)
    await finance.sees(f"Pays INV-2025-000021 ({amount}.00)")


async def test_an_open_dialog_says_that_its_figures_have_changed_and_then_ok_is_ok(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await opened(finance)
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        balance = Money(practice.balance_minor(GLOBEX), "USD")
        await finance.sees(
            f"{CHANGED} {balance}.", f"Balance {balance} →", f"due: {Money(-balance.minor_units, 'USD').figure}"
        )
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 2


async def test_what_others_did_shows_with_the_payments_row_and_is_read_once(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught_up: list[Payments] = []
    monkeypatch.setattr(Payments, "catch_up", lambda screen: caught_up.append(screen))
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await opened(finance)
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        await finance.sees(CHANGED)
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
        await finance.sees("USD 10.00", "USD 12.34", f"Balance {Money(practice.balance_minor(GLOBEX), 'USD')}")
    assert caught_up == []


async def test_figures_that_nobody_has_changed_are_not_worked_out_again(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RecordRequest] = []

    def preview(dialog: RecordPayment, request: RecordRequest) -> Preview:
        asked.append(request)
        return foreseen(dialog, request)

    foreseen = RecordPayment.preview
    monkeypatch.setattr(RecordPayment, "preview", preview)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await opened(finance)
        await finance.settles()
        before = len(asked)
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert len(asked) == before


async def test_ok_upon_old_figures_shows_the_new_ones_and_only_a_second_ok_pays(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await opened(finance)
        await asyncio.to_thread(somebody_records, practice)
        await finance.presses("enter")
        balance = Money(practice.balance_minor(GLOBEX), "USD")
        await finance.sees(f"{CHANGED} {balance}.", f"Balance {balance} →")
        assert practice.payments(GLOBEX) == before + 1
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 2


async def test_an_enter_meant_for_the_old_figures_does_not_confirm_the_new_ones(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money_dialog, "UNREAD_S", DEADLINE_S)
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await opened(finance)
        await asyncio.to_thread(somebody_records, practice)
        await finance.presses("enter")
        await finance.sees(CHANGED)
        await finance.presses("enter", "enter")
        await finance.settles()
        assert finance.place == "RecordPayment"
    assert practice.payments(GLOBEX) == before + 1


async def test_typed_ahead_of_any_preview_the_balance_that_the_dialog_opened_with_counts(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.sees("Balance now")
        await asyncio.to_thread(somebody_records, practice)
        await finance.types("10")
        await finance.presses("enter")
        await finance.sees(CHANGED)
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 2


async def test_what_another_operator_has_done_already_is_said_before_ok(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: row.kind.label == "RECORD" and row.state.label == "Completed")
        await finance.presses("x")
        await finance.is_at("Cancel")
        await finance.sees("Re-opens")

        def somebody_cancels() -> None:
            other = practice.services()
            session = other.sign_in.sign_in("finance2", DEMO_PASSWORD)
            other.refunds.cancel_payment(session, payment.id, CancelReason.DUPLICATE, "other")

        await asyncio.to_thread(somebody_cancels)
        await looks(finance)
        await finance.sees(CHANGED, "cancelled", "by finance2")
        await finance.presses("enter")
        await finance.sees("Refused:")


async def test_a_card_is_not_charged_upon_old_figures(practice: Practice) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.presses("m")
        await mara.is_at("MakePayment")
        await mara.types("10")
        await mara.sees("Balance EUR")

        def somebody_issues_a_credit() -> None:
            other = practice.services()
            session = other.sign_in.sign_in("finance2", DEMO_PASSWORD)
            other.credits.issue(session, MARA, CreditRequest("5", "Goodwill"), "other")

        await asyncio.to_thread(somebody_issues_a_credit)
        await mara.presses("enter")
        await mara.sees(f"{CHANGED} EUR 5.00.")
        assert practice.gateway.calls == 0
        await mara.presses("enter")
        await mara.is_told("EUR 10.00 charged")
    assert practice.gateway.calls == 1
