"""Cancel Payment and Cancel Credit are one act: what was recorded by hand is taken out whole."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from tui_billing.domain.idempotency import checked_key
from tui_billing.domain.payments import CancelReason, Payment, PaymentState
from tui_billing.services.idempotency import content_of, earlier_result, remember
from tui_billing.services.lookups import payment_held
from tui_billing.services.requests import CancelRequest
from tui_billing.services.results import MoneyMoved, told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import payments
from tui_billing.store.ledger import load_book, save_book


def cancel(
    service: Service,
    connection: Connection,
    session: OperatorSession,
    payment_id: str,
    reason: CancelReason,
    key: str,
    refuse: Callable[[Payment], None],
    action: str,
) -> MoneyMoved:
    """Take a recorded payment or a credit out whole, unless `refuse` raises for it."""
    key = checked_key(key)
    account, payment = payment_held(connection, payment_id)
    content = content_of(action, payment.id, CancelRequest(reason))
    if (earlier := earlier_result(connection, key, content)) is not None:
        return told(connection, earlier)
    refuse(payment)
    now = service.clock()
    payments.save(
        connection,
        payment.id,
        state=PaymentState.CANCELLED.value,
        cancelled_by=session.name,
        cancelled_at=now,
        cancel_reason=reason.value,
    )
    remember(connection, key, content, payment.id)
    book = load_book(connection, account, reversing=payment.sequence)
    book.take_back(payment.sequence, payment.amount_minor)
    save_book(connection, account, book, now, session.name)
    service.audit(connection, session, action, payment.id, f"done: {payment.amount}, {reason.label}")
    return told(connection, payment.id)
