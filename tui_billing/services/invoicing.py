"""Issuing an invoice: an account's open charges gathered, and settled from the funds at hand."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.invoices import Invoice
from tui_billing.domain.ledger import OpenInvoice
from tui_billing.domain.money import Money, largest_minor
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices
from tui_billing.store.ledger import load_book, save_book
from tui_billing.store.turns import Turn, take

# Times the largest single amount: what the columns of the screens hold, and far below what 64 bits do.
LARGEST_TOTAL = 10


def issue(
    service: Service,
    connection: Connection,
    session: OperatorSession,
    account: Account,
    period: tuple[date, date],
) -> Invoice | None:
    """Gather the open charges up to the period's end into an invoice of it, and settle that; `None` without any.

    Raises `RuleRefused` if one invoice cannot hold them.
    """
    charges_minor = invoices.open_charges(connection, account.id, period[1])
    if not charges_minor:
        return None
    total_minor = sum(charges_minor.values())
    _refuse_total(account.money(total_minor), period[1])
    issued = service.clock().date()
    values = {
        "period_start": period[0],
        "period_end": period[1],
        "issued": issued,
        "due_date": issued + timedelta(days=account.payment_terms_days),
        "total_minor": total_minor,
        "due_minor": total_minor,
    }
    take(connection, Turn.INVOICE_NUMBERS)
    sequence = invoices.add(connection, account, values, charges_minor)
    book = load_book(connection, account, due_minor=total_minor)
    book.charge(OpenInvoice(sequence, issued, total_minor, total_minor))
    save_book(connection, account, book, service.clock(), session.name)
    invoice = invoices.by_sequence(connection, sequence)
    assert invoice is not None
    service.audit(connection, session, "issue invoice", invoice.number, f"done: {account.money(total_minor)}")
    return invoice


def _refuse_total(total: Money, through: date) -> None:
    largest = Money(largest_minor(total.currency) * LARGEST_TOTAL, total.currency)
    if total > largest:
        raise RuleRefused(
            f"The open charges up to {through} come to {total}; one invoice holds at most {largest}."
            " Choose an earlier day."
        )
