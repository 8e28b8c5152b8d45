"""One dialog is one payment, however often, by whatever and in whatever hurry it is submitted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.desk_fixtures import with_service
from tests.screens.practice import DEADLINE_S, DIEGO, GLOBEX, MARA, YUSUF, Operator, Practice
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.money_dialog import MoneyDialog
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.payments import Payments
from tui_billing.services.requests import RecordRequest
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession

CARD_STATES = (
    "SELECT state, count(*) FROM payment WHERE account_id = (SELECT id FROM account WHERE number = ?) GROUP BY 1"
)


class HeldPayments(Payments):
    """Record Payment that takes as long as a test likes."""

    go_on = threading.Event()
    calls = 0

    def record(self, session: OperatorSession, number: str, request: RecordRequest, key: str) -> MoneyMoved:
        HeldPayments.calls += 1
        HeldPayments.go_on.wait(DEADLINE_S)
        return super().record(session, number, request, key)


def held_services(practice: Practice) -> Callable[[], DeskServices]:
    HeldPayments.go_on = threading.Event()
    HeldPayments.calls = 0

    def services() -> DeskServices:
        opened = practice.services()
        held: Any = HeldPayments(opened.payments.store, opened.payments.gateways, opened.payments.clock)
        return with_service(opened, "payments", held)

    return services


async def fills_in_a_payment(operator: Operator) -> None:
    """Be about to pay 10 by card, at a gateway that will not answer."""
    operator.practice.gateway.open.clear()
    await operator.presses("m")
    await operator.is_at("MakePayment")
    await operator.types("10")


async def sends_it(operator: Operator) -> None:
    """Have it in flight."""
    await operator.presses("enter")
    await operator.until(lambda: operator.practice.gateway.calls == 1, "asked the gateway")


async def by_enter(operator: Operator) -> None:
    await operator.presses("enter")


async def by_click(operator: Operator) -> None:
    await operator.clicks("OK  ")


@pytest.mark.parametrize(
    "submits",
    [(by_enter, by_enter, by_enter), (by_click, by_click, by_click), (by_enter, by_click, by_enter)],
    ids=["enter", "click", "both"],
)
async def test_submitting_three_times_while_it_is_under_way_is_one_payment(
    practice: Practice, submits: tuple[Callable[[Operator], Any], ...]
) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, services=held_services(practice)) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("(10.00)")
        first, second, third = submits
        await first(finance)
        await second(finance)
        await finance.sees("Working… this dialog closes when it is done.")
        await third(finance)
        await finance.settles()
        assert finance.place == "RecordPayment"
        HeldPayments.go_on.set()
        await finance.is_told("USD 10.00 recorded")
        await finance.settles()
    assert HeldPayments.calls == 1
    assert practice.payments(GLOBEX) == before + 1


async def test_three_enters_in_one_write_are_one_payment(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.types("10")
        await finance.presses("enter", "enter", "enter")
        await finance.is_told("USD 10.00 recorded")
        await finance.settles()
    assert practice.payments(GLOBEX) == before + 1


async def test_a_dialog_under_way_cannot_be_left_nor_edited(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, services=held_services(practice)) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.presses("enter")
        await finance.sees("Working…")
        await finance.presses("escape")
        await finance.clicks("Cancel  ")
        await finance.types("00")
        await finance.settles()
        assert finance.place == "RecordPayment"
        HeldPayments.go_on.set()
        await finance.is_told("USD 10.00 recorded")


async def test_quitting_asks_while_a_payment_is_in_flight_and_esc_stays(practice: Practice) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await fills_in_a_payment(mara)
        await sends_it(mara)
        await mara.presses("ctrl+q")
        await mara.is_at("ConfirmQuit")
        await mara.sees("A payment is in flight", "a charge stays Pending there")
        await mara.presses("escape")
        await mara.is_at("MakePayment")
        practice.gateway.open.set()
        await mara.is_told("EUR 10.00 charged")
        await mara.presses("ctrl+q")
        await mara.until(lambda: not mara.app.is_running, "left")


async def test_a_payment_in_flight_when_one_quits_is_finished_or_found_out_at_the_next_start(
    practice: Practice,
) -> None:
    completed = dict(practice.rows(CARD_STATES, MARA)).get("completed", 0)
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await fills_in_a_payment(mara)
        await sends_it(mara)
        await mara.presses("ctrl+q")
        await mara.is_at("ConfirmQuit")
        assert dict(practice.rows(CARD_STATES, MARA))["pending"] == 1
        practice.gateway.open.set()
        await mara.presses("q")
        await mara.until(lambda: not mara.app.is_running, "left")
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.until(lambda: dict(practice.rows(CARD_STATES, MARA)).get("completed") == completed + 1, "found out")
    assert practice.balance_minor(MARA) == 1_000


async def test_nothing_of_a_money_dialog_is_painted_while_what_it_sent_is_under_way(practice: Practice) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await fills_in_a_payment(mara)
        await mara.sees("→ EUR 10.00")
        dialog = mara.app.screen
        assert isinstance(dialog, MoneyDialog)
        assert not dialog.about_to_change
        await sends_it(mara)
        assert dialog.about_to_change


async def test_the_desk_locks_over_a_payment_in_flight_which_goes_on(practice: Practice) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await fills_in_a_payment(mara)
        await sends_it(mara)
        await mara.presses("ctrl+l")
        await mara.is_at("LockScreen")
        practice.gateway.open.set()
        await mara.until(lambda: practice.balance_minor(MARA) == 1_000, "booked it")
        assert mara.place == "LockScreen"
        assert "EUR" not in mara.words
        await mara.types("practice-makes-paid")
        await mara.presses("enter")
        await mara.is_told("EUR 10.00 charged")
        await mara.is_at("Payments")


@pytest.mark.parametrize(
    ("name", "number", "amount", "key", "outcome"),
    [
        ("diego", DIEGO, "USD 10.00", "l", "The card was not charged: The request never reached the gateway"),
        ("yusuf", YUSUF, "KWD 10.000", "enter", "charged to Visa •••• 0409"),
    ],
    ids=["never arrived", "answer lost"],
)
async def test_an_unknown_outcome_keeps_the_dialog_which_looks_it_up_and_charges_once(
    practice: Practice, name: str, number: str, amount: str, key: str, outcome: str
) -> None:
    before = practice.payments(number)
    async with practice.desk(name, number, Place.PAYMENTS) as customer:
        await customer.presses("m")
        await customer.is_at("MakePayment")
        await customer.presses("end", "ctrl+u")
        await customer.types("10")
        await customer.presses("enter")
        await customer.sees(
            f"The gateway has not answered for {amount}.", "stays Pending", "do not charge the card again", "Look up"
        )
        assert customer.place == "MakePayment"
        practice.clock.now = practice.clock.now.replace(hour=10)
        await customer.presses(key)
        await customer.until(lambda: outcome in customer.words + "".join(customer.notices), "looked it up")
        if customer.place == "MakePayment":
            await customer.presses("escape")
        await customer.is_at("Payments")
        await customer.settles()
    assert practice.payments(number) == before + 1
    assert practice.gateway.calls == 1


async def test_an_unknown_outcome_that_is_left_is_listed_as_pending_and_blocks_what_depends_on_it(
    practice: Practice,
) -> None:
    async with practice.desk("diego", DIEGO, Place.PAYMENTS) as diego:
        await diego.presses("m")
        await diego.is_at("MakePayment")
        await diego.presses("enter")
        await diego.sees("The gateway has not answered")
        await diego.presses("escape")
        await diego.is_at("Payments")
        await diego.presses("home")
        await diego.sees("Pending: sent, and the gateway has not answered yet")
        assert diego.row.state.label == "Pending"
    async with practice.desk("finance", DIEGO, Place.PAYMENTS) as finance:
        # The desk that starts looks it up: this request never arrived.
        await finance.until(lambda: "pending" not in dict(practice.rows(CARD_STATES, DIEGO)), "looked it up")


async def test_what_was_sent_unread_and_not_answered_shows_its_own_figures_and_the_next_charge_warns_of_it(
    practice: Practice,
) -> None:
    balance = Money(practice.balance_minor(DIEGO), "USD")
    async with practice.desk("diego", DIEGO, Place.PAYMENTS) as diego:
        await diego.presses("m")
        await diego.is_at("MakePayment")
        await diego.presses("end", "ctrl+u")
        await diego.types("3")
        await diego.presses("enter")
        await diego.sees(
            "The gateway has not answered for USD 3.00",
            f"Balance {balance} → {Money(balance.minor_units + 300, 'USD')}",
        )
        await diego.presses("escape")
        await diego.is_at("Payments")
        await diego.presses("m")
        await diego.is_at("MakePayment")
        await diego.sees("USD 3.00 is Pending and may have been charged: look it up first (l on its row)")


async def test_a_charge_back_with_an_unknown_outcome_is_looked_up_in_its_dialog(practice: Practice) -> None:
    number = practice.one("SELECT number FROM account WHERE name = 'Zsófia Őri'")
    async with practice.desk("finance", number, Place.PAYMENTS) as finance:
        payment = await finance.selects(lambda row: row.state.label == "Completed")
        await finance.presses("b")
        await finance.is_at("IssueChargeBack")
        await finance.presses("enter")
        await finance.sees("The gateway has not answered for the charge back")
        await finance.presses("enter")
        await finance.is_told(f"{payment.amount} charged back to Mastercard •••• 8210")
        await finance.is_at("Payments")
        await finance.settles()
        assert finance.row.state.label == "Charged back"
    assert practice.gateway.calls == 1
