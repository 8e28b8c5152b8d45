"""Which money actions an account or a payment is open to, and by what it is kept from the others."""

from __future__ import annotations

from tui_billing.domain.accounts import Account, AccountState, AccountType
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, Payment, PaymentKind, PaymentState


def refuse_record(account: Account) -> None:
    """Raise `RuleRefused` unless Record Payment is open to the account: corporate, in every state."""
    if account.type is not AccountType.CORPORATE:
        raise RuleRefused(
            f"Record Payment is for corporate accounts; this account is {account.type.label}."
            " A retail account pays by card with Make Payment."
        )


def refuse_make(account: Account) -> None:
    """Raise `RuleRefused` unless Make Payment is open to the account: retail, a card on file, not terminated."""
    if account.type is not AccountType.RETAIL:
        raise RuleRefused(f"Make Payment is for retail accounts; this account is {account.type.label}.")
    if account.state is AccountState.TERMINATED:
        raise RuleRefused("Make Payment is closed: this account is Terminated.")
    if account.card is None:
        raise RuleRefused("There is no card on file. Put one on file first.")


def refuse_credit(account: Account) -> None:
    """Raise `RuleRefused` unless Issue Credit is open to the account: not System, not terminated."""
    if account.type is AccountType.SYSTEM:
        raise RuleRefused("The System account is the provider itself and takes no money actions.")
    if account.state is AccountState.TERMINATED:
        raise RuleRefused("Issue Credit is closed: this account is Terminated.")


def refuse_charge_back(payment: Payment) -> None:
    """Raise `RuleRefused` unless some of the payment may be charged back now."""
    if not payment.kind.by_card:
        raise RuleRefused(
            f"Only card payments are charged back; this one is {payment.kind.label}. Use {way_back(payment.kind)}."
        )
    _refuse_unsettled(payment)
    if payment.charge_back_pending_minor:
        raise RuleRefused("A charge back of this payment is still Pending; its outcome is being looked up.")
    if payment.state is PaymentState.CHARGED_BACK:
        raise RuleRefused("Already charged back in full.")


def refuse_look_up(payment: Payment) -> None:
    """Raise `RuleRefused` unless something of the payment waits for the gateway's answer."""
    if payment.state is not PaymentState.PENDING and not payment.charge_back_pending_minor:
        raise RuleRefused("Nothing is pending here: the gateway has answered.")


def refuse_dispute(payment: Payment, taken: Money) -> None:
    """Raise `RuleRefused` unless what the bank took can be recorded: no more than is left of the payment."""
    if payment.currency != taken.currency:
        raise RuleRefused(f"The bank took {taken}, but this payment is in {payment.currency}. Ask the gateway why.")
    if payment.state is not PaymentState.CHARGED_BACK:
        refuse_charge_back(payment)
    if taken > payment.returnable:
        returned = Money(payment.charged_back_minor, payment.currency)
        raise RuleRefused(
            f"The bank took {taken}, but {returned} of this payment has been charged back already and only"
            f" {payment.returnable} is left. Settle it with the gateway; until then the dispute stays in Exceptions."
        )


def refuse_reversal(charge_back: ChargeBack) -> None:
    """Raise `RuleRefused` unless some of the charge back may come back: it is a dispute's, and not all has come."""
    if charge_back.dispute is None:
        raise RuleRefused("Only the charge back of a dispute is reversed; this one was sent to the card from here.")
    if not charge_back.reversible_minor:
        raise RuleRefused("Already reversed in full.")


def refuse_cancel_payment(payment: Payment) -> None:
    """Raise `RuleRefused` unless the payment may be cancelled now: recorded, completed, whole."""
    # First, since what brought no money in has no other way back either.
    _refuse_unsettled(payment)
    if payment.kind is not PaymentKind.RECORD:
        raise RuleRefused(
            f"Only recorded payments are cancelled; this one is {payment.kind.label}. Use {way_back(payment.kind)}."
        )
    _refuse_cancelled(payment)


def refuse_cancel_credit(payment: Payment) -> None:
    """Raise `RuleRefused` unless this is a credit that has not been cancelled."""
    _refuse_unsettled(payment)
    if payment.kind is not PaymentKind.CREDIT:
        raise RuleRefused(f"This is a payment, not a credit. Use {way_back(payment.kind)}.")
    _refuse_cancelled(payment)


def way_back(kind: PaymentKind) -> str:
    """The name of the action that takes money of this kind back."""
    if kind.by_card:
        return "Issue Charge Back"
    return "Cancel Credit" if kind is PaymentKind.CREDIT else "Cancel Payment"


def _refuse_unsettled(payment: Payment) -> None:
    if payment.state is PaymentState.PENDING:
        raise RuleRefused("This payment is still Pending; its outcome is being looked up.")
    if payment.state is PaymentState.FAILED:
        raise RuleRefused(f"This payment failed ({payment.failure_reason}); no money came in.")


def _refuse_cancelled(payment: Payment) -> None:
    if payment.state is PaymentState.CANCELLED and payment.cancelled_at is not None:
        raise RuleRefused(f"Already cancelled on {payment.cancelled_at:%Y-%m-%d %H:%M} UTC by {payment.cancelled_by}.")
