"""Billing: charges become invoices, and invoices and statements are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, AccountType
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.invoices import Charge, Invoice, Statement, add_months, period_of
from tui_billing.domain.ledger import Event, OpenInvoice
from tui_billing.domain.money import Money, largest_minor
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.text import checked_text
from tui_billing.services.accounts import OWN, found
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices
from tui_billing.store.ledger import load_book, save_book, sums_by_event

MONEY_IN = (Event.PAYMENT_RECORDED, Event.CARD_PAYMENT_COMPLETED, Event.CHARGE_BACK_REVERSED)
MONEY_OUT = (Event.PAYMENT_CANCELLED, Event.CHARGE_BACK_COMPLETED)
LONGEST_FIGURE = 40
# Times the largest single amount: what the columns of the screens hold, and far below what 64 bits do.
LARGEST_TOTAL = 10


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
        with self.store.writing() as connection:
            account = found(connection, number)
            if account.type is AccountType.SYSTEM:
                raise RuleRefused("The System account is the provider itself and is charged nothing.")
            invoices.add_charges(connection, account.id, [_checked(charge, account) for charge in charges])
            self.audit(connection, session, "add charges", number, f"done: {len(charges)}")

    @requires(Permission.FINANCE)
    def issue_invoice(self, session: OperatorSession, number: str, through: date) -> Invoice:
        """Gather the open charges dated up to `through` into an invoice, and settle it from the funds at hand."""
        issued = self.clock().date()
        if through > issued:
            raise InvalidInput(f"The invoice cannot run through {through}: that day lies in the future.", "Through")
        with self.store.writing() as connection:
            account = found(connection, number)
            amounts_minor = invoices.open_charges(connection, account.id, through)
            if not amounts_minor:
                raise RuleRefused(f"There are no open charges up to {through}.")
            total_minor = sum(amounts_minor)
            _refuse_total(account.money(total_minor), through)
            start, end = period_of(through, account.billing_day)
            values = {
                "period_start": start,
                "period_end": end,
                "issued": issued,
                "due_date": issued + timedelta(days=account.payment_terms_days),
                "total_minor": total_minor,
                "due_minor": total_minor,
            }
            invoice = invoices.add(connection, account, values, through)
            book = load_book(connection, account, due_minor=total_minor)
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
            return invoice_details(connection, number, sequence)

    @requires(Permission.ACCOUNT_MANAGE, own=OWN)
    def statements(self, session: OperatorSession, number: str) -> tuple[Statement, ...]:  # noqa: ARG002
        """The account's statements by billing period, the provisional one first."""
        with self.store.reading() as connection:
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


def last_statement(connection: Connection, account: Account, today: date) -> Statement:
    """The account's provisional statement alone: all that lies before its period is its balance forward."""
    (statement,) = _chained(connection, account, _starts(account, today)[-1:])
    return statement


def _checked(charge: Charge, account: Account) -> Charge:
    """The charge as it may be kept; raises `InvalidInput` if it may not."""
    largest_of_one = account.money(largest_minor(account.currency))
    if charge.amount_minor < 0:
        raise InvalidInput("Amount of a charge must not be negative.", "Amount")
    if charge.amount_minor > largest_of_one.minor_units:
        raise InvalidInput(f"Amount of a charge is too large: at most {largest_of_one} at a time.", "Amount")
    return replace(
        charge,
        description=checked_text(charge.description, "Description", required=True),
        quantity=checked_text(charge.quantity, "Quantity", LONGEST_FIGURE),
        unit_price=checked_text(charge.unit_price, "Unit price", LONGEST_FIGURE),
    )


def _refuse_total(total: Money, through: date) -> None:
    largest = Money(largest_minor(total.currency) * LARGEST_TOTAL, total.currency)
    if total > largest:
        raise RuleRefused(
            f"The open charges up to {through} come to {total}; one invoice holds at most {largest}."
            " Choose an earlier day."
        )


def _starts(account: Account, today: date) -> list[date]:
    """The first day of every period up to today; the account's first period is there whatever the clock says."""
    starts = [period_of(account.created, account.billing_day)[0]]
    while (following := add_months(starts[-1], 1)) <= today:
        starts.append(following)
    return starts


def _chained(connection: Connection, account: Account, starts: Sequence[date]) -> list[Statement]:
    before, *periods = sums_by_event(connection, account.id, [midnight(start) for start in starts])
    forward_minor = _charges(before) - _payments(before) - _credits(before)
    statements: list[Statement] = []
    for start, by_event in zip(starts, periods, strict=True):
        statement = Statement(
            start,
            add_months(start, 1) - timedelta(days=1),
            account.currency,
            balance_forward_minor=forward_minor,
            payments_minor=_payments(by_event),
            credits_minor=_credits(by_event),
            charges_minor=_charges(by_event),
            provisional=start == starts[-1],
        )
        statements.append(statement)
        forward_minor = statement.net_balance_minor
    return statements


def _payments(by_event: dict[Event, int]) -> int:
    return _net(by_event, MONEY_IN, MONEY_OUT)


def _credits(by_event: dict[Event, int]) -> int:
    return _net(by_event, (Event.CREDIT_ISSUED,), (Event.CREDIT_CANCELLED,))


def _charges(by_event: dict[Event, int]) -> int:
    return by_event.get(Event.CHARGES_INVOICED, 0)


def _net(by_event: dict[Event, int], added: Sequence[Event], taken: Sequence[Event]) -> int:
    return sum(by_event.get(event, 0) for event in added) - sum(by_event.get(event, 0) for event in taken)


def midnight(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UTC)
