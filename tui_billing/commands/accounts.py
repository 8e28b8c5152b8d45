"""`accounts` and `dashboard`: the customers, and how one of them stands."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.files import content_of, file_name
from tui_billing.commands.output import Result, listing, sections, table
from tui_billing.commands.paging import PAGE_ROWS, walk
from tui_billing.commands.progress import progress_bar
from tui_billing.commands.signing_in import Desk
from tui_billing.domain.accounts import Account, AccountFilter
from tui_billing.services.accounts import NewAccount
from tui_billing.services.dashboards import AGES, Dashboard


def list_accounts(desk: Desk, arguments: argparse.Namespace) -> Result:
    """All accounts that match, by number."""
    chosen = AccountFilter(arguments.type, arguments.state, arguments.search)
    found = walk(
        lambda direction, key: desk.services.accounts.page(desk.session, chosen, direction, key, PAGE_ROWS),
        lambda account: account.number,
        limit=arguments.limit,
    )
    titles = ("Number", "Name", "Type", "State", "Balance>", "Master user")
    rows = [(a.number, a.name, a.type.label, a.state.label, str(a.balance), a.master_user) for a in found]
    return Result({"accounts": [as_json.account(a) for a in found]}, table(titles, rows, "No accounts match."))


def show(desk: Desk, arguments: argparse.Namespace) -> Result:
    """One account with its balance."""
    return _result_of(desk.services.accounts.show(desk.session, arguments.number))


def add(desk: Desk, arguments: argparse.Namespace) -> Result:
    """A new account in state New."""
    new = NewAccount(
        arguments.number,
        arguments.name,
        arguments.type,
        arguments.currency,
        arguments.master_user,
        arguments.billing_day,
        arguments.payment_terms_days,
        arguments.credit_limit,
    )
    return _result_of(desk.services.accounts.add(desk.session, new))


def import_file(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The accounts of a file, whole or not at all."""
    name = file_name(arguments.file)
    with progress_bar("Checking the lines") as progress:
        added = desk.services.accounts.import_file(desk.session, name, content_of(arguments.file), progress)
    what = "account" if added == 1 else "accounts"
    return Result({"import": {"file_name": name, "accounts": added}}, f"Imported: {added:,} {what} from {name}")


def change_state(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The account in its new state."""
    return _result_of(desk.services.accounts.change_state(desk.session, arguments.number, arguments.state))


def dashboard(desk: Desk, arguments: argparse.Namespace) -> Result:
    """How one customer stands: net balance, what is due by age, twelve months."""
    found = desk.services.dashboards.show(desk.session, arguments.number)
    return Result(_dashboard_document(found), _dashboard_text(found))


def _result_of(account: Account) -> Result:
    return Result(as_json.account(account), listing(_fields(account)))


def _fields(account: Account) -> list[tuple[str, str]]:
    limit = account.credit_limit_minor
    card = account.card
    return [
        ("Number", account.number),
        ("Name", account.name),
        ("Type", account.type.label),
        ("State", account.state.label),
        ("Currency", account.currency),
        ("Master user", account.master_user),
        ("Created", str(account.created)),
        ("Balance", str(account.balance)),
        ("Amount due", str(account.amount_due)),
        ("Credit balance", str(account.credit_balance)),
        ("Credit limit", "none" if limit is None else str(account.money(limit))),
        ("Billing day", str(account.billing_day)),
        ("Billed through", "never billed" if account.billed_through is None else str(account.billed_through)),
        ("Payment terms", f"{account.payment_terms_days} days"),
        ("Card on file", "none" if card is None else f"{card.label}, expires {card.expiry}"),
    ]


def _dashboard_document(found: Dashboard) -> as_json.Document:
    account = found.account
    last = found.last_payment
    return {
        "number": account.number,
        "name": account.name,
        "net_balance": as_json.amount(found.net_balance),
        "amount_due": as_json.amount(account.amount_due),
        "credit_balance": as_json.amount(account.credit_balance),
        "open_invoices": found.open_invoices,
        "overdue_invoices": found.overdue_invoices,
        "last_payment": None
        if last is None
        else {"amount": as_json.amount(last[0]), "received": f"{last[1]:%Y-%m-%d}"},
        "due_by_age": [
            {"days_late": age, "amount": as_json.amount(due)} for age, due in zip(AGES, found.due_by_age, strict=True)
        ],
        "months": [
            {
                "first_day": as_json.day(month.first_day),
                "charges": as_json.amount(account.money(month.charges_minor)),
                "payments": as_json.amount(account.money(month.payments_minor)),
            }
            for month in found.months
        ],
    }


def _dashboard_text(found: Dashboard) -> str:
    account = found.account
    last = found.last_payment
    fields = [
        ("Customer", f"{account.name} ({account.number})"),
        ("Net balance", str(found.net_balance)),
        ("Amount due", str(account.amount_due)),
        ("Credit balance", str(account.credit_balance)),
        ("Open invoices", f"{found.open_invoices}, of which overdue: {found.overdue_invoices}"),
        ("Last payment", "none" if last is None else f"{last[0]} on {last[1]}"),
        ("Card on file", "none" if account.card is None else account.card.label),
    ]
    ages = [(age, str(due)) for age, due in zip(AGES, found.due_by_age, strict=True)]
    months = [
        (f"{m.first_day:%Y-%m}", str(account.money(m.charges_minor)), str(account.money(m.payments_minor)))
        for m in found.months
    ]
    return sections(
        ("", listing(fields)),
        ("Due by days late", table(("Days", "Due>"), ages, "")),
        ("Twelve months", table(("Month", "Charges>", "Payments>"), months, "")),
    )
