"""Card on File: a card is attached by the gateway's reference, from the dashboard and from the payments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.screens.practice import GLOBEX, MARA, Practice
from tui_billing.domain.errors import GatewayUnavailable
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.card_on_file import how_to
from tui_billing.services.cards import CardLink
from tui_billing.services.desk_services import DeskServices

HALINA = "10000833"
CARD = "SELECT card_payment_method_reference FROM account WHERE number = ?"


async def test_a_customer_without_a_card_puts_one_on_file_and_pays_with_it(practice: Practice) -> None:
    async with practice.desk("halina", HALINA) as halina:
        await halina.sees("Card on file none")
        await halina.presses("o")
        await halina.is_at("CardOnFile")
        await halina.sees("Payment method reference", "has no card page", "docs/sandbox.md", "card_approved")
        await halina.types("card_approved")
        await halina.presses("enter", "enter")
        await halina.is_told("Card on File: Halina Wąs: Visa •••• 4242, expires 12/29 is on file.")
        await halina.is_at("Dashboard")
        await halina.sees("Card on file Visa •••• 4242, 12/29")
        await halina.presses("p", "m")
        await halina.is_at("MakePayment")
    assert practice.one(CARD, HALINA) == "card_approved"


async def test_the_gear_menu_of_payments_leads_there_and_a_wrong_reference_can_be_corrected(practice: Practice) -> None:
    async with practice.desk("finance", MARA, Place.PAYMENTS) as finance:
        await finance.presses("g", "o")
        await finance.is_at("CardOnFile")
        await finance.types("4242424242424242")
        await finance.presses("enter")
        await finance.errs("That is a card number. Card numbers are never")
        await finance.presses("ctrl+u")
        await finance.types("card_unheard_of")
        await finance.presses("enter")
        await finance.sees("Refused: The sandbox has no such card.")
        await finance.presses("ctrl+u")
        await finance.types("card_lost")
        await finance.presses("enter")
        await finance.is_told("is on file.")
        await finance.is_at("Payments")
    assert practice.one(CARD, MARA) == "card_lost"


async def test_a_corporate_account_is_refused_with_the_reason(practice: Practice) -> None:
    reason = "A card on file is for retail accounts; this account is Corporate."
    async with practice.desk("finance", GLOBEX) as finance:
        await finance.presses("o")
        await finance.is_told(f"Card on File: {reason}")
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await finance.sees("o Card on File", reason)


async def test_a_gateway_that_is_down_is_told_and_nothing_is_lost(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*arguments: object) -> str:
        raise GatewayUnavailable("Stripe could not be reached; nothing was sent. Trying again is harmless.")

    def services() -> DeskServices:
        found = practice.services()
        gateways = {practice.gateway.name: practice.gateway}
        return replace(found, gateways=gateways)

    monkeypatch.setattr(practice.gateway, "create_customer", down)
    before = practice.one(CARD, HALINA)
    async with practice.desk("halina", HALINA, services=services) as halina:
        await halina.presses("o")
        await halina.is_at("CardOnFile")
        await halina.sees("Gateway not available: Stripe could not be reached")
        await halina.types("card_approved")
        await halina.presses("enter")
        await halina.settles()
        await halina.presses("escape")
        await halina.is_at("Dashboard")
    assert practice.one(CARD, HALINA) == before


def test_a_page_of_the_gateway_stands_on_a_line_of_its_own_to_be_copied() -> None:
    address = "https://checkout.stripe.com/c/pay/" + "x" * 500
    assert how_to(CardLink("stripe", address))[-1] == address


async def test_the_longest_of_cards_is_there_in_full(practice: Practice) -> None:
    practice.execute("UPDATE account SET card_brand = 'American Express' WHERE number = ?", MARA)
    async with practice.desk("mara", MARA) as mara:
        await mara.presses("o")
        await mara.is_at("CardOnFile")
        await mara.sees("American Express •••• 4242, expires 07/26", "Gateway sandbox")
