"""`payments`: money that came in, and its ways back."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.money_actions import act
from tui_billing.commands.output import Result, listing, sections, table
from tui_billing.commands.paging import PAGE_ROWS, walk
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.payments import Payment, PaymentFilter, PaymentKind
from tui_billing.services.payments import PaymentDetails
from tui_billing.services.requests import ChargeBackRequest, RecordRequest
from tui_billing.services.results import MoneyMoved

TITLES = ("Date", "ID", "Kind", "Method or card", "Reference", "Amount>", "Unapplied>", "State", "Recorded by")

RETURN_TITLES = ("Moment", "ID", "Amount>", "State", "Reversed>", "Reason", "Case or failure", "By")


def list_payments(desk: Desk, arguments: argparse.Namespace) -> Result:
    """An account's payments, newest first; credits have a list of their own."""

    def wanted(payment: Payment) -> bool:
        return payment.kind is not PaymentKind.CREDIT and arguments.state in (None, payment.state)

    found = walk(
        lambda direction, key: desk.services.payments.page(
            desk.session, arguments.number, PaymentFilter.ALL, direction, key, PAGE_ROWS
        ),
        lambda payment: (payment.received, payment.sequence),
        wanted,
        arguments.limit,
    )
    rows = [_row(payment) for payment in found]
    return Result({"payments": [as_json.payment(p) for p in found]}, table(TITLES, rows, "There are no payments."))


def show(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Everything about one payment or credit."""
    number = desk.services.payments.account_number(desk.session, arguments.payment_id)
    found = desk.services.payments.details(desk.session, number, arguments.payment_id)
    currency = found.payment.currency
    document = as_json.payment(found.payment) | {
        "paid": as_json.applied(found.paid),
        "charge_backs": [as_json.charge_back(each, currency) for each in found.charge_backs],
        "entries": [as_json.ledger_line(line, currency) for line in found.entries],
        "history": [as_json.audit_entry(entry) for entry in found.history],
    }
    return Result(document, _details_text(found))


def record(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Record Payment."""
    number = arguments.number
    request = RecordRequest(arguments.amount, arguments.received, arguments.method, arguments.reference, arguments.memo)
    return act(
        arguments,
        lambda: desk.services.previews.record(desk.session, number, request.amount),
        lambda key: desk.services.payments.record(desk.session, number, request, key),
        lambda moved: f"recorded {moved.payment.amount}",
    )


def make(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Make Payment."""
    number, amount = arguments.number, arguments.amount
    return act(
        arguments,
        lambda: desk.services.previews.make(desk.session, number, amount),
        lambda key: desk.services.payments.make(desk.session, number, amount, key),
        lambda moved: f"charged {moved.payment.amount} to {moved.payment.card_label}",
    )


def cancel(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Cancel Payment."""
    payment_id, reason = arguments.payment_id, arguments.reason
    return act(
        arguments,
        lambda: desk.services.previews.take_back(desk.session, payment_id),
        lambda key: desk.services.refunds.cancel_payment(desk.session, payment_id, reason, key),
        lambda moved: f"cancelled the payment of {moved.payment.amount}",
    )


def charge_back(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Issue Charge Back."""
    payment_id = arguments.payment_id
    request = ChargeBackRequest(arguments.amount, arguments.reason, arguments.case)
    return act(
        arguments,
        lambda: desk.services.previews.take_back(desk.session, payment_id, request.amount),
        lambda key: desk.services.refunds.charge_back(desk.session, payment_id, request, key),
        _charged_back,
    )


def look_up(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Ask the gateway what became of one payment."""
    number = desk.services.payments.account_number(desk.session, arguments.payment_id)
    found = desk.services.outcomes.look_up(desk.session, number, arguments.payment_id)
    document = {"payment": as_json.payment(found.payment), "message": found.sentence}
    return Result(document, listing([("Found", found.sentence), ("ID", found.payment.id)]))


def record_dispute(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Record Dispute: a charge back that the bank has made itself."""
    reference = arguments.dispute
    return act(
        arguments,
        lambda: desk.services.previews.dispute(desk.session, reference),
        lambda key: desk.services.disputes.record(desk.session, reference, key),
        lambda moved: _charged_back(moved).replace("charged back", "recorded as charged back", 1),
    )


def reverse_charge_back(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Charge Back Reversed: a dispute was won."""
    charge_back_id, amount = arguments.charge_back_id, arguments.amount
    return act(
        arguments,
        lambda: desk.services.previews.reversal(desk.session, charge_back_id, amount),
        lambda key: desk.services.disputes.reverse(desk.session, charge_back_id, amount, key),
        lambda moved: (
            f"charge back reversed; {moved.payment.amount} of {moved.payment.card_label}: "
            f"{moved.payment.state.label.casefold()}"
        ),
    )


def _charged_back(moved: MoneyMoved) -> str:
    assert moved.charge_back is not None, "a charge back that is done has its row"
    returned = moved.account.money(moved.charge_back.amount_minor)
    return f"charged back {returned} to {moved.payment.card_label}"


def _row(payment: Payment) -> tuple[str, ...]:
    return (
        str(payment.received),
        payment.short_id,
        payment.kind.label,
        payment.means,
        payment.reference,
        str(payment.amount),
        str(payment.unapplied),
        payment.state.label,
        payment.recorded_by,
    )


def _details_text(found: PaymentDetails) -> str:
    currency = found.payment.currency
    paid = [(number, str(money)) for number, money in found.paid]
    returns = [
        (
            f"{each.issued_at:%Y-%m-%d %H:%M}",
            each.id[:8],
            as_json.money_text(each.amount_minor, currency),
            each.state.label,
            as_json.money_text(each.reversed_minor, currency) if each.reversed_minor else "",
            "" if each.reason is None else each.reason.label,
            each.case_reference or each.failure_reason,
            each.issued_by,
        )
        for each in found.charge_backs
    ]
    entries = [
        (
            f"{line.recorded_at:%Y-%m-%d %H:%M}",
            line.event,
            as_json.money_text(line.amount_minor, currency),
            line.invoice_number or "",
            line.recorded_by,
        )
        for line in found.entries
    ]
    history = [(f"{e.recorded_at:%Y-%m-%d %H:%M}", e.user_name, e.action, e.outcome) for e in found.history]
    return sections(
        ("", listing(_fields(found.payment))),
        ("Paid", table(("Invoice", "Amount>"), paid, "")),
        ("Charge backs", table(RETURN_TITLES, returns, "")),
        ("Ledger entries", table(("Moment", "Event", "Amount>", "Invoice", "By"), entries, "")),
        ("History", table(("Moment", "User", "Action", "Outcome"), history, "")),
    )


def _fields(payment: Payment) -> list[tuple[str, str]]:
    cancelled = ""
    if payment.cancelled_at is not None and payment.cancel_reason is not None:
        cancelled = (
            f"{payment.cancelled_at:%Y-%m-%d %H:%M} UTC by {payment.cancelled_by}: {payment.cancel_reason.label}"
        )
    fields = [
        ("ID", payment.id),
        ("Account", payment.account_number),
        ("Kind", payment.kind.label),
        ("State", payment.state.label),
        ("Amount", str(payment.amount)),
        ("Unapplied", str(payment.unapplied)),
        ("Received", str(payment.received)),
        ("Recorded", f"{payment.recorded_at:%Y-%m-%d %H:%M} UTC by {payment.recorded_by}"),
        ("Method or card", payment.means),
        ("Reference", payment.reference),
        ("Memo", payment.memo),
        ("Expires", "" if payment.expires is None else str(payment.expires)),
        ("Gateway", f"{payment.gateway} {payment.gateway_reference}".strip()),
        ("Failure", payment.failure_reason),
        ("Cancelled", cancelled),
        ("Key", payment.key),
    ]
    return [(label, value) for label, value in fields if value]
