"""Record Payment, from the log in to the notice."""

from __future__ import annotations

from typing import Any

import pytest
from textual.events import ScreenResume
from textual.message import Message
from textual.screen import Screen

from tests.screens.practice import GLOBEX, Practice, text_in
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place
from tui_billing.terminal import frames

YEN = "10000204"

NEWEST = (
    "SELECT amount_minor, received, method, reference, memo, recorded_by FROM payment ORDER BY sequence DESC LIMIT 1"
)
OPEN_INVOICES = (
    "SELECT invoice.number, due_minor FROM invoice JOIN account ON account.id = account_id"
    " WHERE account.number = ? AND due_minor > 0 ORDER BY issued"
)
WRONG_AMOUNTS = {
    "": "Amount is required.",
    "1e5": "Amount is not a plain figure. Type it like 1,234.50.",
    "1_000": "Amount is not a plain figure. Type it like 1,234.50.",
    "１２": "Amount is not a plain figure. Type it like 1,234.50.",
    "-5": "Amount is not a plain figure. Type it like 1,234.50.",
    "NaN": "Amount is not a plain figure. Type it like 1,234.50.",
    "0": "Amount must be more than zero.",
    "1.234": "Amount has too many decimals: USD takes at most 2.",
    "100000000": "Amount is too large: at most USD 99,999,999.99 at a time.",
}
# How many fields down, what is typed there, and what is said below it.
WRONG_FIELDS = (
    (1, "2026-03-18", "Received date lies in the future. Record the payment when it has come."),
    (1, "17.3.2026", "Received is not a day. Type it like 2026-03-31."),
    (3, "4111 1111 1111 1111", "Reference contains what looks like a card number."),
    (4, "paid by 4111111111111111", "Memo contains what looks like a card number."),
    (4, "x" * 256, "Memo is 256 characters long; at most 255 are kept. Shorten it."),
)


def usd(minor_units: int) -> str:
    return str(Money(minor_units, "USD"))


async def test_finance_records_a_payment_from_the_log_in_on(practice: Practice) -> None:
    before_minor = practice.balance_minor(GLOBEX)
    (number, due_minor), *_ = practice.rows(OPEN_INVOICES, GLOBEX)
    assert due_minor > 125_000
    async with practice.desk() as finance:
        await finance.signs_in("finance")
        await finance.is_at("AllAccounts")
        await finance.presses("slash")
        await finance.types("Globex")
        await finance.presses("enter")
        await finance.is_at("Dashboard")
        await finance.presses("u")
        await finance.is_at("Payments")
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.sees("Globex Corporation · 10000056", f"due: {Money(-before_minor, 'USD').figure}")
        await finance.types("1,250.00")
        await finance.sees(f"Balance {usd(before_minor)} → {usd(before_minor + 125_000)}", f"Pays {number} (1,250.00)")
        await finance.presses("enter")
        await finance.is_at("Payments")
        after = usd(before_minor + 125_000)
        await finance.is_told(f"Record Payment: Globex Corporation: USD 1,250.00 recorded. Balance: {after}.")
        await finance.sees(f"Balance {after}")
        await finance.settles()
        assert (finance.row.amount_minor, finance.row.kind.label) == (125_000, "RECORD")
    assert practice.rows(NEWEST) == [(125_000, "2026-03-17", "bank_transfer", "", "", "finance")]
    assert practice.balance_minor(GLOBEX) == before_minor + 125_000


async def test_the_row_is_painted_as_the_dialog_goes_before_anything_that_follows_from_that(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if much were on its way to each frame.
    monkeypatch.setattr(frames, "TURNS", 100)
    happened: list[str] = []
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payments, display = finance.app.screen, finance.app._display
        dispatch = payments._dispatch_message

        def painting(screen: Screen[Any], renderable: Any) -> None:
            display(screen, renderable)
            if screen is payments is finance.app.screen:
                happened.append(f"painted with {usd(finance.row.amount_minor)}")

        async def told(message: Message) -> None:
            if isinstance(message, ScreenResume):
                happened.append("resumed")
            await dispatch(message)

        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("77.25")
        await finance.sees("→")
        monkeypatch.setattr(finance.app, "_display", painting)
        monkeypatch.setattr(payments, "_dispatch_message", told)
        await finance.presses("enter")
        await finance.is_at("Payments")
        await finance.until(lambda: "resumed" in happened)
    assert happened[:2] == ["painted with USD 77.25", "resumed"]


async def test_it_is_typed_ahead_without_looking(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk() as finance:
        await finance.signs_in("finance")
        await finance.presses("slash")
        await finance.types("Globex")
        await finance.presses("enter", "u", "r")
        await finance.types("77.70")
        await finance.presses("enter")
        await finance.is_told("USD 77.70 recorded")
    assert practice.payments(GLOBEX) == before + 1


@pytest.mark.parametrize("keys", [("g", "r"), ("g", "enter"), ("g", *["down"] * 7, "enter")], ids=str)
async def test_the_gear_menu_leads_to_the_same_dialog(practice: Practice, keys: tuple[str, ...]) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses(*keys)
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.presses("enter")
        await finance.is_told("Globex Corporation: USD 10.00 recorded.")


async def test_every_field_of_the_form_is_kept_and_shown(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("12.34")
        await finance.presses("tab", "end", "ctrl+u")
        await finance.types("2026-03-02")
        await finance.presses("tab", "right")
        await finance.sees("‹ Check")
        await finance.presses("tab")
        await finance.fills_in("Check no. 81", "Came by courier")
        await finance.presses("enter")
        await finance.is_told("USD 12.34 recorded")
        assert practice.rows(NEWEST) == [
            (1_234, "2026-03-02", "check", "Check no. 81", "Came by courier", "finance"),
        ]
        await finance.is_at("Payments")
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.sees("Received 2026-03-02", "Method or card Check", "Reference Check no. 81")
        await finance.sees("Memo Came by courier", "Recorded by finance")


async def test_paying_more_than_is_due_leaves_a_credit_balance(practice: Practice) -> None:
    invoices = practice.rows(OPEN_INVOICES, GLOBEX)
    assert len(invoices) == 4
    due_minor = -practice.balance_minor(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, beneath=True) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types(Money(due_minor + 100, "USD").figure)
        rest = Money(invoices[3][1], "USD").figure
        await finance.sees("→ USD 1.00", f"{invoices[0][0]} (", f"1 more ({rest})")
        await finance.presses("enter")
        await finance.is_told("Balance: USD 1.00.")
        await finance.presses("h")
        await finance.is_at("Dashboard")
        await finance.sees("Credit balance USD 1.00", "Open invoices 0")


async def test_a_wrong_amount_is_explained_below_the_field_which_keeps_the_cursor(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        for wrong, sentence in WRONG_AMOUNTS.items():
            await finance.presses("end", "ctrl+u")
            await finance.types(wrong)
            await finance.presses("enter")
            await finance.errs(sentence)
            assert text_in(finance) == wrong
            assert "Working" not in finance.words
        await finance.presses("end", "ctrl+u")
        await finance.types("5")
        await finance.sees_no_more(sentence)
        assert practice.payments(GLOBEX) == before
        await finance.presses("enter")
        await finance.is_told("USD 5.00 recorded")
    assert practice.payments(GLOBEX) == before + 1


async def test_a_wrong_field_is_explained_below_it(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        for tabs, wrong, sentence in WRONG_FIELDS:
            await finance.presses("r")
            await finance.is_at("RecordPayment")
            await finance.types("10")
            await finance.presses(*["tab"] * tabs, "end", "ctrl+u")
            await finance.types(wrong)
            await finance.presses("enter")
            await finance.errs(sentence)
            assert text_in(finance) == wrong
            assert "Working" not in finance.words
            await finance.presses("escape")
            await finance.is_at("Payments")
    assert practice.payments(GLOBEX) == before


async def test_an_amount_in_yen_takes_no_decimals(practice: Practice) -> None:
    async with practice.desk("finance", YEN, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("1000.5")
        await finance.presses("enter")
        await finance.errs("Amount has too many decimals: JPY takes none.")
        await finance.presses("end", "backspace", "backspace", "enter")
        await finance.is_told("JPY 1,000 recorded")


async def test_a_retail_account_is_refused_with_the_reason(practice: Practice) -> None:
    async with practice.desk("finance", "10000870", Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_told("Record Payment is for corporate accounts; this account is Retail.")
        assert finance.place == "Payments"
