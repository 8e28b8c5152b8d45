"""Money going back: Issue Charge Back and Cancel Payment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.idempotency import checked_key
from tui_billing.domain.money import Money
from tui_billing.domain.money_actions import refuse_cancel_payment, refuse_charge_back
from tui_billing.domain.payments import CancelReason, ChargeBack, ChargeBackState, Payment
from tui_billing.domain.text import checked_text
from tui_billing.gateways.base import RefundRequest
from tui_billing.services.cancelling import cancel
from tui_billing.services.gateway_answers import once_sent, save_charge_back_outcome
from tui_billing.services.idempotency import content_of, earlier_result, remember
from tui_billing.services.lookups import payment_found, payment_held
from tui_billing.services.outcomes import resolve_payment
from tui_billing.services.permissions import requires
from tui_billing.services.requests import ChargeBackRequest
from tui_billing.services.results import MoneyMoved, told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import payments


@dataclass(frozen=True, slots=True)
class Refunds(Service):
    """The way back of every payment: card payments by charge back, recorded ones by cancellation."""

    @requires(Permission.FINANCE, action="Issue Charge Back", keyed=True)
    def charge_back(
        self, session: OperatorSession, payment_id: str, request: ChargeBackRequest, key: str
    ) -> MoneyMoved:
        """Issue Charge Back: return card money through the gateway that took it, once per key.

        Raises `RuleRefused` with the gateway's reason if it refuses, and `OutcomeUnknown` if no answer came.
        """
        with self.store.reading() as connection:
            payment_id = payment_found(connection, payment_id).id
        resolve_payment(self, payment_id)
        key, content = checked_key(key), content_of("charge back", payment_id, request)
        with self.store.writing() as connection:
            # Read only now: the look-up above may just have learnt the reference of the charge.
            _, payment = payment_held(connection, payment_id)
            earlier = earlier_result(connection, key, content)
            if earlier is None:
                refuse_charge_back(payment)
                gateway = self.gateway(payment.gateway)
                charge_back_id = uuid.uuid4().hex
                remember(connection, key, content, charge_back_id)
                charge_back = self._add_pending(connection, session, payment, request, charge_back_id, key)
        with once_sent():
            if earlier is None:
                answer = gateway.refund(_refund_request(payment, charge_back))
                save_charge_back_outcome(self, charge_back.id, answer)
            with self.store.reading() as connection:
                return told(connection, payment_id, earlier or charge_back.id)

    @requires(Permission.FINANCE, within="writing", action="Cancel Payment", keyed=True)
    def cancel_payment(
        self, session: OperatorSession, connection: Connection, payment_id: str, reason: CancelReason, key: str
    ) -> MoneyMoved:
        """Cancel Payment: take a recorded payment out whole, once per key; what it had paid is due again."""
        return cancel(self, connection, session, payment_id, reason, key, refuse_cancel_payment, "Cancel Payment")

    def _add_pending(
        self,
        connection: Connection,
        session: OperatorSession,
        payment: Payment,
        request: ChargeBackRequest,
        charge_back_id: str,
        key: str,
    ) -> ChargeBack:
        amount = charge_back_amount(payment, request.amount)
        charge_back = payments.add_charge_back(
            connection,
            {
                "id": charge_back_id,
                "payment_id": payment.id,
                "amount_minor": amount.minor_units,
                "state": ChargeBackState.PENDING.value,
                "reason": None if request.reason is None else request.reason.value,
                "case_reference": checked_text(request.case_reference, "Case reference"),
                "key": key,
                "issued_by": session.name,
                "issued_at": self.clock(),
            },
        )
        payments.save(connection, payment.id, charge_back_pending_minor=amount.minor_units)
        self.audit(connection, session, "Issue Charge Back", payment.id, f"sent: {amount}")
        return charge_back


def charge_back_amount(payment: Payment, typed: str) -> Money:
    """The amount to charge back, all that is left if none is typed; raises `RuleRefused` for more than is left."""
    if not typed.strip():
        return payment.returnable
    amount = Money.parse(typed, payment.currency)
    if amount > payment.returnable:
        raise RuleRefused(f"Only {payment.returnable} of this payment is left to charge back.")
    return amount


def _refund_request(payment: Payment, charge_back: ChargeBack) -> RefundRequest:
    return RefundRequest(
        key=charge_back.key,
        charge_back_id=charge_back.id,
        charge_reference=payment.gateway_reference,
        amount_minor=charge_back.amount_minor,
        currency=payment.currency,
    )
