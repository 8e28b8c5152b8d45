"""Cards on file: attached by reference, at the gateway that new cards go to, which is asked outside any transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk_fixtures import CARDLESS, CORPORATE, RETAIL, TRIAL, Desk, with_gateways
from tui_billing.domain.accounts import Account, AccountState
from tui_billing.domain.errors import GatewayUnavailable, InvalidInput, RuleRefused
from tui_billing.gateways.base import Answer, AttachedCard, RefundRequest
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.services.cards import CardLink, Cards

CUSTOMERS = "SELECT count(*), count(reference) FROM gateway_customer"


class OtherGateway(SandboxGateway):
    """A second gateway with customers, references and a page of its own; it fails as often as it is told to."""

    name = "other"
    failures = 0

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.gateway._record._path.with_name("other.sandbox.db"))
        self.desk = desk
        self.made: list[str] = []
        self.attached: list[tuple[str, str]] = []
        self.refunded: list[str] = []

    def _answers(self) -> None:
        # Another writer could not come in while a transaction is open.
        self.desk.execute("UPDATE account SET search = search")
        if self.failures:
            self.failures -= 1
            raise GatewayUnavailable("The gateway did not answer. Trying again is harmless.")

    def create_customer(self, account_number: str, name: str, key: str) -> str:
        self.made.append(key)
        self._answers()
        return f"other_{account_number}"

    def attach_card(self, customer_reference: str, payment_method_reference: str) -> AttachedCard:
        self._answers()
        self.attached.append((customer_reference, payment_method_reference))
        return AttachedCard("Mastercard", "4444", "11/30", "card_approved")

    def card_link(self, customer_reference: str) -> str | None:
        self._answers()
        return f"https://pay.example/{customer_reference}"

    def refund(self, request: RefundRequest) -> Answer:
        self.refunded.append(request.charge_back_id)
        return super().refund(request)


@pytest.fixture
def other(desk: Desk) -> OtherGateway:
    """The gateway that new cards go to, beside the sandbox."""
    gateway = OtherGateway(desk)
    services = with_gateways(desk.services, desk.gateway, gateway)
    desk.services = replace(services, default_gateway=gateway.name)
    return gateway


def attach(desk: Desk, number: str = CARDLESS, reference: str = "card_approved") -> Account:
    return desk.services.cards.attach(desk.finance, number, reference)


def test_a_card_is_kept_with_its_gateway_and_references(desk: Desk) -> None:
    card = attach(desk).card
    assert card is not None
    assert (card.label, card.expiry, card.gateway) == ("Visa •••• 4242", "12/29", "sandbox")
    assert (card.customer_reference, card.payment_method_reference) == (f"customer_{CARDLESS}", "card_approved")
    assert desk.audit(CARDLESS)[-1][2:] == ("Card on File", CARDLESS, "done: Visa •••• 4242 at sandbox")
    desk.assert_books_are_right()


def test_the_card_attached_is_the_one_that_is_charged(desk: Desk) -> None:
    desk.services.cards.attach(desk.session("mara"), RETAIL, "card_insufficient_funds")
    with pytest.raises(RuleRefused, match=r"Insufficient funds\."):
        desk.make("5.00")
    desk.services.cards.attach(desk.session("mara.billing"), RETAIL, "card_approved")
    assert desk.make("5.00").account.balance.minor_units == 500


def test_the_customer_is_made_once_however_often_and_whatever_fails(desk: Desk, other: OtherGateway) -> None:
    other.failures = 2
    for _ in range(2):
        with pytest.raises(GatewayUnavailable, match="Trying again is harmless"):
            attach(desk)
        assert desk.rows(CUSTOMERS) == [(1, 0)]
    attach(desk)
    attach(desk, reference="card_lost")
    assert desk.services.cards.link(desk.finance, CARDLESS).address == f"https://pay.example/other_{CARDLESS}"
    assert len(other.made) == 3
    assert len(set(other.made)) == 1
    assert other.attached == [(f"other_{CARDLESS}", "card_approved"), (f"other_{CARDLESS}", "card_lost")]
    assert desk.rows(CUSTOMERS) == [(1, 1)]
    desk.assert_books_are_right()


def test_a_gateway_that_does_not_answer_leaves_the_card_there_was(desk: Desk, other: OtherGateway) -> None:
    before = desk.account(RETAIL).card
    other.failures = 1
    with pytest.raises(GatewayUnavailable):
        attach(desk, RETAIL)
    assert desk.account(RETAIL).card == before


def test_money_goes_back_through_the_gateway_that_took_it_after_the_default_changed(
    desk: Desk, other: OtherGateway
) -> None:
    earlier = desk.make("20.00").payment
    card = attach(desk, RETAIL, "pm_new").card
    assert card is not None
    assert (card.gateway, card.customer_reference) == ("other", f"other_{RETAIL}")
    later = desk.make("30.00").payment
    assert (earlier.gateway, later.gateway) == ("sandbox", "other")
    desk.charge_back(earlier)
    assert other.refunded == []
    assert desk.gateway.totals()["EUR"] == 0
    desk.charge_back(later)
    assert len(other.refunded) == 1
    assert other.totals()["EUR"] == 0


def test_the_sandbox_has_no_page_and_another_gateway_has_its_own(desk: Desk) -> None:
    assert desk.services.cards.link(desk.finance, RETAIL) == CardLink("sandbox", None)


def test_a_page_for_a_card_of_the_new_gateway_leaves_the_card_of_the_old_one(desk: Desk, other: OtherGateway) -> None:
    before = desk.account(RETAIL).card
    address = f"https://pay.example/other_{RETAIL}"
    assert desk.services.cards.link(desk.session("mara"), RETAIL) == CardLink("other", address)
    assert desk.account(RETAIL).card == before


@pytest.mark.parametrize("number", [CORPORATE, TRIAL, "00000000"])
def test_only_retail_accounts_have_a_card(desk: Desk, number: str) -> None:
    for call in (lambda: attach(desk, number), lambda: desk.services.cards.link(desk.finance, number)):
        with pytest.raises(RuleRefused, match="A card on file is for retail accounts"):
            call()
    assert desk.rows(CUSTOMERS) == [(0, 0)]


def test_a_terminated_account_gets_no_card(desk: Desk) -> None:
    desk.set_state(AccountState.TERMINATED)
    with pytest.raises(RuleRefused, match="this account is Terminated"):
        attach(desk, RETAIL)


@pytest.mark.parametrize("typed", ["4242424242424242", "4242424242424243"])
def test_a_typed_card_number_is_neither_sent_nor_logged(desk: Desk, other: OtherGateway, typed: str) -> None:
    session = desk.finance
    before = desk.audit()
    with pytest.raises(InvalidInput):
        desk.services.cards.attach(session, CARDLESS, typed)
    assert (other.made, other.attached) == ([], [])
    assert desk.audit() == before


def test_a_card_that_the_gateway_does_not_know_is_refused_in_its_words_and_logged(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="The sandbox has no such card"):
        attach(desk, CARDLESS, "card_unheard_of")
    assert desk.account(CARDLESS).card is None
    assert desk.audit(CARDLESS)[-1][2:4] == ("Card on File", CARDLESS)


def test_a_gateway_that_is_not_configured_is_named(desk: Desk) -> None:
    cards = Cards(desk.store, desk.services.cards.gateways, desk.clock, default_gateway="stripe")
    with pytest.raises(RuleRefused, match="The gateway stripe is not configured on this desk"):
        cards.attach(desk.finance, CARDLESS, "pm_card_visa")
