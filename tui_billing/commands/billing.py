"""`bill`: periods are closed into invoices, and cards charged."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, listing, sections, table
from tui_billing.commands.progress import progress_bar
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.automatic_payments import InvoiceToCollect
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused
from tui_billing.services.billing_runs import BillingRun, Tally

FAILED_TITLES = ("Invoice", "Account", "Customer", "Due>", "Attempts>", "Last failure", "Tried again")


def bill(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Close what is over by a day, charge the cards, and sum up."""
    with progress_bar("Billing") as progress:
        run = desk.services.billing_runs.run(desk.session, arguments.through, arguments.account, progress)
    exit_code = 0
    if run.left_out:
        exit_code = RuleRefused.exit_code
    if run.unknown.count:
        exit_code = OutcomeUnknown.exit_code
    return Result(_document(run), _text(run), exit_code)


def _document(run: BillingRun) -> as_json.Document:
    return {
        "through": as_json.day(run.through),
        "accounts_closed": run.accounts_closed,
        "invoices": _sums(run.invoiced),
        "paid_from_balance": [as_json.amount(money) for money in run.settled.amounts],
        "charged": _sums(run.charged),
        "declined": _sums(run.declined),
        "unknown": _sums(run.unknown),
        "retries": run.retries,
        "failed_payments": [as_json.failed_payment(invoice) for invoice in run.failed],
        "left_out": [{"subject": subject, "reason": reason} for subject, reason in run.left_out],
    }


def _sums(tally: Tally) -> as_json.Document:
    return {"count": tally.count, "amounts": [as_json.amount(money) for money in tally.amounts]}


def _text(run: BillingRun) -> str:
    fields = [
        ("Billed through", str(run.through)),
        ("Accounts closed", f"{run.accounts_closed:,}"),
        ("Invoices", _counted(run.invoiced)),
        (
            "Paid from the balance",
            ", ".join(str(money) for money in run.settled.amounts if money.minor_units) or "none",
        ),
        ("Cards charged", _counted(run.charged)),
        ("Cards declined", _counted(run.declined)),
        ("Outcome not known", _counted(run.unknown)),
        ("Of these tried again", f"{run.retries:,}"),
    ]
    if run.unknown.count:
        fields.append(("What to do", "wait a minute, then bill again, or run: tui-billing reconcile"))
    left_out = table(("Account or invoice", "Reason"), run.left_out, "")
    return sections(
        ("", listing(fields)),
        ("Failed payments", table(FAILED_TITLES, _failed_rows(run.failed), "")),
        ("Left out", left_out),
    )


def _counted(tally: Tally) -> str:
    amounts = ", ".join(map(str, tally.amounts))
    return f"{tally.count:,}, {amounts}" if amounts else "none"


def _failed_rows(failed: Sequence[InvoiceToCollect]) -> list[tuple[str, ...]]:
    return [
        (
            invoice.number,
            invoice.account_number,
            invoice.account_name,
            str(invoice.due),
            str(invoice.failed_attempts),
            invoice.last_failure[2] if invoice.last_failure else "",
            "needs a person" if invoice.next_attempt is None else f"from {invoice.next_attempt}",
        )
        for invoice in failed
    ]
