"""The billing run: periods are closed into invoices, and retail cards charged for what is left of them.

It may be stopped at any moment and started again: each account is closed in one transaction, and an automatic payment
is kept as Pending before the gateway is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import AccountType
from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.errors import InvalidInput, RuleRefused
from tui_billing.domain.invoices import Invoice, last_closed_day, periods
from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment, PaymentState
from tui_billing.services.accounts import found
from tui_billing.services.automatic_payments import collect
from tui_billing.services.invoicing import issue
from tui_billing.services.permissions import requires
from tui_billing.services.progress import Progress, ignore_progress
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, automatic_payments, billing_runs
from tui_billing.store.turns import Turn, take

R = TypeVar("R")
AT_ONCE = 1_000
CLOSED_AT_ONCE = 10_000


@dataclass(slots=True)
class Tally:
    """How many there were, and what they come to by currency."""

    count: int = 0
    minor: Counter[str] = field(default_factory=Counter)

    def add(self, amount: Money) -> None:
        """Count one more."""
        self.count += 1
        self.minor[amount.currency] += amount.minor_units

    @property
    def amounts(self) -> tuple[Money, ...]:
        """The sum of each currency, by its code."""
        return tuple(Money(self.minor[currency], currency) for currency in sorted(self.minor))


@dataclass(slots=True)
class BillingRun:
    """What a run has done: what it invoiced, what funds at hand paid of it, and what came of the cards.

    `failed` are the invoices still due for which a card was declined, now or earlier; `left_out` are accounts and
    invoices that a rule kept out of the run, each with the reason.
    """

    through: date
    accounts_closed: int = 0
    invoiced: Tally = field(default_factory=Tally)
    settled: Tally = field(default_factory=Tally)
    charged: Tally = field(default_factory=Tally)
    declined: Tally = field(default_factory=Tally)
    unknown: Tally = field(default_factory=Tally)
    retries: int = 0
    failed: tuple[InvoiceToCollect, ...] = ()
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """The run in one line, for the audit log."""
        return (
            f"done: {self.accounts_closed} accounts closed, {self.invoiced.count} invoices,"
            f" {self.charged.count} cards charged, {self.declined.count} declined, {self.unknown.count} unknown,"
            f" {len(self.left_out)} left out"
        )


@dataclass(frozen=True, slots=True)
class BillingRuns(Service):
    """Billing all accounts, or one, up to a day."""

    @requires(Permission.FINANCE, action="billing run")
    def run(
        self,
        session: OperatorSession,
        through: date | None = None,
        only: str | None = None,
        progress: Progress = ignore_progress,
    ) -> BillingRun:
        """Close every billing period that is over by the day `through` (default: yesterday), then charge the cards.

        With `only`, an account's number, that account alone. Raises `InvalidInput` for a day that is not over yet.
        """
        today = self.clock().date()
        through = through or today - timedelta(days=1)
        if through >= today:
            raise InvalidInput(f"{through} is not over yet. Bill through yesterday or an earlier day (UTC).", "Through")
        if only is not None:
            with self.store.reading() as connection:
                if found(connection, only).type is AccountType.SYSTEM:
                    raise RuleRefused("The System account is the provider itself and is never billed.")
        run = BillingRun(through)
        self._close(session, run, only, progress)
        self._collect(session, run, only, progress)
        with self.store.writing() as connection:
            run.failed = tuple(automatic_payments.failed(connection, only))
            self.audit(connection, session, "billing run", f"{through} {only or ''}".strip(), run.outcome)
        return run

    def _close(self, session: OperatorSession, run: BillingRun, only: str | None, progress: Progress) -> None:
        with self.store.reading() as connection:
            count = billing_runs.count_to_invoice(connection, run.through, only)

        def after(connection: Connection, last: int) -> list[int]:
            return billing_runs.accounts_to_invoice(connection, run.through, only, last, AT_ONCE)

        for done, account_id in enumerate(self._read_on(after, int)):
            progress(done, max(count, done + 1))
            try:
                invoices = self._close_one(session, account_id, run.through)
            except RuleRefused as refusal:
                run.left_out.append((self._number(account_id), refusal.sentence))
                continue
            run.accounts_closed += 1
            for invoice in invoices:
                run.invoiced.add(invoice.money(invoice.total_minor))
                run.settled.add(invoice.money(invoice.total_minor - invoice.due_minor))
        self._close_others(run, only)

    def _close_others(self, run: BillingRun, only: str | None) -> None:
        """Close the periods of those that have nothing to invoice, not so many at once that others wait for them."""
        last: int | None = 0
        while last is not None:
            with self.store.writing() as connection:
                take(connection, Turn.CLOSING)
                last, closed = billing_runs.close_others(connection, run.through, only, last, CLOSED_AT_ONCE)
            run.accounts_closed += closed

    def _close_one(self, session: OperatorSession, account_id: int, through: date) -> list[Invoice]:
        """Invoice an account's open charges period by period, and close those periods, in one transaction."""
        invoices = []
        with self.store.writing() as connection:
            account = accounts.hold(connection, account_id)
            last_day = last_closed_day(through, account.billing_day)
            first = account.created if account.billed_through is None else account.billed_through + timedelta(days=1)
            for period in periods(first, last_day, account.billing_day):
                # Read again, as the invoice before has changed its balances.
                account = accounts.by_id(connection, account_id)
                invoice = issue(self, connection, session, account, period)
                invoices += [invoice] if invoice else []
            accounts.save_billed_through(connection, account_id, last_day)
        return invoices

    def _collect(self, session: OperatorSession, run: BillingRun, only: str | None, progress: Progress) -> None:
        today = self.clock().date()
        with self.store.reading() as connection:
            count = automatic_payments.count_to_collect(connection, only, run.through)
        unknown: dict[str, Payment] = {}

        def after(connection: Connection, last: int) -> list[InvoiceToCollect]:
            return automatic_payments.to_collect(connection, only, run.through, last, AT_ONCE)

        for done, invoice in enumerate(self._read_on(after, attrgetter("sequence"))):
            progress(done, max(count, done + 1))
            if not invoice.is_due(today):
                continue
            try:
                payments = collect(self, session, invoice)
            except RuleRefused as refusal:
                run.left_out.append((invoice.number, refusal.sentence))
                continue
            run.retries += bool(invoice.failed_attempts and payments)
            for payment in payments:
                _count(run, unknown, payment)
        for payment in unknown.values():
            run.unknown.add(payment.amount)

    def _read_on(self, read: Callable[[Connection, int], list[R]], place: Callable[[R], int]) -> Iterator[R]:
        """All that `read` gives, `AT_ONCE` of them on from a place, as they are come to: there may be millions."""
        last = 0
        while True:
            with self.store.reading() as connection:
                some = read(connection, last)
            yield from some
            if len(some) < AT_ONCE:
                return
            last = place(some[-1])

    def _number(self, account_id: int) -> str:
        with self.store.reading() as connection:
            return accounts.by_id(connection, account_id).number


def _count(run: BillingRun, unknown: dict[str, Payment], payment: Payment) -> None:
    """Count a payment, once its outcome is known."""
    if payment.state is PaymentState.PENDING:
        unknown[payment.id] = payment
        return
    unknown.pop(payment.id, None)
    (run.declined if payment.state is PaymentState.FAILED else run.charged).add(payment.amount)
