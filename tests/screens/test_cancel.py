"""Cancel Payment and Cancel Credit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.screens.practice import GLOBEX, MARA, Practice
from tui_billing.domain.payments import Payment
from tui_billing.screens.messages import Place

CANCELLED = "SELECT state, cancelled_by, cancel_reason FROM payment WHERE id = ?"


def completed(kind: str) -> Callable[[Payment], bool]:
    return lambda row: (row.kind, row.state) == (kind, "completed")


async def test_finance_cancels_a_recorded_payment_from_the_log_in_on(practice: Practice) -> None:
    before_minor = practice.balance_minor(GLOBEX)
    async with practice.desk() as finance:
        await finance.signs_in("finance")
        await finance.presses("slash")
        await finance.types("Globex")
        await finance.presses("enter", "u")
        await finance.is_at("Payments")
        payment = await finance.selects(lambda row: (row.kind, row.state) == ("record", "completed"))
        await finance.presses("x")
        await finance.is_at("Cancel")
        after = payment.amount.__class__(before_minor - payment.amount_minor, "USD")
        await finance.sees("Cancel Payment", f"→ {after}", "Re-opens INV-", "the whole amount")
        await finance.presses("end", "r")
        await finance.sees("‹ Returned by the bank")
        await finance.presses("enter")
        told = f"Globex Corporation: payment of {payment.amount} cancelled. Balance: {after}."
        await finance.is_told(f"Cancel Payment: {told}")
        await finance.is_at("Payments")
        await finance.settles()
        assert (finance.row.id, finance.row.state.label) == (payment.id, "Cancelled")
        await finance.presses("x")
        await finance.is_told("Cancel Payment: Already cancelled on 2026-03-17 09:30 UTC by finance.")
        assert finance.place == "Payments"
    assert practice.rows(CANCELLED, payment.id) == [("cancelled", "finance", "returned_by_the_bank")]
    assert practice.balance_minor(GLOBEX) == before_minor - payment.amount_minor


@pytest.mark.parametrize("keys", [("g", "x"), ("g", "down", "down", "enter")], ids=str)
async def test_the_gear_menu_names_the_way_back_of_the_row_and_takes_it(
    practice: Practice, keys: tuple[str, ...]
) -> None:
    cancelled = []
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        for kind, words in {"record": "Cancel Payment", "credit": "Cancel Credit"}.items():
            payment = await finance.selects(completed(kind))
            await finance.presses(*keys)
            await finance.is_at("Cancel")
            await finance.sees(words, f"{words.split()[1]} {payment.short_id} · received {payment.received}")
            await finance.presses("enter")
            told = f"{words}: Globex Corporation: {words.split()[1].lower()} of {payment.amount} cancelled."
            await finance.is_told(told)
            await finance.is_at("Payments")
            finance.app.clear_notifications()
            cancelled.append(payment.id)
    for payment_id in cancelled:
        assert practice.rows(CANCELLED, payment_id) == [("cancelled", "finance", "entered_in_error")]


async def test_a_cancelled_credit_shows_as_a_debit_note(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        credit = await finance.selects(lambda row: (row.kind, row.state) == ("credit", "cancelled"))
        noted = f"Cancelled (debit note) on {credit.cancelled_at:%Y-%m-%d %H:%M} by {credit.cancelled_by}"
        await finance.sees(noted)
        await finance.presses("g")
        await finance.is_at("GearMenu")
        refused = f"Already cancelled on {credit.cancelled_at:%Y-%m-%d %H:%M} UTC by {credit.cancelled_by}."
        await finance.sees("x Cancel Credit", refused)
        await finance.presses("x")
        await finance.settles()
        assert finance.place == "GearMenu"
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.presses("x")
        await finance.is_told(refused)


async def test_a_card_payment_is_refused_with_the_way_back_it_has(practice: Practice) -> None:
    async with practice.desk("finance", MARA, Place.PAYMENTS) as finance:
        await finance.presses("x")
        await finance.is_told("Only recorded payments are cancelled; this one is AUTO. Use Issue Charge Back.")
        assert finance.place == "Payments"
