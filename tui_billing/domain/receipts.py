"""Which money there is a receipt for: what has come in or gone back, not what was only tried."""

from __future__ import annotations

from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState


def refuse_receipt(payment: Payment) -> None:
    """Raise `RuleRefused` unless money came in."""
    if payment.state is PaymentState.PENDING:
        raise RuleRefused("There is no receipt yet: this payment is still Pending.")
    if payment.state is PaymentState.FAILED:
        raise RuleRefused(f"There is no receipt: this payment failed ({payment.failure_reason}); no money came in.")


def refuse_charge_back_receipt(charge_back: ChargeBack) -> None:
    """Raise `RuleRefused` unless money went back."""
    if charge_back.state is ChargeBackState.PENDING:
        raise RuleRefused("There is no receipt yet: this charge back is still Pending.")
    if charge_back.state is ChargeBackState.FAILED:
        raise RuleRefused(f"There is no receipt: the charge back failed ({charge_back.failure_reason}).")
