"""`statements`: what each billing period brought an account."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, table
from tui_billing.commands.signing_in import Desk

TITLES = ("Period", "State", "Balance forward>", "Payments>", "Credits>", "Charges>", "Net balance>")


def list_statements(desk: Desk, arguments: argparse.Namespace) -> Result:
    """An account's statements by billing period, the provisional one first."""
    found = desk.services.statements.list(desk.session, arguments.number)
    rows = [
        (
            f"{statement.start} to {statement.end}",
            statement.state_label,
            *(
                as_json.money_text(minor, statement.currency)
                for minor in (
                    statement.balance_forward_minor,
                    statement.payments_minor,
                    statement.credits_minor,
                    statement.charges_minor,
                    statement.net_balance_minor,
                )
            ),
        )
        for statement in found
    ]
    document = {"statements": [as_json.statement(statement) for statement in found]}
    return Result(document, table(TITLES, rows, "There are no statements."))
