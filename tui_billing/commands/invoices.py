"""`invoices`: what an account was charged, and what paid it."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, listing, sections, table
from tui_billing.commands.paging import PAGE_ROWS, walk
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.errors import NotFound
from tui_billing.domain.invoices import Invoice
from tui_billing.services.invoices import InvoiceDetails

TITLES = ("Number", "Period", "Issued", "Due date", "Total>", "From credit>", "Due>", "State")


def list_invoices(desk: Desk, arguments: argparse.Namespace) -> Result:
    """An account's invoices, newest first."""
    found = _invoices(desk, arguments.number, limit=arguments.limit)
    today = desk.services.today
    rows = [
        (
            invoice.number,
            f"{invoice.period_start} to {invoice.period_end}",
            str(invoice.issued),
            str(invoice.due_date),
            str(invoice.money(invoice.total_minor)),
            str(invoice.money(invoice.paid_from_credit_minor)),
            str(invoice.money(invoice.due_minor)),
            invoice.state(today).label,
        )
        for invoice in found
    ]
    document = {"invoices": [as_json.invoice(invoice, today) for invoice in found]}
    return Result(document, table(TITLES, rows, "There are no invoices."))


def show(desk: Desk, arguments: argparse.Namespace) -> Result:
    """One invoice with its lines and what paid it."""
    sequence = invoice_found(desk, arguments.number, arguments.invoice).sequence
    found = desk.services.invoices.details(desk.session, arguments.number, sequence)
    today = desk.services.today
    document = as_json.invoice(found.invoice, today) | {
        "lines": [as_json.charge(line, found.invoice.currency) for line in found.lines],
        "paid_by": [
            {"kind": kind, "payment": payment_id, "amount": as_json.amount(money)}
            for kind, payment_id, money in found.payers
        ],
    }
    return Result(document, _details_text(found, found.invoice.state(today).label))


def invoice_found(desk: Desk, number: str, invoice_number: str) -> Invoice:
    """The account's invoice with this number; raises `NotFound`."""
    matching = _invoices(desk, number, invoice_number, limit=1)
    if not matching:
        raise NotFound(f"Account {number} has no invoice {invoice_number[:64]}.")
    return matching[0]


def _invoices(desk: Desk, number: str, invoice_number: str | None = None, limit: int | None = None) -> list[Invoice]:
    return walk(
        lambda direction, key: desk.services.invoices.page(desk.session, number, direction, key, PAGE_ROWS),
        lambda invoice: (invoice.issued, invoice.sequence),
        lambda invoice: invoice_number in (None, invoice.number),
        limit,
    )


def _details_text(found: InvoiceDetails, state_label: str) -> str:
    invoice = found.invoice
    fields = [
        ("Number", invoice.number),
        ("State", state_label),
        ("Period", f"{invoice.period_start} to {invoice.period_end}"),
        ("Issued", str(invoice.issued)),
        ("Due date", str(invoice.due_date)),
        ("Total", str(invoice.money(invoice.total_minor))),
        ("Paid from credit", str(invoice.money(invoice.paid_from_credit_minor))),
        ("Due", str(invoice.money(invoice.due_minor))),
    ]
    lines = [
        (str(line.dated), line.description, line.quantity, line.unit_price, str(invoice.money(line.amount_minor)))
        for line in found.lines
    ]
    payers = [(kind.replace("_", " "), payment_id, str(money)) for kind, payment_id, money in found.payers]
    return sections(
        ("", listing(fields)),
        ("Lines", table(("Date", "Description", "Quantity>", "Unit price>", "Amount>"), lines, "")),
        ("Paid by", table(("Kind", "ID", "Amount>"), payers, "")),
    )
