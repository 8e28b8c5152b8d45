"""Unknown outcomes: the gateway is asked what became of a payment or charge back that it has not answered for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState
from tui_billing.gateways.base import Answer, Unknown
from tui_billing.services.gateway_answers import save_charge_back_outcome, save_payment_outcome
from tui_billing.services.lookups import payment_found, payment_held
from tui_billing.services.permissions import open_to_all, requires
from tui_billing.services.results import told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import payments

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


@dataclass(frozen=True, slots=True)
class Outcomes(Service):
    """Resolves the payments and charge backs whose outcome is unknown."""

    @open_to_all
    def resolve_all(self) -> Reconciled:
        """Ask about everything Pending when the desk starts, before anybody has signed in; moves no money."""
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
