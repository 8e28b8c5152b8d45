"""What a gateway answered, brought into the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import StoreUnanswered, StoreUnavailable
from tui_billing.domain.ledger import Funding
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState, state_after
from tui_billing.gateways.base import Answer, Approved, Declined, Unknown
from tui_billing.services.lookups import payment_held
from tui_billing.services.service import Service
from tui_billing.store import accounts, payments, users
from tui_billing.store.ledger import load_book, save_book
from tui_billing.store.users import AuditEntry


@contextmanager
def once_sent() -> Iterator[None]:
    """From the request to the gateway on: a database that fails now leaves the outcome unknown, not refused."""
    try:
        yield
    except StoreUnavailable as fault:
        raise StoreUnanswered(
            "The database failed when the gateway had been asked. Whether the money has moved is not known: the row"
            " stays Pending and is looked up before anything else happens to it."
        ) from fault


def save_payment_outcome(service: Service, payment_id: str, answer: Answer) -> None:
    """Bring the answer to a charge into the ledger, unless that has been done already."""
    with service.store.writing() as connection:
        account, payment = payment_held(connection, payment_id)
        if payment.state is not PaymentState.PENDING:
            return
        if isinstance(answer, Unknown):
            payments.save(connection, payment.id, unanswered_at=service.clock())
        elif isinstance(answer, Declined):
            state = PaymentState.FAILED.value
            payments.save(connection, payment.id, state=state, failure_reason=answer.reason)
        else:
            _book_payment(service, connection, account, payment, answer)
        _audit_answer(service, connection, payment.recorded_by, payment.id, answer)


def save_charge_back_outcome(service: Service, charge_back_id: str, answer: Answer) -> None:
    """Bring the answer to a refund into the ledger, unless that has been done already."""
    with service.store.writing() as connection:
        payment_held(connection, payments.charge_back_by_id(connection, charge_back_id).payment_id)
        charge_back = payments.charge_back_by_id(connection, charge_back_id)
        if charge_back.state is not ChargeBackState.PENDING:
            return
        if isinstance(answer, Unknown):
            payments.save_charge_back(connection, charge_back.id, unanswered_at=service.clock())
        elif isinstance(answer, Declined):
            state = ChargeBackState.FAILED.value
            payments.save_charge_back(connection, charge_back.id, state=state, failure_reason=answer.reason)
            _release(connection, charge_back)
        else:
            book_charge_back(service, connection, charge_back, answer.reference)
        _audit_answer(service, connection, charge_back.issued_by, charge_back.payment_id, answer)


def book_charge_back(service: Service, connection: Connection, charge_back: ChargeBack, reference: str) -> None:
    """Bring a Pending charge back that has happened into the ledger; the reference is the gateway's."""
    state = ChargeBackState.COMPLETED.value
    payments.save_charge_back(connection, charge_back.id, state=state, gateway_reference=reference)
    payment = _release(connection, charge_back)
    returned_minor = payment.charged_back_minor + charge_back.amount_minor
    payment_state = state_after(payment, returned_minor)
    payments.save(connection, payment.id, state=payment_state.value, charged_back_minor=returned_minor)
    account = accounts.by_id(connection, payment.account_id)
    book = load_book(connection, account, reversing=payment.sequence)
    book.take_back(payment.sequence, charge_back.amount_minor)
    save_book(connection, account, book, service.clock(), charge_back.issued_by)


def _book_payment(
    service: Service, connection: Connection, account: Account, payment: Payment, answer: Approved
) -> None:
    state = PaymentState.COMPLETED.value
    payments.save(connection, payment.id, state=state, gateway_reference=answer.reference)
    book = load_book(connection, account)
    book.fund(Funding.of(payment))
    save_book(connection, account, book, service.clock(), payment.recorded_by)


def _release(connection: Connection, charge_back: ChargeBack) -> Payment:
    payment = payments.by_id(connection, charge_back.payment_id)
    assert payment is not None
    waiting_minor = payment.charge_back_pending_minor - charge_back.amount_minor
    payments.save(connection, payment.id, charge_back_pending_minor=waiting_minor)
    return payment


def _audit_answer(service: Service, connection: Connection, user_name: str, payment_id: str, answer: Answer) -> None:
    said = {Approved: "approved", Declined: "declined", Unknown: "unknown"}[type(answer)]
    reason = "" if isinstance(answer, Approved) else f": {answer.reason}"
    entry = AuditEntry(service.clock(), user_name, "gateway", "gateway answer", payment_id, f"{said}{reason}")
    users.write_audit(connection, entry)
