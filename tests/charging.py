"""Customers who owe something at once: a billing run would invoice periods alone that are over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tui_billing.domain.invoices import Charge, Invoice, period_of
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.invoicing import issue
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts
from tui_billing.store.compiled_tables import CHARGE
from tui_billing.store.invoices import CHARGE_FIELDS


def add_charges(services: DeskServices, number: str, charges: Sequence[Charge]) -> None:
    """Add charges as the demo does, of no import."""
    with services.store.writing() as connection:
        account = accounts.hold_number(connection, number)
        assert account is not None
        rows = [{name: getattr(charge, name) for name in CHARGE_FIELDS} for charge in charges]
        connection.execute(CHARGE.insert(), [row | {"account_id": account.id} for row in rows])


def issue_invoice(services: DeskServices, session: OperatorSession, number: str) -> Invoice:
    """The invoice of the open charges up to the end of the period that runs, which stays open."""
    with services.store.writing() as connection:
        account = accounts.hold_number(connection, number)
        assert account is not None
        today = services.today
        # Whatever the clock says, an open period comes after the closed ones.
        day = today if account.billed_through is None else max(today, account.billed_through + timedelta(days=1))
        invoice = issue(services.billing_runs, connection, session, account, period_of(day, account.billing_day))
        assert invoice is not None, "there are open charges"
        return invoice
