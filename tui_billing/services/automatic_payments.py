"""Automatic payments: the billing run charges the card on file for what is left of an invoice, once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, CardOnFile
from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.idempotency import RUN_PREFIX
from tui_billing.domain.money import largest_minor
from tui_billing.domain.payments import Payment, PaymentKind
from tui_billing.services.card_payments import pending_values, send
from tui_billing.services.gateway_answers import once_sent
from tui_billing.services.idempotency import content_of
from tui_billing.services.money_in import add_payment
from tui_billing.services.outcomes import resolve_payment
from tui_billing.services.permissions import requires
from tui_billing.services.requests import AutomaticRequest
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, automatic_payments, payments
from tui_billing.store.automatic_payments import pending_of, still_to_collect


@dataclass(frozen=True, slots=True)
class AutomaticPayments(Service):
    """What became of the automatic payments."""

    @requires(Permission.FINANCE, within="reading")
    def failed(self, session: OperatorSession, connection: Connection) -> tuple[InvoiceToCollect, ...]:  # noqa: ARG002
        """The invoices still due for which an automatic payment has failed, oldest first.

        Their `next_attempt` says when a billing run tries again; without one, a person is needed.
        """
        return tuple(automatic_payments.failed(connection))


def collect(service: Service, session: OperatorSession, invoice: InvoiceToCollect) -> list[Payment]:
    """Charge the card for what is due of the invoice; gives the automatic payments it has learnt the outcome of.

    A card payment of the account whose outcome is not known is looked up first. While one is still unknown it is given,
    and nothing is charged, since it may have paid this invoice. Raises `RuleRefused` if the gateway is not configured.
    """
    with service.store.reading() as connection:
        unknown = pending_of(connection, invoice.account_id)
    for payment in unknown:
        resolve_payment(service, payment.id)
    with service.store.writing() as connection:
        account = accounts.hold(connection, invoice.account_id)
        begun = _begin(service, connection, session, account, invoice.sequence)
    tried = [payment for payment in unknown if payment.kind is PaymentKind.AUTO]
    with once_sent():
        if begun is not None:
            payment, card = begun
            send(service, payment, card)
            tried.append(payment)
        with service.store.reading() as connection:
            still_unknown = pending_of(connection, invoice.account_id)
            found = {each.id: payments.by_id(connection, each.id) for each in (*tried, *still_unknown)}
    return [payment for payment in found.values() if payment is not None]


def _begin(
    service: Service, connection: Connection, session: OperatorSession, account: Account, invoice_sequence: int
) -> tuple[Payment, CardOnFile] | None:
    """Keep the attempt as Pending, unless something else has happened to the invoice or its account meanwhile."""
    invoice = still_to_collect(connection, invoice_sequence)
    if invoice is None or not invoice.is_due(service.clock().date()) or pending_of(connection, invoice.account_id):
        return None
    assert account.card is not None, "an invoice is to be collected from a card"
    service.gateway(account.card.gateway)
    amount_minor = min(invoice.due.minor_units, largest_minor(account.currency))
    values = pending_values(service, account.card, PaymentKind.AUTO, amount_minor)
    values |= {"invoice_sequence": invoice.sequence, "reference": invoice.number}
    # The same for every run that tries this: the second of two is refused by the database, whatever else fails.
    key = f"{RUN_PREFIX}{invoice.number}:{invoice.attempts + 1}"
    content = content_of("automatic payment", account.number, AutomaticRequest(invoice.number, amount_minor))
    payment = add_payment(service, connection, session, account, key, content, values)
    outcome = f"sent: {payment.amount} on {account.number} for {invoice.number}"
    service.audit(connection, session, "automatic payment", payment.id, outcome)
    return payment, account.card
