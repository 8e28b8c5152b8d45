"""Issue Credit, from All Accounts and from the customer's own screens."""

from __future__ import annotations

import pytest

from tests.screens.practice import GLOBEX, Practice
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place

TERMINATED = "10000352"
NEWEST = "SELECT kind, state, amount_minor, memo, expires, recorded_by FROM payment ORDER BY sequence DESC LIMIT 1"


async def test_finance_issues_a_credit_from_all_accounts_from_the_log_in_on(practice: Practice) -> None:
    before_minor = practice.balance_minor(GLOBEX)
    before, after = (str(Money(minor, "USD")) for minor in (before_minor, before_minor + 4_000))
    async with practice.desk() as finance:
        await finance.signs_in("finance")
        await finance.is_at("AllAccounts")
        await finance.until(lambda: finance.row and finance.row.number == GLOBEX, "came to Globex")
        await finance.presses("c")
        await finance.is_at("IssueCredit")
        await finance.fills_in("40", "Storage outage")
        await finance.sees(f"Balance {before} → {after}", "(40.00)")
        await finance.presses("enter")
        await finance.is_told(f"Issue Credit: Globex Corporation: credit of USD 40.00 issued. Balance: {after}.")
        await finance.is_at("AllAccounts")
        await finance.until(lambda: finance.row.balance.minor_units == before_minor + 4_000, "shows the new balance")
        assert finance.row.number == GLOBEX
    assert practice.rows(NEWEST) == [("credit", "completed", 4_000, "Storage outage", None, "finance")]


@pytest.mark.parametrize("keys", [("g", "c"), ("g", "enter"), ("g", "down", "enter")], ids=str)
async def test_the_gear_menu_of_all_accounts_leads_to_the_same_dialog(
    practice: Practice, keys: tuple[str, ...]
) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses(*keys)
        await finance.is_at("IssueCredit")
        await finance.fills_in("40", "Goodwill")
        await finance.presses("enter")
        await finance.is_told("Globex Corporation: credit of USD 40.00 issued.")


async def test_a_credit_issued_on_the_payments_tab_is_listed_and_selected(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("c")
        await finance.is_at("IssueCredit")
        await finance.fills_in("40", "Goodwill", "2026-12-31")
        await finance.presses("enter")
        await finance.is_told("credit of USD 40.00 issued")
        await finance.is_at("Payments")
        await finance.settles()
        assert (finance.row.kind.label, finance.row.amount_minor) == ("Credit", 4_000)
    assert practice.rows(NEWEST) == [("credit", "completed", 4_000, "Goodwill", "2026-12-31", "finance")]


async def test_the_dashboards_gear_menu_issues_a_credit_and_the_figures_follow(practice: Practice) -> None:
    after = Money(-practice.balance_minor(GLOBEX) - 4_000, "USD")
    async with practice.desk("finance", GLOBEX) as finance:
        await finance.presses("g", "c")
        await finance.is_at("IssueCredit")
        await finance.fills_in("40", "Goodwill")
        await finance.presses("enter")
        await finance.is_told("credit of USD 40.00 issued")
        await finance.is_at("Dashboard")
        await finance.sees(f"Amount due {after}")


async def test_amount_and_reason_are_required_and_a_day_that_has_passed_is_refused(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance") as finance:
        await finance.presses("c")
        await finance.is_at("IssueCredit")
        await finance.presses("enter")
        await finance.errs("Amount is required.")
        await finance.types("40")
        await finance.presses("enter")
        await finance.errs("Reason is required.")
        await finance.types("4111 1111 1111 1111")
        await finance.presses("enter")
        await finance.errs("Reason contains what looks like a card number.")
        await finance.presses("ctrl+u")
        await finance.types("Goodwill")
        await finance.presses("tab")
        for day, sentence in {
            "2026-03-17": "Expires must be a day after today.",
            "soon": "Expires is not a day. Type it like 2026-03-31.",
        }.items():
            await finance.presses("end", "ctrl+u")
            await finance.types(day)
            await finance.presses("enter")
            await finance.errs(sentence)
        assert practice.payments(GLOBEX) == before


async def test_a_terminated_account_gets_no_credit(practice: Practice) -> None:
    async with practice.desk("finance", TERMINATED, Place.PAYMENTS) as finance:
        await finance.presses("c")
        await finance.is_told("Issue Credit: Issue Credit is closed: this account is Terminated.")
        assert finance.place == "Payments"
