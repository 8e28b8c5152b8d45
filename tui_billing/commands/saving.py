"""`payments receipt`, `invoices pdf`, `statements pdf`: documents saved as PDF files."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui_billing.commands.invoices import invoice_found
from tui_billing.commands.output import Result, listing
from tui_billing.commands.signing_in import Desk
from tui_billing.documents.document import Document
from tui_billing.documents.files import file_name, save
from tui_billing.domain.errors import InvalidInput


def receipt(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The receipt of a payment, a credit or a charge back."""
    documents, session, payment_id = desk.services.documents, desk.session, arguments.payment_id
    number = desk.services.payments.account_number(session, payment_id)
    if arguments.charge_back is None:
        return _saved(documents.receipt(session, number, payment_id), arguments)
    found = documents.charge_back_receipts(session, number, payment_id, arguments.charge_back)
    if len(found) > 1:
        raise InvalidInput("Several charge backs begin so. Give the whole ID.", field="Charge back")
    return _saved(found[0], arguments)


def invoice(desk: Desk, arguments: argparse.Namespace) -> Result:
    """An invoice with all its lines."""
    sequence = invoice_found(desk, arguments.number, arguments.invoice).sequence
    return _saved(desk.services.documents.invoice(desk.session, arguments.number, sequence), arguments)


def statement(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The statement of a billing period."""
    return _saved(desk.services.documents.statement(desk.session, arguments.number, arguments.period), arguments)


def _saved(document: Document, arguments: argparse.Namespace) -> Result:
    path = Path(file_name(document) if arguments.output is None else arguments.output)
    saved = save(document, path, overwrite=arguments.force)
    return Result({"title": document.title, "file": str(saved)}, listing([("Saved", str(saved))]))
