"""Billing: charges become invoices, and invoices and statements are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.invoices import Charge, Invoice, Statement, add_months, period_of
from tui_billing.domain.ledger import Event, OpenInvoice
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.text import checked_text
from tui_billing.services.accounts import OWN, found
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices
from tui_billing.store.ledger import load_book, save_book, sums_by_event

MONEY_IN = (Event.PAYMENT_RECORDED, Event.CARD_PAYMENT_COMPLETED)
MONEY_OUT = (Event.PAYMENT_CANCELLED, Event.CHARGE_BACK_COMPLETED)


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """An invoice with its lines and what paid it: kind, payment ID and amount."""

    invoice: Invoice
    lines: tuple[Charge, ...]
    payers: tuple[tuple[str, str, Money], ...]


@dataclass(frozen=True, slots=True)
class Billing(Service):
    """Charges, invoices and statements of an account."""

    @requires(Permission.FINANCE)
    def add_charges(self, session: OperatorSession, number: str, charges: Sequence[Charge]) -> None:
        """Add charges that a later invoice gathers; all or none."""
        if not charges:
            raise InvalidInput("There are no charges to add.", "Charges")
        for charge in charges:
            checked_text(charge.description, "Description", required=True)
            if charge.amount_minor < 0:
                raise InvalidInput("Amount of a charge must not be negative.", "Amount")
        with self.store.writing() as connection:
            invoices.add_charges(connection, found(connection, number).id, charges)
            self.audit(connection, session, "add charges", number, f"done: {len(charges)}")

    @requires(Permission.FINANCE)
    def issue_invoice(self, session: OperatorSession, number: str, through: date) -> Invoice:
        """Gather the open charges dated up to `through` into an invoice, and settle it from the funds at hand."""
        with self.store.writing() as connection:
            account = found(connection, number)
            charges, total_minor = invoices.open_charges(connection, account.id, through)
            if not charges:
                raise RuleRefused(f"There are no open charges up to {through}.")
            start, end = period_of(through, account.billing_day)
            issued = self.clock().date()
            values = {
                "period_start": start,
                "period_end": end,
                "issued": issued,
                "due_date": issued + timedelta(days=account.payment_terms_days),
                "total_minor": total_minor,
                "due_minor": total_minor,
            }
            invoice = invoices.add(connection, account, values, charges)
            book = load_book(connection, account)
            book.charge(OpenInvoice(invoice.sequence, issued, total_minor, total_minor))
            save_book(connection, account, book, self.clock(), session.name)
            self.audit(connection, session, "issue invoice", invoice.number, f"done: {account.money(total_minor)}")
            settled = invoices.by_sequence(connection, invoice.sequence)
            assert settled is not None
            return settled

    @requires(Permission.ACCOUNT_MANAGE, own=OWN, trying=True)
    def page(
        self,
        session: OperatorSession,  # noqa: ARG002
        number: str,
        direction: Direction,
        key: tuple[date, int] | None,
        limit: int,
        search: str = "",
    ) -> Page[Invoice]:
        """One page of an account's invoices, newest first; the key is a row's issue date and sequence."""
        with self.store.reading() as connection:
            return invoices.listed(found(connection, number).id, search).page(connection, direction, key, limit)

    @requires(Permission.ACCOUNT_MANAGE, own=OWN)
    def details(self, session: OperatorSession, number: str, sequence: int) -> InvoiceDetails:  # noqa: ARG002
        """One of the account's invoices with its lines and what paid it; raises `NotFound`."""
        with self.store.reading() as connection:
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

    @requires(Permission.ACCOUNT_MANAGE, own=OWN)
    def statements(self, session: OperatorSession, number: str) -> tuple[Statement, ...]:  # noqa: ARG002
        """The account's statements by billing period, the provisional one first."""
        with self.store.reading() as connection:
            return tuple(reversed(_statements(connection, found(connection, number), self.clock().date())))


def _statements(connection: Connection, account: Account, today: date) -> list[Statement]:
    starts = []
    start, _ = period_of(account.created, account.billing_day)
    while start <= today:
        starts.append(start)
        start = add_months(start, 1)
    sums = sums_by_event(connection, account.id, [midnight(start) for start in starts])
    statements: list[Statement] = []
    for index, (start, by_event) in enumerate(zip(starts, sums[1:], strict=True)):
        statement = Statement(
            start,
            add_months(start, 1) - timedelta(days=1),
            account.currency,
            balance_forward_minor=statements[-1].net_balance_minor if statements else 0,
            payments_minor=_net(by_event, MONEY_IN, MONEY_OUT),
            credits_minor=_net(by_event, (Event.CREDIT_ISSUED,), (Event.CREDIT_CANCELLED,)),
            charges_minor=by_event.get(Event.CHARGES_INVOICED, 0),
            provisional=index == len(starts) - 1,
        )
        statements.append(statement)
    return statements


def _net(by_event: dict[Event, int], added: Sequence[Event], taken: Sequence[Event]) -> int:
    return sum(by_event.get(event, 0) for event in added) - sum(by_event.get(event, 0) for event in taken)


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)
