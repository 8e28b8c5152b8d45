"""The details of a payment or credit, in short and in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment, PaymentKind, PaymentState
from tui_billing.widgets.details import Detail

if TYPE_CHECKING:
    from tui_billing.services.payments import PaymentDetails

PENDING_MEANS = (
    "The money may or may not have moved, so nothing else can be done with this payment. Look up (l) asks the gateway;"
    " the desk also asks when it opens, before the next action here, and with every reconcile. Do not send it again."
)


def payment_title(payment: Payment) -> str:
    """What the details of a payment are headed with."""
    return f"{'Credit' if payment.kind is PaymentKind.CREDIT else 'Payment'} {payment.short_id}"


def payment_summary(payment: Payment) -> list[Detail]:
    """What the row itself tells, the most asked for first."""
    return [
        Detail("Amount", str(payment.amount)),
        Detail("Unapplied", str(payment.unapplied)),
        Detail("Recorded", f"{payment.recorded_at:%Y-%m-%d %H:%M} UTC"),
        Detail("Recorded by", payment.recorded_by),
        Detail("Method or card", payment.means),
        Detail("Reference", payment.reference or "none"),
        Detail("Reason" if payment.kind is PaymentKind.CREDIT else "Memo", payment.memo or "none"),
    ]


def payment_details(details: PaymentDetails) -> list[Detail]:
    """All fields, the invoices it paid, its charge backs or cancellation, and its history."""
    payment = details.payment
    lines = [
        Detail("ID", payment.id),
        Detail("Kind", payment.kind.label),
        Detail("State", state_in_words(payment)),
        Detail("Received", f"{payment.received:%Y-%m-%d}"),
        *payment_summary(payment),
    ]
    if payment.state is PaymentState.PENDING or payment.charge_back_pending_minor:
        lines.insert(3, Detail("What next", PENDING_MEANS, "warning"))
    if payment.kind.by_card:
        # Of what failed nothing came in.
        left = [] if payment.state is PaymentState.FAILED else [Detail("Left to return", str(payment.returnable))]
        lines += [
            *left,
            Detail("Gateway", payment.gateway),
            Detail("Transaction", payment.gateway_reference or "none"),
        ]
    if payment.expires is not None:
        lines.append(Detail("Expires", f"{payment.expires:%Y-%m-%d}"))
    lines.append(Detail("Key", payment.key))
    lines.append(Detail("Invoices it paid"))
    lines += [Detail(number, str(amount)) for number, amount in details.paid] or [Detail("", "none")]
    if details.charge_backs:
        lines.append(Detail("Charge backs"))
        for charge_back in details.charge_backs:
            amount = Money(charge_back.amount_minor, payment.currency)
            said = charge_back.failure_reason or (charge_back.reason.label if charge_back.reason else "")
            state = "Taken by the bank" if charge_back.dispute else charge_back.state.label
            back = Money(charge_back.reversed_minor, payment.currency)
            words = " · ".join(filter(None, (str(amount), state, said, charge_back.case_reference)))
            words += f" · reversed {back}" if charge_back.reversed_minor else ""
            lines.append(Detail(f"{charge_back.issued_at:%Y-%m-%d %H:%M}", f"{words} · by {charge_back.issued_by}"))
    lines.append(Detail("Ledger entries"))
    for entry in details.entries:
        amount = Money(entry.amount_minor, payment.currency)
        words = " · ".join(filter(None, (entry.event, str(amount), entry.invoice_number)))
        lines.append(Detail(f"{entry.recorded_at:%Y-%m-%d %H:%M}", f"{words} · {entry.recorded_by}"))
    if details.history:
        lines.append(Detail("History"))
        for happened in details.history:
            said = f"{happened.user_name}: {happened.action}, {happened.outcome}"
            lines.append(Detail(f"{happened.recorded_at:%Y-%m-%d %H:%M}", said))
    return lines


def state_in_words(payment: Payment) -> str:
    """The state, with who, when and why where that matters."""
    if payment.state is PaymentState.CANCELLED and payment.cancelled_at is not None:
        reason = payment.cancel_reason.label if payment.cancel_reason else ""
        noted = " (debit note)" if payment.kind is PaymentKind.CREDIT else ""
        return f"Cancelled{noted} on {payment.cancelled_at:%Y-%m-%d %H:%M} by {payment.cancelled_by}: {reason}"
    if payment.state is PaymentState.FAILED:
        return f"Failed: {payment.failure_reason}"
    if payment.state is PaymentState.PENDING:
        return "Pending: sent, and the gateway has not answered yet"
    if payment.charge_back_pending_minor:
        pending = Money(payment.charge_back_pending_minor, payment.currency)
        return f"{payment.state.label}; a charge back of {pending} is pending"
    return payment.state.label
