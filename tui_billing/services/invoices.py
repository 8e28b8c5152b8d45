"""Invoices: what an account was charged, and what paid it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import NotFound
from tui_billing.domain.invoices import Charge, Invoice
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction, Page
from tui_billing.services.accounts import OWN, found
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """An invoice with its lines and what paid it: kind, payment ID and amount."""

    invoice: Invoice
    lines: tuple[Charge, ...]
    payers: tuple[tuple[str, str, Money], ...]


@dataclass(frozen=True, slots=True)
class Invoices(Service):
    """The invoices of an account."""

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN, trying=True)
    def page(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        number: str,
        direction: Direction,
        key: tuple[date, int] | None,
        limit: int,
        search: str = "",
    ) -> Page[Invoice]:
        """One page of an account's invoices, newest first; the key is a row's issue date and sequence."""
        return invoices.listed(found(connection, number).id, search).page(connection, direction, key, limit)

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def details(self, session: OperatorSession, connection: Connection, number: str, sequence: int) -> InvoiceDetails:  # noqa: ARG002
        """One of the account's invoices with its lines and what paid it; raises `NotFound`."""
        return invoice_details(connection, number, sequence)


def invoice_details(connection: Connection, number: str, sequence: int) -> InvoiceDetails:
    """One of the account's invoices with its lines and what paid it; raises `NotFound`."""
    account = found(connection, number)
    invoice = invoices.by_sequence(connection, sequence)
    if invoice is None or invoice.account_id != account.id:
        raise NotFound("There is no such invoice.")
    payers = invoices.payers_of(connection, sequence)
    return InvoiceDetails(
        invoice,
        tuple(invoices.lines_of(connection, sequence)),
        tuple((kind, payment_id, account.money(minor)) for kind, payment_id, minor in payers),
    )
