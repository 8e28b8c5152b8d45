"""What invoices and statements say on paper."""

from __future__ import annotations

from datetime import date

from tui_billing.documents.document import Column, Document, Table
from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import Statement
from tui_billing.domain.money import Money
from tui_billing.services.invoices import InvoiceDetails

PROVISIONAL = "Provisional: the period has not been closed, and its figures may still change."
OWED = "A net balance above zero is owed by the customer; below zero, it is the customer's credit."


def invoice_of(account: Account, details: InvoiceDetails, today: date, notes: tuple[str, ...]) -> Document:
    """An invoice with all its lines and what paid it."""
    invoice = details.invoice
    return Document(
        name=f"invoice-{invoice.number}",
        title="Invoice",
        number=invoice.number,
        dated=invoice.issued,
        account_number=account.number,
        account_name=account.name,
        amount_label="Total",
        amount=str(invoice.money(invoice.total_minor)),
        facts=(
            ("Period", f"{invoice.period_start:%Y-%m-%d} to {invoice.period_end:%Y-%m-%d}"),
            ("Issued", f"{invoice.issued:%Y-%m-%d}"),
            ("Due date", f"{invoice.due_date:%Y-%m-%d}"),
            ("State", invoice.state(today).label),
            ("Still due", str(invoice.money(invoice.due_minor))),
        ),
        tables=_invoice_tables(details),
        notes=notes,
    )


def statement_of(account: Account, statement: Statement, today: date, notes: tuple[str, ...]) -> Document:
    """A statement, as its sum."""

    def figure(minor_units: int) -> str:
        return Money(minor_units, statement.currency).figure

    net_minor = statement.net_balance_minor
    rows = (
        ("Balance forward", figure(statement.balance_forward_minor)),
        ("− Payments", figure(statement.payments_minor)),
        ("− Credits", figure(statement.credits_minor)),
        ("+ New charges", figure(statement.charges_minor)),
    )
    columns = (Column("", 3), Column(f"Amount ({statement.currency})", 1, right=True))
    return Document(
        name=f"statement-{account.number}-{statement.start:%Y-%m-%d}",
        title="Statement",
        number=f"{account.number} · {statement.start:%Y-%m-%d}",
        dated=today if statement.provisional else statement.end,
        account_number=account.number,
        account_name=account.name,
        amount_label="Net balance",
        amount=str(Money(net_minor, statement.currency)),
        facts=(
            ("Period", f"{statement.start:%Y-%m-%d} to {statement.end:%Y-%m-%d}"),
            ("State", statement.state_label),
        ),
        tables=(Table("How it came about", columns, rows, (("= Net balance", figure(net_minor)),)),),
        notes=((PROVISIONAL,) if statement.provisional else ()) + (OWED, *notes),
    )


def _invoice_tables(details: InvoiceDetails) -> tuple[Table, ...]:
    invoice = details.invoice
    columns = (
        Column("Date", 12),
        Column("Description", 48),
        Column("Quantity", 12, right=True),
        Column("Unit price", 14, right=True),
        Column(f"Amount ({invoice.currency})", 18, right=True),
    )
    lines = tuple(
        (f"{c.dated:%Y-%m-%d}", c.description, c.quantity, c.unit_price, invoice.money(c.amount_minor).figure)
        for c in details.lines
    )
    otherwise_minor = invoice.total_minor - invoice.due_minor - invoice.paid_from_credit_minor
    sums = [
        ("Total", invoice.total_minor),
        ("Paid from credit", invoice.paid_from_credit_minor),
        ("Paid by payments", otherwise_minor),
        ("Still due", invoice.due_minor),
    ]
    figures = tuple((label, invoice.money(minor).figure) for label, minor in sums)
    tables = [Table("Lines", columns, lines, figures)]
    if details.payers:
        by = (Column("Kind", 1), Column("ID", 3), Column(f"Amount ({invoice.currency})", 2, right=True))
        payers = tuple((kind.upper(), payment_id, money.figure) for kind, payment_id, money in details.payers)
        tables.append(Table("Paid by", by, payers))
    return tuple(tables)
