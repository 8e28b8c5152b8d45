"""What the receipts of payments, charge backs and credits say; of who recorded them they say nothing."""

from __future__ import annotations

from tui_billing.documents.document import Column, Document, Table
from tui_billing.domain.accounts import Account
from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, Payment, PaymentKind, PaymentState
from tui_billing.domain.receipts import refuse_charge_back_receipt, refuse_receipt
from tui_billing.services.payments import PaymentDetails


def receipt_of(account: Account, details: PaymentDetails, notes: tuple[str, ...]) -> Document:
    """The receipt of a payment, the credit note of a credit, or the debit note of a cancelled one."""
    payment = details.payment
    refuse_receipt(payment)
    if payment.kind is not PaymentKind.CREDIT:
        return _payment_receipt(account, details, notes)
    if payment.state is PaymentState.CANCELLED:
        return _debit_note(account, payment, notes)
    return _credit_note(account, details, notes)


def charge_back_receipt_of(
    account: Account, payment: Payment, charge_back: ChargeBack, notes: tuple[str, ...]
) -> Document:
    """The receipt of money that went back to the card."""
    refuse_charge_back_receipt(charge_back)
    return Document(
        name=f"charge-back-{charge_back.id[:8]}",
        title="Charge back receipt",
        number=charge_back.id,
        dated=charge_back.issued_at.date(),
        account_number=account.number,
        account_name=account.name,
        amount_label=f"Returned to {payment.card_label}",
        amount=str(Money(charge_back.amount_minor, payment.currency)),
        facts=_given(
            ("Charge back", charge_back.id),
            ("Issued", f"{charge_back.issued_at:%Y-%m-%d %H:%M} UTC"),
            ("Of payment", payment.id),
            ("Payment received", f"{payment.received:%Y-%m-%d}"),
            ("Payment amount", str(payment.amount)),
            ("Bank's reason", charge_back.reason.label if charge_back.reason else ""),
            ("Case reference", charge_back.case_reference),
            ("State", charge_back.state.label),
        ),
        notes=notes,
    )


def _payment_receipt(account: Account, details: PaymentDetails, notes: tuple[str, ...]) -> Document:
    payment = details.payment
    cancelled = payment.state is PaymentState.CANCELLED
    return Document(
        name=f"receipt-{payment.short_id}",
        title="Payment receipt",
        number=payment.id,
        dated=payment.received,
        account_number=account.number,
        account_name=account.name,
        amount_label="Amount received, cancelled since" if cancelled else "Amount received",
        amount=str(payment.amount),
        facts=_given(
            ("Payment", payment.id),
            ("Received", f"{payment.received:%Y-%m-%d}"),
            ("Recorded", f"{payment.recorded_at:%Y-%m-%d %H:%M} UTC"),
            ("Card" if payment.kind.by_card else "Method", payment.means),
            ("Reference", payment.reference),
            ("State", _state(payment)),
            ("Charged back", str(Money(payment.charged_back_minor, payment.currency)) if _went_back(payment) else ""),
        ),
        tables=_paid(details),
        notes=notes,
    )


def _credit_note(account: Account, details: PaymentDetails, notes: tuple[str, ...]) -> Document:
    credit = details.payment
    return Document(
        name=f"credit-note-{credit.short_id}",
        title="Credit note",
        number=credit.id,
        dated=credit.received,
        account_number=account.number,
        account_name=account.name,
        amount_label="Credit granted",
        amount=str(credit.amount),
        facts=_given(
            ("Credit", credit.id),
            ("Issued", f"{credit.recorded_at:%Y-%m-%d %H:%M} UTC"),
            ("Reason", credit.memo),
            ("Expires", f"{credit.expires:%Y-%m-%d}" if credit.expires else ""),
            ("State", credit.state.label),
        ),
        tables=_paid(details),
        notes=notes,
    )


def _debit_note(account: Account, credit: Payment, notes: tuple[str, ...]) -> Document:
    assert credit.cancelled_at is not None, "what is cancelled was so at some moment"
    return Document(
        name=f"debit-note-{credit.short_id}",
        title="Debit note",
        number=credit.id,
        dated=credit.cancelled_at.date(),
        account_number=account.number,
        account_name=account.name,
        amount_label="Credit taken back",
        amount=str(credit.amount),
        facts=_given(
            ("Credit", credit.id),
            ("Credit issued", f"{credit.recorded_at:%Y-%m-%d %H:%M} UTC"),
            ("Reason of the credit", credit.memo),
            ("State", _state(credit)),
        ),
        notes=notes,
    )


def _paid(details: PaymentDetails) -> tuple[Table, ...]:
    payment = details.payment
    if not details.paid and not payment.unapplied_minor:
        return ()
    columns = (Column("Invoice", 3), Column(f"Amount ({payment.currency})", 1, right=True))
    rows = tuple((number, amount.figure) for number, amount in details.paid)
    left = (("Left for later charges", payment.unapplied.figure),) if payment.unapplied_minor else ()
    return (Table("Invoices paid", columns, rows, left),)


def _state(payment: Payment) -> str:
    if payment.cancelled_at is None or payment.cancel_reason is None:
        return payment.state.label
    return f"{payment.state.label} on {payment.cancelled_at:%Y-%m-%d}: {payment.cancel_reason.label}"


def _went_back(payment: Payment) -> bool:
    return payment.charged_back_minor > 0


def _given(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)
