"""`reconcile` and `check`: outcomes that are not known yet, and the proof of every stored figure."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tui_billing.commands import as_json, exceptions
from tui_billing.commands.output import Result, table
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.errors import OutcomeUnknown

DIFFERENCES_FOUND = 6
TITLES = ("Figure", "Of", "Stored>", "Recomputed>")


def reconcile(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Ask the gateways for every outcome that is not known yet, compare a period with them, and read disputes."""
    done = desk.services.reconciliation.reconcile(desk.session, arguments.since)
    listed = exceptions.read(desk)
    document = {
        "resolved": done.resolved,
        "still_unknown": done.still_unknown,
        "since": as_json.day(done.since),
        "unavailable": [{"gateway": name, "message": sentence} for name, sentence in done.unavailable],
        "exceptions": [as_json.exception(line) for line in listed],
    }
    said = f"Looked up: {done.resolved}. Still not known: {done.still_unknown}. Compared since {done.since}."
    failed = [f"{name}: {sentence} What was found of it before stays." for name, sentence in done.unavailable]
    text = "\n".join((said, *failed, "", exceptions.as_table(listed)))
    return Result(document, text, 0 if done.is_whole else OutcomeUnknown.exit_code)


def check(desk: Desk, arguments: argparse.Namespace) -> Result:  # noqa: ARG001
    """Recompute every stored figure from the ledger entries."""
    found = desk.services.checks.check(desk.session)
    rows = [(each.figure, each.subject, str(each.stored), str(each.recomputed)) for each in found]
    text = table(TITLES, rows, "The books are right: every stored figure follows from the ledger entries.")
    document = {"differences": [asdict(each) for each in found]}
    return Result(document, text, DIFFERENCES_FOUND if found else 0)
