"""Accounts: listing, looking at, adding, and changing their state."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import SYSTEM_NUMBER, Account, AccountFilter, AccountState, AccountType
from tui_billing.domain.errors import InvalidInput, NotFound, RuleRefused
from tui_billing.domain.money import Money, exponent
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.text import checked_text
from tui_billing.services.csv_lines import Columns, Values, checked_lines, quoted, read_lines, refuse_bad
from tui_billing.services.permissions import no_account, requires
from tui_billing.services.progress import Progress, ignore_progress
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.services.users import checked_name
from tui_billing.store import accounts
from tui_billing.store.turns import Turn, take

NUMBER_PATTERN = re.compile(r"[0-9]{8}", re.ASCII)
OWN = (Permission.ACCOUNT_ADMIN, Permission.BILLING_ADMIN)
LONGEST_TERMS_DAYS = 365
WHOLE_NUMBERS = ("billing_day", "payment_terms_days")
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
TYPES = {kind.value: kind for kind in AccountType}
COLUMNS = Columns(("number", "name", "type", "currency", "master_user"), (*WHOLE_NUMBERS, "credit_limit"))


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from; the credit limit is an amount as typed, or empty."""

    number: str
    name: str
    type: AccountType
    currency: str
    master_user: str
    billing_day: int = 1
    payment_terms_days: int = 30
    credit_limit: str = ""


@dataclass(frozen=True, slots=True)
class Accounts(Service):
    """The provider's customers."""

    @requires(Permission.ACCOUNT_MANAGE, within="reading", trying=True)
    def page(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        chosen: AccountFilter,
        direction: Direction,
        number: str | None,
        limit: int,
    ) -> Page[Account]:
        """One page of the accounts that match, on from the account with this number."""
        return accounts.page(connection, chosen, direction, number, limit)

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def show(self, session: OperatorSession, connection: Connection, number: str) -> Account:  # noqa: ARG002
        """One account; raises `NotFound`."""
        return found(connection, number)

    @requires(Permission.ACCOUNT_CREATE)
    def add(self, session: OperatorSession, new: NewAccount) -> Account:
        """Add an account in state New; raises `InvalidInput` for what cannot be kept."""
        values = _values_of(new)
        with self.store.writing() as connection:
            take(connection, Turn.ACCOUNT_NUMBERS)
            if accounts.by_number(connection, new.number) is not None:
                raise RuleRefused(f"There is an account {new.number} already. Choose another number.")
            accounts.add(connection, values | {"created": self.clock().date()})
            self.audit(connection, session, "add account", new.number, "done")
            return found(connection, new.number)

    @requires(Permission.ACCOUNT_CREATE, action="import accounts")
    def import_file(
        self, session: OperatorSession, file_name: str, content: bytes, progress: Progress = ignore_progress
    ) -> int:
        """Add every account of a CSV file in state New, or none; gives how many.

        Raises `BadLines` with the number and fault of each line that cannot be taken.
        """
        file_name = checked_text(file_name, "File name")
        lines = read_lines(content, COLUMNS)
        rows = checked_lines(lines, lambda values: _values_of(_new_account(values)), progress)
        with self.store.writing() as connection:
            take(connection, Turn.ACCOUNT_NUMBERS)
            taken = set(accounts.payers(connection, {row["number"] for row in rows}))
            faults = {}
            for line_number, row in zip(lines.numbers, rows, strict=True):
                if row["number"] in taken:
                    faults[line_number] = f"There is an account {row['number']} already."
                taken.add(row["number"])
            refuse_bad(faults)
            created = self.clock().date()
            accounts.add(connection, *({**row, "created": created} for row in rows))
            self.audit(connection, session, "import accounts", file_name, f"done: {len(rows)} accounts")
        return len(rows)

    @requires(Permission.ACCOUNT_CREATE, within="writing")
    def change_state(
        self, session: OperatorSession, connection: Connection, number: str, state: AccountState
    ) -> Account:
        """Put an account into another state, from its users' next action on."""
        account = held(connection, number)
        if account.type is AccountType.SYSTEM:
            raise RuleRefused("The System account is the provider itself and keeps its state.")
        accounts.save_state(connection, account.id, state)
        self.audit(connection, session, "change state", number, f"done: {state.label}")
        return found(connection, number)


def found(connection: Connection, number: str) -> Account:
    """The account with this number; raises `NotFound` in the words a customer hears for any foreign number."""
    account = accounts.by_number(connection, number)
    if account is None:
        raise NotFound(no_account(number))
    return account


def held(connection: Connection, number: str) -> Account:
    """The account with this number, held against everybody else who would change it or its money; raises `NotFound`."""
    account = accounts.hold_number(connection, number)
    if account is None:
        raise NotFound(no_account(number))
    return account


def _new_account(values: Values) -> NewAccount:
    """The account that a line of a file describes; what it leaves empty is as if it were not given."""
    named = dict(zip((*COLUMNS.required, *COLUMNS.optional), values, strict=True))
    kind = named["type"].casefold()
    if kind not in TYPES:
        raise InvalidInput(f"Type {quoted(kind)} is none of: retail, corporate, trial.")
    given = {name: value for name in WHOLE_NUMBERS if (value := named[name])}
    for name, value in given.items():
        if WHOLE_NUMBER.fullmatch(value) is None:
            raise InvalidInput(f"{name} {quoted(value)} is not a whole number.")
    return NewAccount(
        number=named["number"],
        name=named["name"],
        type=TYPES[kind],
        currency=named["currency"],
        master_user=named["master_user"],
        credit_limit=named["credit_limit"],
        **{name: int(value) for name, value in given.items()},
    )


def _values_of(new: NewAccount) -> dict[str, Any]:
    fault = ""
    if NUMBER_PATTERN.fullmatch(new.number) is None or new.number == SYSTEM_NUMBER:
        fault = f"Number must have eight digits and not be {SYSTEM_NUMBER}."
    elif new.type is AccountType.SYSTEM:
        fault = "There is one System account, and it is there already."
    elif not 1 <= new.billing_day <= 28:
        fault = "Billing day must lie between 1 and 28, so that every month has it."
    elif not 0 <= new.payment_terms_days <= LONGEST_TERMS_DAYS:
        fault = f"Payment terms must lie between 0 and {LONGEST_TERMS_DAYS} days."
    if fault:
        raise InvalidInput(fault)
    exponent(new.currency)
    return {
        "number": new.number,
        "name": checked_text(new.name, "Name", required=True),
        "type": new.type.value,
        "state": AccountState.NEW.value,
        "currency": new.currency,
        "master_user": checked_name(new.master_user),
        "billing_day": new.billing_day,
        "payment_terms_days": new.payment_terms_days,
        "credit_limit_minor": Money.parse(new.credit_limit, new.currency).minor_units if new.credit_limit else None,
    }
