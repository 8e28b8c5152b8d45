"""`exceptions`: what needs a person, as the last reconcile left it."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, table
from tui_billing.commands.paging import PAGE_ROWS, walk
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.exceptions import ExceptionKind, ExceptionLine

TITLES = ("Since", "What", "Account", "Name", "Amount>", "Reference", "Payment", "What to do")
NOTHING = "Nothing needs a person."


def list_exceptions(desk: Desk, arguments: argparse.Namespace) -> Result:
    """What needs a person, newest first."""
    found = read(desk, arguments.kind, arguments.limit)
    return Result({"exceptions": [as_json.exception(line) for line in found]}, as_table(found))


def read(desk: Desk, kind: ExceptionKind | None = None, limit: int | None = None) -> list[ExceptionLine]:
    """The lines of this kind, or all."""
    page = desk.services.reconciliation.exceptions
    return walk(
        lambda direction, key: page(desk.session, kind, direction, key, PAGE_ROWS),
        lambda line: (line.since, line.id),
        limit=limit,
    )


def as_table(lines: list[ExceptionLine]) -> str:
    """The lines as people read them."""
    rows = [
        (
            f"{line.since:%Y-%m-%d %H:%M}",
            line.kind.label,
            line.account_number,
            line.account_name,
            str(line.amount),
            line.reference,
            (line.payment_id or "")[:8],
            line.kind.to_do,
        )
        for line in lines
    ]
    return table(TITLES, rows, NOTHING)
