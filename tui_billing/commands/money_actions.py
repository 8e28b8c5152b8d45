"""What every money action of the command line shares: its key, its preview and what is told of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, listing
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import BillingError, OutcomeUnknown, StoreUnavailable
from tui_billing.domain.idempotency import new_key
from tui_billing.domain.payments import PaymentKind
from tui_billing.services.previews import Preview
from tui_billing.services.results import MoneyMoved


def act(
    arguments: argparse.Namespace,
    preview: Callable[[], Preview],
    action: Callable[[str], MoneyMoved],
    done: Callable[[MoneyMoved], str],
) -> Result:
    """Do the action once under its key, or only say what it would do; `done` words what happened."""
    if arguments.dry_run:
        return _previewed(preview())
    key = new_key() if arguments.key is None else arguments.key
    try:
        moved = action(key)
    except (OutcomeUnknown, StoreUnavailable) as unknown:
        if arguments.key is None and not isinstance(unknown, OutcomeUnknown):
            # Nothing was done, and nothing else can have been under a key that was made for this.
            raise
        raise OutcomeUnknown(f"{unknown.sentence} {_how_to_ask_again(unknown, key)}") from None
    except KeyboardInterrupt:
        print(f"Interrupted. To learn what happened, repeat the same command with --key {key}.", file=sys.stderr)
        raise
    account = moved.account
    sentence = f"{done(moved)} on {account.name} ({account.number}). {_standing(account)}"
    document = {"payment": as_json.payment(moved.payment), "account": as_json.account(account)}
    if moved.payment.kind is PaymentKind.CREDIT:
        document["credit"] = as_json.credit(moved.payment)
    if moved.charge_back is not None:
        document["charge_back"] = as_json.charge_back(moved.charge_back, account.currency)
    return Result(document, listing([("Done", sentence), ("ID", moved.payment.id), ("Key", key)]))


def _how_to_ask_again(unknown: BillingError, key: str) -> str:
    """What everybody who may do the action may do, customers too."""
    again = f"To ask again, repeat the same command with --key {key}"
    payment_id = unknown.payment_id if isinstance(unknown, OutcomeUnknown) else ""
    return f"{again}, or run: tui-billing payments look-up {payment_id}" if payment_id else f"{again}."


def _standing(account: Account) -> str:
    if account.amount_due.minor_units:
        return f"Amount due now: {account.amount_due}."
    return f"Credit balance now: {account.credit_balance}."


def _previewed(preview: Preview) -> Result:
    document = {
        "preview": {
            "balance_now": as_json.amount(preview.now),
            "balance_after": as_json.amount(preview.after),
            "paid": as_json.applied(preview.paid),
            "reopened": as_json.applied(preview.reopened),
        }
    }
    changes = [(f"Pays {number}", str(money)) for number, money in preview.paid]
    changes += [(f"Re-opens {number}", str(money)) for number, money in preview.reopened]
    balances = [("Balance now", str(preview.now)), ("Balance after", str(preview.after))]
    return Result(document, listing([("Dry run", "nothing was done"), *balances, *changes]))
