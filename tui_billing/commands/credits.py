"""`credits`: what the provider grants to customers."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.money_actions import act
from tui_billing.commands.output import Result, table
from tui_billing.commands.paging import PAGE_ROWS, walk
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.payments import PaymentFilter
from tui_billing.services.requests import CreditRequest

TITLES = ("Date", "ID", "Amount>", "Unapplied>", "State", "Expires", "Issued by", "Reason")


def list_credits(desk: Desk, arguments: argparse.Namespace) -> Result:
    """An account's credits, newest first."""
    found = walk(
        lambda direction, key: desk.services.payments.page(
            desk.session, arguments.number, PaymentFilter.CREDITS, direction, key, PAGE_ROWS
        ),
        lambda credit: (credit.received, credit.sequence),
        limit=arguments.limit,
    )
    rows = [
        (
            str(credit.received),
            credit.short_id,
            str(credit.amount),
            str(credit.unapplied),
            credit.state.label,
            "" if credit.expires is None else str(credit.expires),
            credit.recorded_by,
            credit.memo,
        )
        for credit in found
    ]
    return Result({"credits": [as_json.credit(c) for c in found]}, table(TITLES, rows, "There are no credits."))


def issue(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Issue Credit."""
    number = arguments.number
    request = CreditRequest(arguments.amount, arguments.reason, arguments.expires)
    return act(
        arguments,
        lambda: desk.services.previews.credit(desk.session, number, request.amount, request.expires),
        lambda key: desk.services.credits.issue(desk.session, number, request, key),
        lambda moved: f"issued a credit of {moved.payment.amount}",
    )


def cancel(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Cancel Credit."""
    credit_id, reason = arguments.payment_id, arguments.reason
    return act(
        arguments,
        lambda: desk.services.previews.take_back(desk.session, credit_id),
        lambda key: desk.services.credits.cancel(desk.session, credit_id, reason, key),
        lambda moved: f"cancelled the credit of {moved.payment.amount}",
    )
