"""The keys of a customer's dashboard, of Usage and Billing, and the ways between them."""

from __future__ import annotations

import pytest

from tests.screens.practice import BRUNO, GLOBEX, MARA, Practice
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.details import DetailsView
from tui_billing.widgets.details import Detail

EMPTY = "10000389"


@pytest.mark.parametrize("forth", ["u", "ctrl+right"])
@pytest.mark.parametrize("back", ["h", "ctrl+left", "escape"])
async def test_usage_and_billing_opens_on_the_payments_and_the_dashboard_is_one_key_away(
    practice: Practice, forth: str, back: str
) -> None:
    async with practice.desk("finance", GLOBEX) as finance:
        await finance.presses(forth)
        await finance.is_at("Payments")
        await finance.sees("Globex Corporation › Usage and Billing › Payments")
        await finance.presses(back)
        await finance.is_at("Dashboard")
        await finance.sees("Net balance")


async def test_the_places_of_usage_and_billing_have_a_key_each_and_esc_leads_to_the_dashboard_from_all(
    practice: Practice,
) -> None:
    async with practice.desk("finance", GLOBEX, beneath=True) as finance:
        for key, place in {"a": "Activity", "i": "Invoices", "p": "Payments"}.items():
            await finance.presses(key)
            await finance.is_at(place)
            await finance.sees(f"Usage and Billing › {place}")
        for key, place in {"a": "Activity", "i": "Invoices"}.items():
            await finance.presses(key)
            await finance.is_at(place)
            await finance.presses("escape")
            await finance.is_at("Dashboard")
        await finance.presses("escape")
        await finance.is_at("AllAccounts")


async def test_the_dashboard_tells_where_the_account_stands(practice: Practice) -> None:
    open_invoices, due_minor = practice.rows(
        "SELECT count(*), sum(due_minor) FROM invoice JOIN account ON account.id = account_id"
        " WHERE account.number = ? AND due_minor > 0",
        GLOBEX,
    )[0]
    async with practice.desk("finance", GLOBEX) as finance:
        due = f"{due_minor / 100:,.2f}"
        await finance.sees(f"Net balance USD {due}", f"Amount due USD {due}", "Credit balance USD 0.00")
        await finance.sees(f"Open invoices {open_invoices}, 3 overdue", "Last payment USD 1,236.49, 2025-11-12")
        await finance.sees("Due by age", "Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
        await finance.sees("Twelve months", "█ Charges ▒ Payments", "Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar")


async def test_f5_reads_the_dashboard_again(practice: Practice) -> None:
    async with practice.desk("finance", BRUNO) as finance:
        await finance.sees("Card on file Visa •••• 4242")
        practice.execute("UPDATE account SET card_last_four = '1881' WHERE number = ?", BRUNO)
        await finance.presses("f5")
        await finance.sees("Card on file Visa •••• 1881")


async def test_activity_shows_the_running_statement_first_and_its_sum_term_by_term(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.ACTIVITY) as finance:
        await finance.sees("Statement 2026-02-19–2026-03-18", "Who owes the customer")
        await finance.sees("Balance forward USD 10,750.05", "+ New charges USD 0.00", "= Net balance USD 10,750.05")
        assert finance.row.provisional
        assert finance.row.net_balance_minor == -practice.balance_minor(GLOBEX)
        await finance.presses("j")
        await finance.sees("Statement 2026-01-19–2026-02-18")
        newer, older = finance.table._feed.window.rows[:2]
        assert older.net_balance_minor == newer.balance_forward_minor
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.sees("Statement 2026-01-19–2026-02-18", "Balance forward", "Who owes the customer")
        await finance.presses("escape")
        await finance.is_at("Activity")


async def test_an_invoice_opens_with_its_lines_and_what_paid_it(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.INVOICES) as finance:
        await finance.sees("Invoice INV-2026-000024 · 2026-01-19 to 2026-02-18", "State Open", "Still due USD 1,479.38")
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.sees("Lines", "Paid from credit USD 0.00")
        await finance.presses("end", "pagedown", "pagedown")
        await finance.sees("Paid by nothing yet")
        await finance.presses("escape")
        await finance.is_at("Invoices")
        await finance.selects(lambda invoice: not invoice.due_minor)
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.presses("pagedown", "pagedown")
        await finance.sees("Paid by", "RECORD ")


async def test_f5_reads_the_invoices_and_the_statements_again(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.INVOICES) as finance:
        practice.execute("DROP TRIGGER invoice_refuses_update")
        practice.execute("UPDATE invoice SET number = 'INV-2026-777777' WHERE number = 'INV-2026-000024'")
        await finance.presses("f5")
        await finance.sees("› INV-2026-777777")
        await finance.presses("a")
        await finance.is_at("Activity")
        charges_minor = finance.row.charges_minor
        practice.execute(
            "INSERT INTO invoice"
            " (number, account_id, period_start, period_end, issued, due_date, total_minor, due_minor)"
            " SELECT 'INV-2026-888888', account_id, '2026-02-19', '2026-03-18', issued, due_date, 4242, 0 FROM invoice"
            " WHERE account_id = (SELECT id FROM account WHERE number = ?) LIMIT 1",
            GLOBEX,
        )
        await finance.presses("f5")
        await finance.until(lambda: finance.row.charges_minor == charges_minor + 4_242, "shows the new charge")


async def test_an_account_without_history_says_so_in_every_place(practice: Practice) -> None:
    async with practice.desk("finance", EMPTY) as finance:
        await finance.sees("Last payment none yet", "Open invoices 0")
        await finance.presses("p")
        await finance.sees("No payments here yet.")
        await finance.presses("enter")
        await finance.presses("i")
        await finance.sees("No invoices yet.")
        await finance.presses("a")
        await finance.is_at("Activity")
        await finance.presses("p", "x")
        await finance.is_told("No payment is selected.")


@pytest.mark.parametrize("name", ["A long name " * 20, "日本橋商事" * 40])
async def test_however_long_the_name_the_number_of_the_viewed_customer_is_in_sight(
    practice: Practice, name: str
) -> None:
    practice.execute("UPDATE account SET name = ? WHERE number = ?", name, GLOBEX)
    async with practice.desk("finance", GLOBEX) as finance:
        await finance.sees(f"· {GLOBEX} · Esc")


async def test_a_details_page_shows_a_title_that_looks_like_markup_as_it_is(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX) as finance:
        finance.app.push_screen(DetailsView("[/]", [Detail("Name", "Globex")]))
        await finance.sees("[/]", "Esc Close")


async def test_a_place_that_is_opened_again_has_nothing_on_it_of_the_customer_before(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures: list[str] = []
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        of_globex = [row.short_id for row in (finance.row,)]
        await finance.presses("f", "slash")
        await finance.types("INV")
        monkeypatch.setattr(finance.app, "post_display_hook", lambda: pictures.append(finance.screen))
        await finance.goes_to(MARA, Place.DASHBOARD)
        await finance.goes_to(MARA, Place.PAYMENTS)
        await finance.sees("Mara Lindqvist › Usage and Billing › Payments", "Balance EUR")
        assert "INV" not in finance.screen.splitlines()[4]
    of_mara = [picture for picture in pictures if "Mara Lindqvist ›" in picture or "customer: Mara" in picture]
    assert len(of_mara) > 1
    assert not [picture for picture in of_mara if any(words in picture for words in ("Globex", GLOBEX, *of_globex))]


async def test_a_screen_is_made_once_for_a_session_and_not_kept_for_the_next_one(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        kept = finance.app.screen
        await finance.goes_to(BRUNO, Place.PAYMENTS)
        assert finance.app.screen is kept
        finance.app.action_log_out()
        await finance.is_at("LoginScreen")
        await finance.sits_down("root")
        await finance.goes_to(BRUNO, Place.PAYMENTS)
        assert finance.app.screen is not kept
