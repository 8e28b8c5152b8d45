"""What the gateway answered, brought into the ledger; and asking again where no answer came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused, StoreUnanswered, StoreUnavailable
from tui_billing.domain.ledger import Funding
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState, state_after
from tui_billing.gateways.base import Answer, Approved, Declined, Unknown
from tui_billing.services.lookups import payment_found, payment_held
from tui_billing.services.permissions import open_to_all, requires
from tui_billing.services.results import told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, payments, users
from tui_billing.store.ledger import load_book, save_book
from tui_billing.store.users import AuditEntry

# Longer than any gateway call may take: by then a request that has not arrived is not on its way any more.
IN_FLIGHT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many unknown outcomes were looked up, and how many are still unknown."""

    resolved: int
    still_unknown: int


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What looking one payment up has found: the account and the payment as they stand, and that in a sentence."""

    account: Account
    payment: Payment
    sentence: str


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


@dataclass(frozen=True, slots=True)
class Outcomes(Service):
    """Resolves the payments and charge backs whose outcome is unknown."""

    @requires(Permission.FINANCE)
    def reconcile(self, session: OperatorSession) -> Reconciled:
        """Ask the gateway for every Pending payment and charge back until it knows."""
        reconciled = resolve_all(self)
        with self.store.writing() as connection:
            outcome = f"done: {reconciled.resolved} resolved, {reconciled.still_unknown} still unknown"
            self.audit(connection, session, "reconcile", "", outcome)
        return reconciled

    @open_to_all
    def resolve_all(self) -> Reconciled:
        """The same when the desk starts, before anybody has signed in: it only finds out what has happened."""
        return resolve_all(self)

    @requires(Permission.FINANCE, own=(Permission.BILLING_ADMIN,), action="Look up")
    def look_up(self, session: OperatorSession, number: str, payment_id: str) -> LookedUp:
        """Ask the gateway what became of one payment, or of its charge back; moves no money.

        Raises `OutcomeUnknown` if the gateway cannot say it yet.
        """
        with self.store.reading() as connection:
            payment = payment_found(connection, payment_id, number)
            pending = _pending_of(connection, payment)
        resolve_payment(self, payment.id)
        with self.store.writing() as connection:
            account, _ = payment_held(connection, payment.id)
            sentence = _what_became(connection, payment.id, pending)
            self.audit(connection, session, "Look up", payment.id, f"done: {sentence}")
            return LookedUp(account, payment_found(connection, payment.id), sentence)


def resolve_all(service: Service) -> Reconciled:
    """Ask the gateways about everything that is Pending."""
    with service.store.reading() as connection:
        waiting: list[Payment | ChargeBack] = [*payments.pending(connection)]
        waiting += payments.pending_charge_backs(connection)
    unknown = sum(1 for row in waiting if isinstance(_resolve(service, row), Unknown))
    return Reconciled(len(waiting) - unknown, unknown)


def resolve_payment(service: Service, payment_id: str) -> None:
    """Look up what is pending on one payment, before anything else happens to it."""
    with service.store.reading() as connection:
        payment = payments.by_id(connection, payment_id)
        charge_backs = payments.charge_backs_of(connection, payment_id)
    if payment is not None and payment.state is PaymentState.PENDING:
        _resolve(service, payment)
    for charge_back in charge_backs:
        if charge_back.state is ChargeBackState.PENDING:
            _resolve(service, charge_back)


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


def _resolve(service: Service, row: Payment | ChargeBack) -> Answer:
    with service.store.reading() as connection:
        payment = row if isinstance(row, Payment) else payments.by_id(connection, row.payment_id)
    assert payment is not None
    if payment.gateway not in service.gateways:
        return Unknown("Its gateway is not configured on this desk.")
    gateway = service.gateways[payment.gateway]
    began_at = row.recorded_at if isinstance(row, Payment) else row.issued_at
    answer = gateway.find(row.key, began_at)
    # The sender has given up, or has had time enough: what has not arrived must never arrive.
    if answer is None and (row.unanswered_at is not None or service.clock() - began_at > IN_FLIGHT):
        gateway.withdraw(row.key)
        answer = gateway.find(row.key, began_at)
    if answer is None or isinstance(answer, Unknown):
        # Not the sender's own giving up, so the row is left as the sender left it.
        return answer or Unknown("The request may still be on its way.")
    if isinstance(row, Payment):
        save_payment_outcome(service, row.id, answer)
    else:
        save_charge_back_outcome(service, row.id, answer)
    return answer


def _book_payment(
    service: Service, connection: Connection, account: Account, payment: Payment, answer: Approved
) -> None:
    state = PaymentState.COMPLETED.value
    payments.save(connection, payment.id, state=state, gateway_reference=answer.reference)
    book = load_book(connection, account)
    book.fund(Funding.of(payment))
    save_book(connection, account, book, service.clock(), payment.recorded_by)


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


def _pending_of(connection: Connection, payment: Payment) -> list[str]:
    """What is Pending of a payment: its own ID, or those of its charge backs."""
    charge_backs = payments.charge_backs_of(connection, payment.id)
    pending = [each.id for each in charge_backs if each.state is ChargeBackState.PENDING]
    return [payment.id] if payment.state is PaymentState.PENDING else pending


def _what_became(connection: Connection, payment_id: str, pending: list[str]) -> str:
    """What is known now of what was Pending; raises `OutcomeUnknown` if nothing more than before."""
    if not pending:
        payment = payment_found(connection, payment_id)
        return f"Nothing is pending here: the payment is {payment.state.label}."
    charge_back_id = None if pending == [payment_id] else pending[-1]
    try:
        moved = told(connection, payment_id, charge_back_id)
    except RuleRefused as refusal:
        return refusal.sentence
    if moved.charge_back is None:
        return f"{moved.payment.amount} was charged: the payment is Completed."
    return f"{Money(moved.charge_back.amount_minor, moved.payment.currency)} was charged back to the card."


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
