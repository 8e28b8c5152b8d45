"""`reconcile` and `check`: outcomes that are not known yet, and the proof of every stored figure."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tui_billing.commands.output import Result, table
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.errors import OutcomeUnknown

DIFFERENCES_FOUND = 6
TITLES = ("Figure", "Of", "Stored>", "Recomputed>")


def reconcile(desk: Desk, arguments: argparse.Namespace) -> Result:  # noqa: ARG001
    """Ask the gateway for every outcome that is not known yet."""
    found = desk.services.outcomes.reconcile(desk.session)
    text = f"Looked up: {found.resolved}. Still not known: {found.still_unknown}."
    return Result(asdict(found), text, OutcomeUnknown.exit_code if found.still_unknown else 0)


def check(desk: Desk, arguments: argparse.Namespace) -> Result:  # noqa: ARG001
    """Recompute every stored figure from the ledger entries."""
    found = desk.services.checks.check(desk.session)
    rows = [(each.figure, each.subject, str(each.stored), str(each.recomputed)) for each in found]
    text = table(TITLES, rows, "The books are right: every stored figure follows from the ledger entries.")
    document = {"differences": [asdict(each) for each in found]}
    return Result(document, text, DIFFERENCES_FOUND if found else 0)
