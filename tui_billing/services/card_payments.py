"""Card payments: the payment as it is kept before the gateway is asked for the money, and the asking."""

from __future__ import annotations

from typing import Any

from tui_billing.domain.accounts import CardOnFile
from tui_billing.domain.payments import Payment, PaymentKind, PaymentMethod, PaymentState
from tui_billing.gateways.base import ChargeRequest
from tui_billing.services.gateway_answers import save_payment_outcome
from tui_billing.services.service import Service


def pending_values(service: Service, card: CardOnFile, kind: PaymentKind, amount_minor: int) -> dict[str, Any]:
    """The columns of a card payment that the gateway has yet to be asked for."""
    return {
        "kind": kind.value,
        "state": PaymentState.PENDING.value,
        "amount_minor": amount_minor,
        "received": service.clock().date(),
        "method": PaymentMethod.CARD.value,
        "card_label": card.label,
        "gateway": card.gateway,
    }


def send(service: Service, payment: Payment, card: CardOnFile) -> None:
    """Ask the gateway for the money of a payment that has been committed as Pending, and save its answer."""
    request = ChargeRequest(
        key=payment.key,
        payment_id=payment.id,
        customer_reference=card.customer_reference,
        payment_method_reference=card.payment_method_reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )
    save_payment_outcome(service, payment.id, service.gateway(card.gateway).charge(request))
