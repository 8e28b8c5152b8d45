"""Cards on file: attached by the gateway's reference, at the gateway that new cards go to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, CardOnFile
from tui_billing.domain.cards import checked_reference, refuse_card
from tui_billing.services.accounts import found, held
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, gateway_customers
from tui_billing.store.gateway_customers import GatewayCustomer

ACTION = "Card on File"


@dataclass(frozen=True, slots=True)
class CardLink:
    """The gateway that new cards go to, and its page where the customer enters a card; `None` if it has none."""

    gateway: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Cards(Service):
    """Puts cards on file. A card decides where money is taken from, so it is the work of those who move money."""

    default_gateway: str = "sandbox"

    @requires(Permission.FINANCE, own=(Permission.BILLING_ADMIN,), action=ACTION)
    def attach(self, session: OperatorSession, number: str, payment_method_reference: str) -> Account:
        """Put a card that the gateway keeps on file, in place of the one before; doing so again is harmless.

        Raises `RuleRefused` with the gateway's reason, or `GatewayUnavailable`.
        """
        reference = checked_reference(payment_method_reference)
        customer_reference = self._customer_of(session, number)
        gateway = self.gateway(self.default_gateway)
        kept = gateway.attach_card(customer_reference, reference)
        card = CardOnFile(
            kept.brand,
            kept.last_four,
            kept.expiry,
            gateway.name,
            customer_reference,
            kept.payment_method_reference,
        )
        with self.store.writing() as connection:
            account = held(connection, number)
            refuse_card(account)
            accounts.save_card(connection, account.id, card)
            self.audit(connection, session, ACTION, number, f"done: {card.label} at {gateway.name}")
            return found(connection, number)

    @requires(Permission.FINANCE, own=(Permission.BILLING_ADMIN,), action="Card page")
    def link(self, session: OperatorSession, number: str) -> CardLink:
        """The gateway's own page where the customer enters a card, which is then attached by its reference."""
        customer_reference = self._customer_of(session, number)
        gateway = self.gateway(self.default_gateway)
        link = CardLink(gateway.name, gateway.card_link(customer_reference))
        with self.store.writing() as connection:
            outcome = "done" if link.address else "done: there is none"
            self.audit(connection, session, "Card page", number, f"{outcome} at {gateway.name}")
        return link

    def _customer_of(self, session: OperatorSession, number: str) -> str:
        """The account as the gateway knows it, made known there the first time, in the steps of a payment."""
        gateway = self.gateway(self.default_gateway)
        with self.store.writing() as connection:
            account = held(connection, number)
            refuse_card(account)
            if account.card is not None and account.card.gateway == gateway.name:
                return account.card.customer_reference
            customer = gateway_customers.of_account(connection, account.id, gateway.name)
            if customer is None:
                customer = GatewayCustomer(f"customer-{uuid.uuid4().hex}", None)
                gateway_customers.add(connection, account.id, gateway.name, customer)
        if customer.reference is not None:
            return customer.reference
        reference = gateway.create_customer(account.number, account.name, customer.key)
        with self.store.writing() as connection:
            gateway_customers.save_reference(connection, customer.key, reference)
            self.audit(connection, session, "create customer", number, f"done at {gateway.name}")
        return reference
