"""Billing: charges become invoices, and invoices and statements are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, AccountType
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.invoices import Charge, Invoice, Statement, period_of, periods
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction, Page
from tui_billing.services.accounts import OWN, found, held
from tui_billing.services.charge_rules import SYSTEM_IS_NOT_CHARGED, checked_charge
from tui_billing.services.invoicing import issue
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices, totals


@dataclass(frozen=True, slots=True)
class InvoiceDetails:
    """An invoice with its lines and what paid it: kind, payment ID and amount."""

    invoice: Invoice
    lines: tuple[Charge, ...]
    payers: tuple[tuple[str, str, Money], ...]


@dataclass(frozen=True, slots=True)
class Billing(Service):
    """Charges, invoices and statements of an account."""

    @requires(Permission.FINANCE, within="writing")
    def add_charges(
        self, session: OperatorSession, connection: Connection, number: str, charges: Sequence[Charge]
    ) -> None:
        """Add charges that a later invoice gathers; all or none."""
        if not charges:
            raise InvalidInput("There are no charges to add.", "Charges")
        account = found(connection, number)
        if account.type is AccountType.SYSTEM:
            raise RuleRefused(SYSTEM_IS_NOT_CHARGED)
        invoices.add_charges(connection, account.id, [checked_charge(charge, account.currency) for charge in charges])
        self.audit(connection, session, "add charges", number, f"done: {len(charges)}")

    @requires(Permission.FINANCE, within="writing")
    def issue_invoice(self, session: OperatorSession, connection: Connection, number: str, through: date) -> Invoice:
        """Gather the open charges dated up to `through` into an invoice, and settle it from the funds at hand."""
        issued = self.clock().date()
        if through > issued:
            raise InvalidInput(f"The invoice cannot run through {through}: that day lies in the future.", "Through")
        account = held(connection, number)
        period = period_of(through, account.billing_day)
        invoice = issue(self, connection, session, account, period, through)
        if invoice is None:
            raise RuleRefused(f"There are no open charges up to {through}.")
        return invoice

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

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def statements(self, session: OperatorSession, connection: Connection, number: str) -> tuple[Statement, ...]:  # noqa: ARG002
        """The account's statements by billing period, the running one first."""
        return statements_of(connection, found(connection, number), self.clock().date())


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


def statements_of(connection: Connection, account: Account, today: date) -> tuple[Statement, ...]:
    """The account's statements by billing period, the provisional one first."""
    return tuple(reversed(_chained(connection, account, _starts(account, today))))


def _starts(account: Account, today: date) -> list[date]:
    """The first day of every period up to today; whatever the clock says, an open one comes after the closed ones."""
    running = today if account.billed_through is None else max(today, account.billed_through + timedelta(days=1))
    return [start for start, _ in periods(account.created, max(running, account.created), account.billing_day)]


def _chained(connection: Connection, account: Account, starts: Sequence[date]) -> list[Statement]:
    """The statements of periods that follow each other, each beginning with the net balance of the one before.

    A charge is in its invoice's period, everything else in the period in which it was recorded.
    """
    before, *moved = totals.by_span(connection, account.id, starts)
    charged_before_minor, *charged_minor = invoices.totals_by_period(connection, account.id, starts)
    forward_minor = charged_before_minor - before.payments_minor - before.credits_minor
    statements: list[Statement] = []
    for start, total, charges_minor in zip(starts, moved, charged_minor, strict=True):
        end = period_of(start, account.billing_day)[1]
        statement = Statement(
            start,
            end,
            account.currency,
            balance_forward_minor=forward_minor,
            payments_minor=total.payments_minor,
            credits_minor=total.credits_minor,
            charges_minor=charges_minor,
            provisional=account.billed_through is None or end > account.billed_through,
        )
        statements.append(statement)
        forward_minor = statement.net_balance_minor
    return statements


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)
