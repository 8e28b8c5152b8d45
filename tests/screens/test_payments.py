"""The keys of the Payments tab."""

from __future__ import annotations

import threading

import pytest

from tests.screens.practice import BRUNO, DEADLINE_S, DIEGO, GLOBEX, WIDE, Practice
from tui_billing.domain.payments import PaymentFilter
from tui_billing.screens import searched_screen
from tui_billing.screens.messages import Place
from tui_billing.screens.searched_screen import SearchedScreen
from tui_billing.services.payments import PaymentDetails, Payments


async def test_the_filter_goes_round_all_kinds_and_says_which_one_is_shown(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        everything = [row.id for row in finance.table._feed.window.visible]
        shown = {}
        for kind in list(PaymentFilter)[1:]:
            await finance.presses("f")
            await finance.sees(f"{kind.value} · Balance")
            await finance.settles()
            shown[kind] = list(finance.table._feed.window.rows)
        assert {row.kind.value for row in shown[PaymentFilter.RECORDED]} == {"record"}
        assert {row.kind.value for row in shown[PaymentFilter.CREDITS]} == {"credit"}
        assert {row.state.value for row in shown[PaymentFilter.GIVEN_BACK]} == {"cancelled"}
        assert not shown[PaymentFilter.PENDING]
        assert not shown[PaymentFilter.CARD]
        await finance.sees("No payment matches.")
        await finance.presses("f")
        await finance.sees_no_more(" · Balance")
        await finance.settles()
        assert [row.id for row in finance.table._feed.window.visible] == everything


async def test_a_payment_made_while_a_filter_hides_it_is_shown_nevertheless(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("f", "f")
        await finance.sees("Card · Balance")
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("31.07")
        await finance.presses("enter")
        await finance.is_at("Payments")
        await finance.sees_no_more(" · Balance")
        await finance.until(lambda: finance.row and finance.row.amount_minor == 3_107, "selected the new payment")


async def test_a_payment_received_earlier_is_selected_where_it_belongs(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("31.07")
        await finance.presses("tab", "end", "ctrl+u")
        await finance.types("2024-06-01")
        await finance.presses("enter")
        await finance.is_told("USD 31.07 recorded")
        await finance.is_at("Payments")
        await finance.until(lambda: finance.row and finance.row.amount_minor == 3_107, "selected the new payment")
        await finance.sees("› 2024-06-01")


async def test_a_payment_opens_with_everything_about_it(practice: Practice) -> None:
    async with practice.desk("finance", BRUNO, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: row.state.label == "Partly charged back")
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.sees(f"ID {payment.id}", "Kind AUTO", "State Partly charged back", "Gateway sandbox")
        await finance.sees(f"Left to return {payment.returnable}", "Invoices it paid")
        await finance.presses("pagedown", "pagedown")
        await finance.sees("Charge backs", "Ledger entries")
        await finance.presses(*"kkkk", "pageup", "pageup")
        await finance.sees(f"ID {payment.id}")
        await finance.presses("enter")
        await finance.is_at("Payments")
        assert finance.row.id == payment.id


async def test_f5_reads_the_list_and_the_balance_again(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = finance.row
        practice.execute("DROP TRIGGER payment_refuses_update")
        practice.execute("UPDATE payment SET recorded_by = 'somebody else' WHERE id = ?", payment.id)
        practice.execute("UPDATE account SET receivable_minor = 4242 WHERE number = ?", GLOBEX)
        await finance.presses("f5")
        await finance.sees("Recorded by somebody else", "Balance USD -42.42")
        assert finance.row.id == payment.id


async def test_a_second_desk_is_noticed_before_anything_is_done_twice(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: (row.kind, row.state) == ("record", "completed"))
        async with practice.desk("finance2", GLOBEX, Place.PAYMENTS) as colleague:
            await colleague.selects(lambda row: row.id == payment.id)
            await colleague.presses("x")
            await colleague.is_at("Cancel")
            await colleague.presses("enter")
            await colleague.is_told(f"payment of {payment.amount} cancelled")
        await finance.presses("x")
        await finance.is_told("Cancel Payment: Already cancelled on 2026-03-17 09:30 UTC by finance2.")
        assert finance.place == "Payments"


async def test_two_desks_with_the_same_dialog_open_cancel_once(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: (row.kind, row.state) == ("record", "completed"))
        await finance.presses("x")
        await finance.is_at("Cancel")
        async with practice.desk("finance2", GLOBEX, Place.PAYMENTS) as colleague:
            await colleague.selects(lambda row: row.id == payment.id)
            await colleague.presses("x")
            await colleague.is_at("Cancel")
            await colleague.presses("enter")
            await colleague.is_told(f"payment of {payment.amount} cancelled")
        await finance.presses("enter")
        # Whether the dialog has heard of it before OK or is refused by it.
        await finance.sees("Already cancelled on 2026-03-17 09:30 UTC by finance2.")
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.until(lambda: finance.row.state.label == "Cancelled", "shows what has happened")


async def test_of_a_failed_payment_nothing_is_left_to_return(practice: Practice) -> None:
    async with practice.desk("finance", DIEGO, Place.PAYMENTS) as finance:
        await finance.selects(lambda row: row.state.label == "Failed")
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.sees("State Failed", "Gateway sandbox")
        assert "Left to return" not in finance.words


async def test_an_empty_list_says_which_keys_show_more(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("f", "f")
        await finance.sees("No payment matches. f shows the next kind")
        await finance.presses("slash")
        await finance.types("nothing")
        await finance.sees("No payment matches. Esc clears the search · f shows the next kind")


async def test_a_frame_waits_for_the_details_of_the_row_that_the_cursor_came_to_but_not_for_long(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, read = threading.Event(), Payments.details
    answers.set()

    def held(*arguments: object) -> PaymentDetails:
        answers.wait(DEADLINE_S)
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Payments, "details", held)
    monkeypatch.setattr(searched_screen, "DETAILS_S", DEADLINE_S)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, size=WIDE) as finance:
        await finance.sees("Ledger entries")
        screen = finance.app.screen
        assert isinstance(screen, SearchedScreen)
        assert not screen.about_to_change
        answers.clear()
        await finance.presses("down")
        await finance.until(lambda: screen.about_to_change, "waits")
        await finance.sees_no_more("Ledger entries")
        answers.set()
        await finance.sees("Ledger entries")
        assert not screen.about_to_change
        monkeypatch.setattr(searched_screen, "DETAILS_S", 0.0)
        answers.clear()
        await finance.presses("down")
        await finance.sees_no_more("Ledger entries")
        assert not screen.about_to_change
        answers.set()
