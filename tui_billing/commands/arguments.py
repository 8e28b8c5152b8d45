"""What may be typed after `tui-billing`: every command with its arguments, and which function carries it out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence

from tui_billing import __version__
from tui_billing.commands.parsing import (
    Actions,
    Parser,
    UsageFault,
    add_action,
    add_actions,
    add_amount,
    add_choice,
    add_file,
    add_file_options,
    add_global,
    add_limit,
    add_money_options,
    add_number,
    add_payment_id,
    day,
    snake_case,
    whole_number,
)
from tui_billing.commands.words import command_word, is_utf8

HELP = frozenset({"--help", "-h"})
DESCRIPTION = "The payments desk in the terminal. Without a command it opens the desk."
EPILOG = """environment:
  TUI_BILLING_DATABASE      the database, if --database is not given
  TUI_BILLING_USER          the user, if --user is not given
  TUI_BILLING_PASSWORD      the user's password; without it you are asked
  TUI_BILLING_NEW_PASSWORD  the password of a user being added

exit codes:
  0 done   1 bug   2 usage   3 refused   4 not found   5 outcome not known yet   6 check found a difference"""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments by name, `run` among them; raises `UsageFault`."""
    if not all(map(is_utf8, arguments)):
        raise UsageFault("The arguments are not valid UTF-8.")
    noun = command_word(arguments)
    # Who wants the desk does not wait for the words of all the commands.
    known = noun in NOUNS or not (noun or HELP.intersection(arguments))
    return parser((noun,) if known else tuple(NOUNS)).parse_args(arguments)


def parser(nouns: Collection[str] = ()) -> argparse.ArgumentParser:
    """The parser of these nouns; without any, of all of them."""
    whole = Parser(
        prog="tui-billing",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"tui-billing {__version__}")
    add_global(whole, default=None)
    whole.set_defaults(run="database:open_configured", signs_in=False, json=False)
    branches = whole.add_subparsers(title="commands", metavar="COMMAND", dest="noun")
    for name, (summary, fill) in NOUNS.items():
        if not nouns or name in nouns:
            branch = branches.add_parser(name, help=summary, description=f"{summary}.", allow_abbrev=False)
            add_global(branch)
            fill(branch)
    return whole


def _accounts(branch: argparse.ArgumentParser) -> None:
    from tui_billing.domain.accounts import AccountState, AccountType

    customer_types = [kind for kind in AccountType if kind is not AccountType.SYSTEM]
    actions = add_actions(branch)
    listing = add_action(actions, "list", "accounts:list_accounts", "List the customer accounts by number")
    add_choice(listing, "--type", customer_types, "only accounts of this type")
    add_choice(listing, "--state", AccountState, "only accounts in this state")
    listing.add_argument("--search", metavar="TEXT", default="", help="a part of number, name or master user")
    add_limit(listing)
    show = add_action(actions, "show", "accounts:show", "Show one account with its balance")
    add_number(show)
    add = add_action(actions, "add", "accounts:add", "Add an account in state New")
    add_number(add, "eight digits, not in use yet")
    add.add_argument("name", metavar="NAME", help="the customer's name")
    add_choice(add, "--type", customer_types, "how the customer pays", required=True)
    add.add_argument("--currency", required=True, metavar="CODE", help="ISO 4217, such as USD")
    add.add_argument("--master-user", required=True, metavar="NAME", help="the user in charge of the account")
    add.add_argument("--billing-day", type=whole_number, default=1, metavar="DAY", help="1 to 28 (default: 1)")
    add.add_argument("--payment-terms-days", type=whole_number, default=30, metavar="DAYS", help="default: 30")
    add.add_argument("--credit-limit", default="", metavar="AMOUNT", help="no limit if left out")
    taking = add_action(actions, "import", "accounts:import_file", "Add accounts from a CSV file, all or none")
    add_file(taking, "number,name,type,currency,master_user[,billing_day][,payment_terms_days][,credit_limit]")
    state = add_action(actions, "state", "accounts:change_state", "Put an account into another state")
    add_number(state)
    add_choice(state, "state", AccountState, "the new state")
    attach = add_action(actions, "attach-card", "cards:attach", "Put a card on file by the gateway's reference")
    add_number(attach)
    attach.add_argument("reference", metavar="REFERENCE", help="the payment method's reference, never a card number")
    add_number(add_action(actions, "card-link", "cards:link", "Show the gateway's page where a card is entered"))


def _users(branch: argparse.ArgumentParser) -> None:
    from tui_billing.domain.access import Profile

    profiles = {snake_case(profile.value): profile for profile in Profile}
    actions = add_actions(branch)
    add_action(actions, "list", "users:list_users", "List all users by name")
    add = add_action(actions, "add", "users:add", "Add a user; the password is asked for, or TUI_BILLING_NEW_PASSWORD")
    add.add_argument("name", metavar="NAME", help="lower-case letters, digits, dots, dashes, underscores")
    add_choice(add, "--profile", profiles, "what the user may do", required=True)
    add.add_argument("--account", metavar="NUMBER", help="the account of a customer's user")
    for name, summary in (
        ("unlock", "End the lock that failed sign-ins brought about"),
        ("disable", "Shut a user out from the next action on"),
        ("enable", "Let a disabled user in again"),
    ):
        add_action(actions, name, f"users:{name}", summary).add_argument("name", metavar="NAME", help="the user")
    profile = add_action(actions, "profile", "users:change_profile", "Give a user another profile")
    profile.add_argument("name", metavar="NAME", help="the user")
    add_choice(profile, "profile", profiles, "the new profile")


def _payments(branch: argparse.ArgumentParser) -> None:
    from tui_billing.domain.payments import RECORD_METHODS, CancelReason, ChargeBackReason, PaymentState

    actions = add_actions(branch)
    listing = add_action(actions, "list", "payments:list_payments", "List an account's payments, newest first")
    add_number(listing)
    add_choice(listing, "--state", PaymentState, "only payments in this state")
    add_limit(listing)
    show = add_action(actions, "show", "payments:show", "Show all about one payment or credit")
    add_payment_id(show)
    receipt = add_action(actions, "receipt", "saving:receipt", "Save the receipt of a payment or credit as a PDF")
    add_payment_id(receipt)
    receipt.add_argument(
        "--charge-back", metavar="ID", help="of this charge back of it; a beginning of its ID is enough"
    )
    add_file_options(receipt)
    record = add_action(actions, "record", "payments:record", "Record Payment: money a corporate customer has paid")
    add_number(record)
    add_amount(record)
    record.add_argument("--received", type=day, metavar="DATE", help="when it came, YYYY-MM-DD (default: today, UTC)")
    add_choice(record, "--method", RECORD_METHODS, "how it came (default: bank_transfer)", default=RECORD_METHODS[0])
    record.add_argument("--reference", default="", metavar="TEXT", help="the bank's reference or the check's number")
    record.add_argument("--memo", default="", metavar="TEXT", help="a note")
    add_money_options(record)
    make = add_action(
        actions, "make", "payments:make", "Make Payment: charge the card on file of your own retail account"
    )
    add_number(make)
    add_amount(make)
    add_money_options(make)
    cancel = add_action(actions, "cancel", "payments:cancel", "Cancel Payment: take a recorded payment back whole")
    add_payment_id(cancel)
    add_choice(cancel, "--reason", CancelReason, "why", required=True)
    add_money_options(cancel)
    charge_back = add_action(
        actions, "charge-back", "payments:charge_back", "Issue Charge Back: return money to the card"
    )
    add_payment_id(charge_back)
    charge_back.add_argument("amount", metavar="AMOUNT", nargs="?", default="", help="default: all that is left")
    add_choice(charge_back, "--reason", ChargeBackReason, "the bank's reason")
    charge_back.add_argument("--case", default="", metavar="TEXT", help="the bank's case reference")
    add_money_options(charge_back)
    _payments_at_the_gateway(actions)


def _payments_at_the_gateway(actions: Actions) -> None:
    look_up = add_action(actions, "look-up", "payments:look_up", "Ask the gateway what became of a Pending payment")
    add_payment_id(look_up)
    dispute = add_action(
        actions, "record-dispute", "payments:record_dispute", "Record Dispute: a charge back that the bank has made"
    )
    dispute.add_argument("dispute", metavar="DISPUTE", help="its reference, as `exceptions list` shows it")
    add_money_options(dispute)
    reverse = add_action(
        *(actions, "reverse-charge-back", "payments:reverse_charge_back"),
        "Charge Back Reversed: a dispute was won and its money has come back",
    )
    reverse.add_argument("charge_back_id", metavar="CHARGE_BACK", help="its ID, or its first eight characters or more")
    reverse.add_argument("amount", metavar="AMOUNT", nargs="?", default="", help="default: all that has not come back")
    add_money_options(reverse)


def _credits(branch: argparse.ArgumentParser) -> None:
    from tui_billing.domain.payments import CancelReason

    actions = add_actions(branch)
    listing = add_action(actions, "list", "credits:list_credits", "List an account's credits, newest first")
    add_number(listing)
    add_limit(listing)
    issue = add_action(actions, "issue", "credits:issue", "Issue Credit: raise a customer's balance")
    add_number(issue)
    add_amount(issue)
    issue.add_argument("--reason", required=True, metavar="TEXT", help="what the credit is for")
    issue.add_argument("--expires", type=day, metavar="DATE", help="credits that expire sooner are used first")
    add_money_options(issue)
    cancel = add_action(actions, "cancel", "credits:cancel", "Cancel Credit: take a credit back whole")
    cancel.add_argument("payment_id", metavar="CREDIT_ID", help="the ID, or its first eight characters or more")
    add_choice(cancel, "--reason", CancelReason, "why", required=True)
    add_money_options(cancel)


def _invoices(branch: argparse.ArgumentParser) -> None:
    actions = add_actions(branch)
    listing = add_action(actions, "list", "invoices:list_invoices", "List an account's invoices, newest first")
    add_number(listing)
    add_limit(listing)
    show = add_action(actions, "show", "invoices:show", "Show an invoice with its lines and what paid it")
    add_number(show)
    pdf = add_action(actions, "pdf", "saving:invoice", "Save an invoice as a PDF")
    add_number(pdf)
    for leaf in (show, pdf):
        leaf.add_argument("invoice", metavar="INVOICE", help="its number, such as INV-2026-000012")
    add_file_options(pdf)


def _statements(branch: argparse.ArgumentParser) -> None:
    actions = add_actions(branch)
    add_number(
        add_action(actions, "list", "statements:list_statements", "List an account's statements, the current one first")
    )
    pdf = add_action(actions, "pdf", "saving:statement", "Save a statement as a PDF")
    add_number(pdf)
    pdf.add_argument("--period", type=day, required=True, metavar="DATE", help="a day of its period, YYYY-MM-DD")
    add_file_options(pdf)


def _dashboard(branch: argparse.ArgumentParser) -> None:
    add_number(branch)
    branch.set_defaults(run="accounts:dashboard", signs_in=True)


def _charges(branch: argparse.ArgumentParser) -> None:
    actions = add_actions(branch)
    taking = add_action(actions, "import", "charges:import_file", "Take charges in from a CSV file, all or none")
    add_file(taking, "account,date,description,quantity,unit_price,amount")
    taking.add_argument("--key", metavar="KEY", help="idempotency key: repeating it takes nothing in twice")
    taking.add_argument("--again", action="store_true", help="take it in although its content was imported before")


def _bill(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="billing:bill", signs_in=True)
    branch.add_argument("--through", type=day, metavar="DATE", help="the last day to bill (default: yesterday, UTC)")
    branch.add_argument("--account", metavar="NUMBER", help="bill this account alone")


def _reconcile(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="books:reconcile", signs_in=True)
    branch.add_argument(
        "--since", type=day, metavar="DATE", help="compare what moved since this day, UTC (default: seven days ago)"
    )


def _exceptions(branch: argparse.ArgumentParser) -> None:
    from tui_billing.domain.exceptions import ExceptionKind

    listing = add_action(
        add_actions(branch), "list", "exceptions:list_exceptions", "List what needs a person, newest first"
    )
    add_choice(listing, "--kind", ExceptionKind, "of this kind only")
    add_limit(listing)


def _check(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="books:check", signs_in=True)


def _backup(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="backups:backup", signs_in=True)
    branch.add_argument("file", metavar="FILE", help="a new file, for its owner alone")


def _restore(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="backups:restore")
    branch.add_argument("file", metavar="FILE", help="a file that backup has made")


def _copy(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="backups:copy")
    branch.add_argument("--from", dest="source", required=True, metavar="URL", help="the database that is there")
    branch.add_argument("--to", dest="target", required=True, metavar="URL", help="a new file, or an empty database")


def _migrate(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="backups:migrate")


def _init(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="database:init")


def _demo(branch: argparse.ArgumentParser) -> None:
    branch.set_defaults(run="database:demo")
    branch.add_argument("--reset", action="store_true", help="make the demo database anew")
    branch.add_argument("--url", action="store_true", help="print its URL and do not open the desk")
    branch.add_argument("--accounts", type=whole_number, metavar="N", help="how many accounts to make")
    branch.add_argument("--payments", type=whole_number, metavar="N", help="how many payments to make")


NOUNS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "demo": ("Open the desk on a demo database, made on first use", _demo),
    "init": ("Make the database with its user root", _init),
    "accounts": ("Customer accounts", _accounts),
    "dashboard": ("Show how one customer stands", _dashboard),
    "payments": ("Payments and their ways back", _payments),
    "credits": ("Credits granted to customers", _credits),
    "invoices": ("Invoices, their lines and what paid them", _invoices),
    "statements": ("Account statements by billing period", _statements),
    "users": ("Who may sign in, and what they may do", _users),
    "charges": ("Charges that customers' invoices gather", _charges),
    "bill": ("Close billing periods into invoices and charge the cards", _bill),
    "reconcile": ("Look up unknown outcomes, compare with the gateways and read their disputes", _reconcile),
    "exceptions": ("What needs a person", _exceptions),
    "check": ("Recompute every stored figure from the ledger entries", _check),
    "backup": ("Save the whole database as a file, checked", _backup),
    "restore": ("Put a backup in the place of the database, which is kept", _restore),
    "copy": ("Copy the whole database into a new one, between SQLite and PostgreSQL too", _copy),
    "migrate": ("Upgrade the tables of a database that an earlier version made", _migrate),
}
