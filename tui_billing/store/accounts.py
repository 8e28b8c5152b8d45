"""Reading and writing accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from tui_billing.domain.accounts import (
    SYSTEM_NUMBER,
    Account,
    AccountFilter,
    AccountOrder,
    AccountState,
    AccountType,
    CardOnFile,
)
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.text import folded
from tui_billing.store import account_index
from tui_billing.store.account_index import text_of
from tui_billing.store.account_search import AccountSearch, Span, searching
from tui_billing.store.compiled_tables import ACCOUNT
from tui_billing.store.keyset import Keyset, Ordered
from tui_billing.store.prepared import Prepared, Row
from tui_billing.store.searching import LONGEST_SEARCH

# What finds and sorts an account is no part of it.
OF_ACCOUNT = select(*(column for column in ACCOUNT.c if column.name not in ("search", "sort_name")))
SELECT_BY_NUMBER = OF_ACCOUNT.where(ACCOUNT.c.number == bindparam("number"))
SELECT_BY_ID = OF_ACCOUNT.where(ACCOUNT.c.id == bindparam("account_id"))
BY_NUMBER, BY_ID = Prepared(SELECT_BY_NUMBER), Prepared(SELECT_BY_ID)
# SQLite, where every writer holds all there is, leaves out what else this says.
HOLD_NUMBER, HOLD_ID = (Prepared(each.with_for_update(key_share=True)) for each in (SELECT_BY_NUMBER, SELECT_BY_ID))
ADD = Prepared(ACCOUNT.insert())
SORT_NAME = Prepared(select(ACCOUNT.c.sort_name).where(ACCOUNT.c.number == bindparam("number")))
ORDERS = {AccountOrder.NUMBER: (ACCOUNT.c.number,), AccountOrder.NAME: (ACCOUNT.c.sort_name, ACCOUNT.c.number)}
SAVE_BALANCES = Prepared(
    update(ACCOUNT)
    .where(ACCOUNT.c.id == bindparam("account_id"))
    .values(funds_minor=bindparam("funds_minor"), receivable_minor=bindparam("receivable_minor"))
)
SAVE_BILLED_THROUGH = Prepared(
    update(ACCOUNT).where(ACCOUNT.c.id == bindparam("account_id")).values(billed_through=bindparam("billed_through"))
)
# No account has them in its name: one that is looked for stands for a space.
CONTROLS = dict.fromkeys(range(32), " ")
# SQLite takes some thousand values in one statement.
NUMBERS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoundAccounts(Keyset[Account]):
    """Those that a search finds: by their numbers, which indexes have beside what is searched, without the rows."""

    search: AccountSearch = field(kw_only=True)

    def read(
        self, connection: Connection, key: tuple[Any, ...] | None, limit: int, *, forward: bool, including: bool = False
    ) -> tuple[list[Account], bool]:
        """Up to so many of them, and whether there are more."""
        numbers = self.search.numbers(connection, Span(key, forward, including), limit + 1)
        statement = select(ACCOUNT).where(ACCOUNT.c.number.in_(numbers[:limit])).order_by(*self.ordered.columns)
        return [account_of(row) for row in connection.execute(statement).mappings()], len(numbers) > limit


def page(
    connection: Connection, chosen: AccountFilter, direction: Direction, number: str | None, limit: int
) -> Page[Account]:
    """One page of the accounts that match, on from the one with this number."""
    key: tuple[str, ...] | None = None if number is None else (number,)
    if key is not None and chosen.order is AccountOrder.NAME:
        row = SORT_NAME.first(connection, number=number)
        key = ("" if row is None else row["sort_name"], *key)
    return _listed(connection, chosen).page(connection, direction, key, limit)


def _listed(connection: Connection, chosen: AccountFilter) -> Keyset[Account]:
    """The accounts that match; a search finds any part of number, name or master user."""
    named = {"of_type": chosen.type, "in_state": chosen.state}
    values = {name: each.value for name, each in named.items() if each is not None}
    ordered = _ordered(chosen.order, of_type="of_type" in values, in_state="in_state" in values)
    fragment = folded(chosen.search[:LONGEST_SEARCH].translate(CONTROLS))
    if not fragment:
        return Keyset(ordered, account_of, values)
    search = searching(connection.dialect.name, fragment, chosen)
    return FoundAccounts(ordered, account_of, search=search)


@cache
def _ordered(order: AccountOrder, *, of_type: bool, in_state: bool) -> Ordered:
    statement = OF_ACCOUNT.where(ACCOUNT.c.number != bindparam("system", SYSTEM_NUMBER))
    if of_type:
        statement = statement.where(ACCOUNT.c.type == bindparam("of_type"))
    if in_state:
        statement = statement.where(ACCOUNT.c.state == bindparam("in_state"))
    return Ordered(statement, *ORDERS[order])


class Payer(NamedTuple):
    """What has to be known of an account to charge it."""

    account_id: int
    currency: str


def payers(connection: Connection, numbers: Collection[str]) -> dict[str, Payer]:
    """Those of the numbers that are accounts, however many."""
    known: dict[str, Payer] = {}
    ordered = sorted(numbers)
    for first in range(0, len(ordered), NUMBERS_AT_ONCE):
        some = ordered[first : first + NUMBERS_AT_ONCE]
        statement = select(ACCOUNT.c.number, ACCOUNT.c.id, ACCOUNT.c.currency).where(ACCOUNT.c.number.in_(some))
        known |= {number: Payer(*rest) for number, *rest in connection.execute(statement)}
    return known


def by_number(connection: Connection, number: str) -> Account | None:
    """The account with this number, if there is one."""
    row = BY_NUMBER.first(connection, number=number)
    return None if row is None else account_of(row)


def by_id(connection: Connection, account_id: int) -> Account:
    """The account with this internal id, which must exist."""
    row = BY_ID.first(connection, account_id=account_id)
    assert row is not None
    return account_of(row)


def hold(connection: Connection, account_id: int) -> Account:
    """The account with this internal id, which from here to the transaction's end nobody else changes.

    Before anything is read that a change of its money is decided on, and one account before another by their ids.
    """
    row = HOLD_ID.first(connection, account_id=account_id)
    assert row is not None
    return account_of(row)


def hold_number(connection: Connection, number: str) -> Account | None:
    """The account with this number, held against everybody else who would change it, if there is one."""
    row = HOLD_NUMBER.first(connection, number=number)
    return None if row is None else account_of(row)


def add(connection: Connection, *accounts: dict[str, Any]) -> None:
    """Insert accounts from their column values, all of the same columns; what finds and sorts them is made here."""
    rows = [values | found_by(values) for values in accounts]
    ADD.run_rows(connection, tuple(rows[0]), [tuple(row.values()) for row in rows])
    account_index.index(connection, rows)


def found_by(account: Mapping[str, Any]) -> dict[str, str]:
    """The columns by which an account is found and sorted, from its number, name and master user."""
    search = text_of(account["number"], account["name"], account["master_user"])
    return {"search": search, "sort_name": folded(account["name"])}


def save_balances(connection: Connection, account_id: int, funds_minor: int, receivable_minor: int) -> None:
    """Replace the cached balances."""
    SAVE_BALANCES.run(connection, account_id=account_id, funds_minor=funds_minor, receivable_minor=receivable_minor)


def save_billed_through(connection: Connection, account_id: int, last_day: date) -> None:
    """Close every billing period up to this day, the end of one."""
    SAVE_BILLED_THROUGH.run(connection, account_id=account_id, billed_through=last_day)


def save_state(connection: Connection, account_id: int, state: AccountState) -> None:
    """Replace the state."""
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(state=state.value))


def save_card(connection: Connection, account_id: int, card: CardOnFile) -> None:
    """Replace the card on file."""
    values = {f"card_{name}": value for name, value in asdict(card).items()}
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(**values))


def account_of(row: RowMapping | Row) -> Account:
    """The account that a row of the table holds."""
    return Account(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        type=AccountType(row["type"]),
        state=AccountState(row["state"]),
        currency=row["currency"],
        master_user=row["master_user"],
        created=row["created"],
        billing_day=row["billing_day"],
        payment_terms_days=row["payment_terms_days"],
        credit_limit_minor=row["credit_limit_minor"],
        card=_card_of(row),
        funds_minor=row["funds_minor"],
        receivable_minor=row["receivable_minor"],
        billed_through=row["billed_through"],
    )


def _card_of(row: RowMapping | Row) -> CardOnFile | None:
    if row["card_payment_method_reference"] is None:
        return None
    return CardOnFile(
        brand=row["card_brand"],
        last_four=row["card_last_four"],
        expiry=row["card_expiry"],
        gateway=row["card_gateway"],
        customer_reference=row["card_customer_reference"],
        payment_method_reference=row["card_payment_method_reference"],
    )
