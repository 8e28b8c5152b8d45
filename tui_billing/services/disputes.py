"""Disputes: money the bank took itself is recorded as a charge back, and comes back when the dispute is won."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.exceptions import Finding
from tui_billing.domain.idempotency import checked_key
from tui_billing.domain.money import Money
from tui_billing.domain.money_actions import refuse_dispute, refuse_reversal
from tui_billing.domain.payments import ChargeBack, ChargeBackReason, ChargeBackState, Payment, state_after
from tui_billing.services.gateway_answers import book_charge_back
from tui_billing.services.idempotency import content_of, earlier_result, remember
from tui_billing.services.lookups import charge_back_found, dispute_found, payment_found, payment_held
from tui_billing.services.permissions import requires
from tui_billing.services.requests import DisputeRequest, ReversalRequest
from tui_billing.services.results import MoneyMoved, told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import findings, payments
from tui_billing.store.clearing import dispute_name
from tui_billing.store.ledger import load_book, save_book
from tui_billing.store.turns import Turn, take

# The banks' words, as Stripe has them; what is not here is Other.
REASONS = {
    "fraudulent": ChargeBackReason.FRAUDULENT,
    "unrecognized": ChargeBackReason.FRAUDULENT,
    "debit_not_authorized": ChargeBackReason.FRAUDULENT,
    "duplicate": ChargeBackReason.DUPLICATE,
    "product_not_received": ChargeBackReason.NOT_RECEIVED,
    "product_unacceptable": ChargeBackReason.NOT_AS_DESCRIBED,
    "subscription_canceled": ChargeBackReason.CANCELLED,
    "credit_not_processed": ChargeBackReason.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Disputes(Service):
    """What banks take and give back by themselves; nothing here sends money."""

    @requires(Permission.FINANCE, within="writing", action="Record Dispute", keyed=True)
    def record(self, session: OperatorSession, connection: Connection, reference: str, key: str) -> MoneyMoved:
        """Record a dispute that reconcile has found as a charge back that is Completed already, once per dispute."""
        key, content = checked_key(key), content_of("record dispute", reference, DisputeRequest(reference))
        held_id = _hold_disputed(connection, reference)
        earlier = earlier_result(connection, key, content)
        if earlier is not None:
            return told(connection, payments.charge_back_by_id(connection, earlier).payment_id, earlier)
        dispute, payment = dispute_found(connection, reference)
        if payment.id != held_id:
            raise RuleRefused("Reconcile has only just found this dispute. Try again.")
        refuse_dispute(payment, dispute.amount)
        charge_back_id = uuid.uuid4().hex
        remember(connection, key, content, charge_back_id)
        charge_back = self._add(connection, session, dispute, payment, charge_back_id, key)
        book_charge_back(self, connection, charge_back, reference)
        findings.remove(connection, dispute.id)
        self.audit(connection, session, "Record Dispute", payment.id, f"done: {dispute.amount}, {reference}")
        return told(connection, payment.id, charge_back.id)

    @requires(Permission.FINANCE, within="writing", action="Charge Back Reversed", keyed=True)
    def reverse(
        self, session: OperatorSession, connection: Connection, charge_back_id: str, amount: str, key: str
    ) -> MoneyMoved:
        """Charge Back Reversed: a dispute was won, and its money or a part of it comes back to the payment."""
        key = checked_key(key)
        account, _ = payment_held(connection, charge_back_found(connection, charge_back_id).payment_id)
        take(connection, Turn.FINDINGS)
        charge_back = charge_back_found(connection, charge_back_id)
        content = content_of("reverse", charge_back.id, ReversalRequest(amount))
        if earlier_result(connection, key, content) is not None:
            return told(connection, charge_back.payment_id, charge_back.id)
        won = won_dispute(connection, charge_back)
        payment = payment_found(connection, charge_back.payment_id)
        regained = reversal_amount(payment, charge_back, amount)
        reversal_id = uuid.uuid4().hex
        remember(connection, key, content, reversal_id)
        values = {"id": reversal_id, "charge_back_id": charge_back.id, "amount_minor": regained.minor_units}
        values |= {"key": key, "recorded_by": session.name, "recorded_at": self.clock()}
        payments.add_reversal(connection, values)
        self._regain(connection, session, account, payment, charge_back, regained.minor_units)
        _note(connection, won, regained.minor_units)
        self.audit(connection, session, "Charge Back Reversed", payment.id, f"done: {regained}, {won.reference}")
        return told(connection, payment.id, charge_back.id)

    def _add(
        self,
        connection: Connection,
        session: OperatorSession,
        dispute: Finding,
        payment: Payment,
        charge_back_id: str,
        key: str,
    ) -> ChargeBack:
        payments.save(connection, payment.id, charge_back_pending_minor=dispute.amount_minor)
        return payments.add_charge_back(
            connection,
            {
                "id": charge_back_id,
                "payment_id": payment.id,
                "amount_minor": dispute.amount_minor,
                "state": ChargeBackState.PENDING.value,
                "reason": REASONS.get(dispute.words, ChargeBackReason.OTHER).value,
                "case_reference": dispute.reference,
                "key": key,
                "issued_by": session.name,
                "issued_at": self.clock(),
                "dispute": dispute_name(dispute.gateway, dispute.reference),
            },
        )

    def _regain(
        self,
        connection: Connection,
        session: OperatorSession,
        account: Account,
        payment: Payment,
        charge_back: ChargeBack,
        regained_minor: int,
    ) -> None:
        payments.save_charge_back(
            connection, charge_back.id, reversed_minor=charge_back.reversed_minor + regained_minor
        )
        returned_minor = payment.charged_back_minor - regained_minor
        state = state_after(payment, returned_minor)
        payments.save(connection, payment.id, state=state.value, charged_back_minor=returned_minor)
        book = load_book(connection, account, reversing=payment.sequence)
        book.regain(payment.sequence, regained_minor)
        save_book(connection, account, book, self.clock(), session.name)


def _hold_disputed(connection: Connection, reference: str) -> str | None:
    """Hold what reconcile has found, and the account of the payment that is disputed, if it is known; gives its ID."""
    payment_id = findings.disputed_payment(connection, reference)
    if payment_id is not None:
        payment_held(connection, payment_id)
    take(connection, Turn.FINDINGS)
    return payment_id


def won_dispute(connection: Connection, charge_back: ChargeBack) -> Finding:
    """What reconcile found: that the charge back's dispute was won; raises `RuleRefused` if it may not be reversed."""
    refuse_reversal(charge_back)
    won = findings.of_charge_back(connection, charge_back.id)
    if won is None:
        raise RuleRefused("The gateway has not said that this dispute is won. Reconcile, then try again.")
    return won


def reversal_amount(payment: Payment, charge_back: ChargeBack, typed: str) -> Money:
    """What comes back, all that has not if none is typed; raises `RuleRefused` for more than that."""
    left = Money(charge_back.reversible_minor, payment.currency)
    if not typed.strip():
        return left
    amount = Money.parse(typed, payment.currency)
    if amount > left:
        raise RuleRefused(f"Only {left} of this charge back can still come back.")
    return amount


def _note(connection: Connection, won: Finding, regained_minor: int) -> None:
    """Leave on the list what has not come back yet."""
    if regained_minor == won.amount_minor:
        findings.remove(connection, won.id)
    else:
        findings.save_amount(connection, won.id, won.amount_minor - regained_minor)
