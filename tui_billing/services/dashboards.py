"""The customer's dashboard: where the account stands, twelve months at a glance, and what is due by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import add_months
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction
from tui_billing.domain.payments import PaymentFilter
from tui_billing.services.accounts import OWN, found
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices, payments, totals
from tui_billing.store.invoices import Due

MONTHS_SHOWN = 12
AGES = ("Not due", "1–30 days", "31–60 days", "61–90 days", "Over 90 days")
AGE_LIMITS_DAYS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month's charges against the payments that came, less what went back; minor units."""

    first_day: date
    charges_minor: int
    payments_minor: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the dashboard shows; of the last payment no more than amount and day, as not all who see this see payments.

    `due_by_age` follows `AGES`.
    """

    account: Account
    net_balance: Money
    open_invoices: int
    overdue_invoices: int
    last_payment: tuple[Money, date] | None
    months: tuple[Month, ...]
    due_by_age: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Dashboards(Service):
    """One customer at a glance."""

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def show(self, session: OperatorSession, connection: Connection, number: str) -> Dashboard:  # noqa: ARG002
        """The dashboard of an account; raises `NotFound`."""
        today = self.clock().date()
        first = add_months(today.replace(day=1), 1 - MONTHS_SHOWN)
        firsts = [add_months(first, n) for n in range(MONTHS_SHOWN)]
        account = found(connection, number)
        due = invoices.due_of(connection, account.id)
        _, *months = totals.by_span(connection, account.id, firsts)
        newest = payments.listed(account.id, PaymentFilter.PAID).page(connection, Direction.FIRST, None, 1)
        return Dashboard(
            account,
            net_balance=account.money(-account.balance.minor_units),
            open_invoices=len(due),
            overdue_invoices=sum(1 for invoice in due if invoice.due_date < today),
            last_payment=(newest.rows[0].amount, newest.rows[0].received) if newest.rows else None,
            months=tuple(
                Month(day, month.charges_minor, month.payments_minor) for day, month in zip(firsts, months, strict=True)
            ),
            due_by_age=_by_age(account, due, today),
        )


def _by_age(account: Account, due: Sequence[Due], today: date) -> tuple[Money, ...]:
    minor = [0] * len(AGES)
    for invoice in due:
        late_days = (today - invoice.due_date).days
        minor[sum(1 for limit in AGE_LIMITS_DAYS if late_days > limit)] += invoice.due_minor
    return tuple(account.money(m) for m in minor)
