"""Issue Charge Back: the money of a card payment goes back through its gateway."""

from __future__ import annotations

from tests.screens.practice import BRUNO, GLOBEX, MARA, Practice
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place

REFUSING = "10000685"
NEWEST = (
    "SELECT state, amount_minor, reason, case_reference, failure_reason, issued_by"
    " FROM charge_back ORDER BY sequence DESC LIMIT 1"
)


async def test_finance_charges_a_payment_back_whole_from_the_log_in_on(practice: Practice) -> None:
    async with practice.desk() as finance:
        await finance.signs_in("finance")
        await finance.is_at("AllAccounts")
        await finance.presses("slash")
        await finance.types("mara")
        await finance.presses("down", "enter")
        await finance.is_at("Dashboard")
        await finance.presses("u")
        await finance.is_at("Payments")
        await finance.presses("j")
        await finance.settles()
        payment = finance.row
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        left = payment.amount.figure
        await finance.sees(f"Payment {payment.short_id} · received {payment.received}")
        await finance.sees(f"left: {left}", f"Balance EUR 0.00 → EUR -{left}", "Re-opens INV-", f"({left})")
        await finance.presses("enter")
        told = f"Mara Lindqvist: {payment.amount} charged back to Visa •••• 4242. Balance: EUR -{left}."
        await finance.is_told(f"Issue Charge Back: {told}")
        await finance.is_at("Payments")
        await finance.settles()
        assert (finance.row.id, finance.row.state.label) == (payment.id, "Charged back")
        await finance.presses("b")
        await finance.is_told("Issue Charge Back: Already charged back in full.")
    assert practice.rows(NEWEST) == [("completed", payment.amount_minor, None, "", "", "finance")]
    assert practice.balance_minor(MARA) == -payment.amount_minor


async def test_a_part_is_charged_back_through_the_gear_menu_with_the_banks_reason_and_case(practice: Practice) -> None:
    async with practice.desk("finance", MARA, Place.PAYMENTS) as finance:
        payment = finance.row
        for keys in (("b",), ("enter",)):
            await finance.presses("g", *keys)
            await finance.is_at("IssueChargeBack")
            await finance.presses("escape")
            await finance.is_at("Payments")
        await finance.presses("g", "up", "down", "enter")
        await finance.is_at("IssueChargeBack")
        await finance.presses("end", "ctrl+u")
        await finance.types("10.00")
        await finance.sees("→ EUR -10.00", "Re-opens INV-", "(10.00)")
        await finance.presses("tab", "d")
        await finance.sees("‹ Duplicate")
        await finance.presses("tab")
        await finance.types("CB-2026-77")
        await finance.presses("enter")
        await finance.is_told("EUR 10.00 charged back to Visa •••• 4242. Balance: EUR -10.00.")
        await finance.is_at("Payments")
        await finance.settles()
        assert (finance.row.id, finance.row.state.label) == (payment.id, "Partly charged back")
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        rest = Money(payment.amount_minor - 1_000, "EUR").figure
        await finance.sees(f"left: {rest}")
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.presses("pagedown")
        await finance.sees("Charge backs", "EUR 10.00 · Completed · Duplicate · CB-2026-77 · by finance")
    assert practice.rows(NEWEST) == [("completed", 1_000, "duplicate", "CB-2026-77", "", "finance")]


async def test_more_than_is_left_is_refused_and_an_emptied_amount_is_not_all_of_it(practice: Practice) -> None:
    charge_backs = practice.one("SELECT count(*) FROM charge_back")
    async with practice.desk("finance", MARA, Place.PAYMENTS) as finance:
        left = finance.row.returnable
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        await finance.presses("end", "ctrl+u", "enter")
        await finance.errs("Amount is required.")
        await finance.types("9999")
        await finance.presses("enter")
        await finance.sees(f"Refused: Only {left} of this payment is left to charge back.")
        assert finance.place == "IssueChargeBack"
        await finance.presses("tab", "tab")
        await finance.types("5500 0000 0000 0004")
        await finance.presses("shift+tab", "shift+tab", "end", "ctrl+u")
        await finance.types("1")
        await finance.presses("enter")
        await finance.errs("Case reference contains what looks like a card number.")
    assert practice.one("SELECT count(*) FROM charge_back") == charge_backs


async def test_a_gateway_that_refuses_is_quoted_and_nothing_is_booked(practice: Practice) -> None:
    balance_minor = practice.balance_minor(REFUSING)
    async with practice.desk("finance", REFUSING, Place.PAYMENTS) as finance:
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        await finance.presses("enter")
        await finance.sees("The gateway refused: The card issuer refuses refunds. Nothing was given back.")
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.settles()
        assert finance.row.state.label == "Completed"
    assert practice.balance_minor(REFUSING) == balance_minor


async def test_a_recorded_payment_is_refused_with_the_way_back_it_has(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("b")
        await finance.is_told("Only card payments are charged back; this one is RECORD. Use Cancel Payment.")
        assert finance.place == "Payments"


async def test_a_payment_charged_back_earlier_is_refused_and_what_is_left_of_another_one_is_offered(
    practice: Practice,
) -> None:
    async with practice.desk("finance", BRUNO, Place.PAYMENTS) as finance:
        await finance.selects(lambda payment: payment.state.label == "Charged back")
        await finance.presses("b")
        await finance.is_told("Already charged back in full.")
        payment = await finance.selects(lambda payment: payment.state.label == "Partly charged back")
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        await finance.sees(f"left: {payment.returnable.figure}")
        assert 0 < payment.returnable.minor_units < payment.amount_minor
