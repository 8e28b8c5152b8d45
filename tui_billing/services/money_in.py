"""Money that comes in: the payment or credit that is kept of it, and what it pays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.accounts import Account
from tui_billing.domain.ledger import NEW, Funding
from tui_billing.domain.payments import Payment, PaymentKind
from tui_billing.services.idempotency import remember
from tui_billing.services.results import MoneyMoved
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import payments
from tui_billing.store.ledger import load_book, save_book


def add_payment(
    service: Service,
    connection: Connection,
    session: OperatorSession,
    account: Account,
    key: str,
    content: str,
    values: dict[str, Any],
) -> Payment:
    """Keep a payment under its key."""
    kept = values | {
        "id": service.store.payment_ids.next(),
        "recorded_at": service.clock(),
        "recorded_by": session.name,
        "key": key,
    }
    remember(connection, key, content, kept["id"])
    return payments.add(connection, account, kept)


def take_in(
    service: Service,
    connection: Connection,
    session: OperatorSession,
    account: Account,
    key: str,
    content: str,
    values: dict[str, Any],
) -> MoneyMoved:
    """Keep a payment or credit that has come, under its key, and let it pay what is due."""
    book = load_book(connection, account)
    funding = Funding(NEW, PaymentKind(values["kind"]), values.get("expires"), values["amount_minor"])
    book.fund(funding)
    # Only now that it is known what is left of it, so that it is written once.
    kept = values | {"unapplied_minor": funding.unapplied_minor}
    payment = add_payment(service, connection, session, account, key, content, kept)
    save_book(connection, account, book, payment.recorded_at, session.name, new=payment.sequence)
    now = replace(account, funds_minor=book.funds_minor, receivable_minor=book.receivable_minor)
    return MoneyMoved(now, payment)
