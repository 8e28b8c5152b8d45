"""Windows of every size, both themes, sixteen colours and none."""

from __future__ import annotations

import pytest

from tests.screens.practice import GLOBEX, SMALL, WIDE, Operator, Practice
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place

LARGEST = "SELECT max(amount_minor) FROM payment JOIN account ON account.id = account_id WHERE number = ?"


async def walk_through(finance: Operator) -> None:
    """Go through every place and open every kind of page."""
    await finance.is_at("AllAccounts")
    for keys, place in (
        ("g", "GearMenu"),
        ("escape c", "IssueCredit"),
        ("escape f1", "Help"),
        ("escape ctrl+p", "Palette"),
        ("escape enter", "Dashboard"),
        ("a", "Activity"),
        ("i", "Invoices"),
        ("enter", "DetailsView"),
        ("escape p", "Payments"),
        ("enter", "DetailsView"),
        ("escape r", "RecordPayment"),
        ("escape ctrl+l", "LockScreen"),
    ):
        await finance.presses(*keys.split())
        await finance.is_at(place)
        await finance.settles()
        assert finance.lines


async def test_a_huge_window_is_filled_to_its_edges(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, size=(250, 70)) as finance:
        await finance.sees("Ledger entries")
        assert "r Record Payment" in finance.lines[69]
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.sees("OK", "Cancel")


@pytest.mark.parametrize("size", [(20, 5), (3, 2)], ids=str)
async def test_every_screen_opens_in_a_tiny_window(practice: Practice, size: tuple[int, int]) -> None:
    async with practice.desk("finance", size=size) as finance:
        await walk_through(finance)


async def test_the_log_in_works_in_a_tiny_window(practice: Practice) -> None:
    async with practice.desk(size=(1, 1)) as finance:
        await finance.settles()
        await finance.pilot.resize_terminal(20, 5)
        await finance.signs_in("finance")
        await finance.is_at("AllAccounts")


async def test_the_window_may_change_its_size_at_any_moment(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: row.kind.label == "Credit")
        for size in (WIDE, (20, 5), (1, 1), SMALL):
            await finance.pilot.resize_terminal(*size)
            await finance.settles()
        assert finance.row.id == payment.id
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        for size in (WIDE, (20, 5), SMALL):
            await finance.pilot.resize_terminal(*size)
            await finance.settles()
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")


async def test_a_wide_window_shows_the_details_beside_the_list(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, size=WIDE) as finance:
        await finance.sees("Ledger entries")
        await finance.pilot.resize_terminal(*SMALL)
        await finance.sees_no_more("Ledger entries")
        await finance.pilot.resize_terminal(*WIDE)
        await finance.presses("j")
        await finance.sees("Ledger entries")


@pytest.mark.parametrize(
    "environment",
    [{"TERM": "xterm"}, {"TERM": "screen"}, {"TERM": "tmux"}, {"TERM": "xterm-256color"}, {"NO_COLOR": "1"}],
    ids=str,
)
async def test_every_screen_opens_whatever_the_terminal_calls_itself(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    monkeypatch.delenv("COLORTERM")
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.sees("Globex Corporation › Usage and Billing › Payments")
        assert "ansi" in finance.app.theme or environment != {"TERM": "xterm"}
        assert [line for line in finance.lines if line.startswith("› ")], "the cursor shows without colour"
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.presses("tab", "tab")
        await finance.sees("‹ Bank transfer")


async def test_the_theme_is_light_or_dark_as_one_likes(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        dark = finance.app.theme
        for theme in ("another one", dark):
            await finance.presses("ctrl+p")
            await finance.is_at("Palette")
            await finance.types("Light or dark")
            await finance.sees("Light or dark theme")
            await finance.presses("enter")
            await finance.is_at("AllAccounts")
            await finance.until(lambda theme=theme: (finance.app.theme == dark) is (theme == dark))  # type: ignore[misc]
            await finance.sees("Globex Corporation")


@pytest.mark.parametrize("size", [SMALL, (110, 24), WIDE], ids=str)
async def test_the_largest_amounts_are_never_cut_off(practice: Practice, size: tuple[int, int]) -> None:
    kuwait = "10000241"
    largest = str(Money(99_999_999_990, "KWD"))
    practice.execute("UPDATE account SET funds_minor = 0, receivable_minor = 99999999990 WHERE number = ?", kuwait)
    practice.execute("DROP TRIGGER payment_refuses_update")
    practice.execute("DROP TRIGGER invoice_refuses_update")
    practice.execute(
        "UPDATE payment SET amount_minor = 99999999990, state = 'partly_charged_back', charged_back_minor = 1"
        " WHERE sequence = (SELECT max(payment.sequence) FROM payment JOIN account ON account.id = account_id"
        " WHERE number = ?)",
        kuwait,
    )
    practice.execute(
        "UPDATE invoice SET total_minor = 99999999990, due_minor = 99999999990 WHERE account_id ="
        " (SELECT id FROM account WHERE number = ?)",
        kuwait,
    )
    async with practice.desk("finance", size=size) as finance:
        await finance.sees("KWD -99,999,999.990")
        await finance.goes_to(kuwait, Place.PAYMENTS)
        assert [line for line in finance.lines if f"{largest} " in line and "Partly charged back" in line]
        await finance.presses("i")
        await finance.is_at("Invoices")
        await finance.settles()
        assert [line for line in finance.lines if line.startswith("› ") and f"{largest} " in line]
        await finance.presses("h")
        await finance.is_at("Dashboard")
        await finance.sees(f"Amount due {largest}")


async def test_the_longest_dialog_fits_with_an_error_below_a_field(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("7,000")
        await finance.presses("tab", "end", "ctrl+u")
        await finance.types("2099-01-01")
        await finance.presses("enter")
        await finance.errs("Received date lies in the future. Record the payment when it has come.")
        await finance.sees("Record Payment", "Amount", "Memo", "OK", "Cancel", "Enter OK · Tab next field · Esc Cancel")
        top, bottom = (next(y for y, line in enumerate(finance.lines) if mark in line) for mark in "╭╰")
        assert 0 <= top < bottom < 24
