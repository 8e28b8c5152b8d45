"""Statements: what each billing period brought an account, and the net balance that it ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import Statement, period_of, periods
from tui_billing.services.accounts import OWN, found
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices, totals


@dataclass(frozen=True, slots=True)
class Statements(Service):
    """The statements of an account."""

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def list(self, session: OperatorSession, connection: Connection, number: str) -> tuple[Statement, ...]:  # noqa: ARG002
        """The account's statements by billing period, the provisional one first."""
        return statements_of(connection, found(connection, number), self.clock().date())


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
