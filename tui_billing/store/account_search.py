"""Searching accounts for any part of number, name or master user, whatever their number.

The first accounts in order are looked at one by one, which finds what is frequent. What is not is looked up in an index
of fragments: of three characters on SQLite, whose rows are account numbers and thereby in order; `pg_trgm` on
PostgreSQL. What a fragment of one or two characters is found in is what the longer ones beginning with it are in.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountFilter, AccountOrder
from tui_billing.domain.text import folded
from tui_billing.store.prepared import on_driver

TRIGRAM = 3
# Found among the first so many: most fragments, in some milliseconds; a short one is in accounts of any name.
LOOKED_AT, LOOKED_AT_FOR_SHORT = 10_000, 100_000
# So many are sorted in less time than the whole list is walked along; what a short one is in takes longer to gather.
MOST_SORTED, MOST_SORTED_FOR_SHORT = 80_000, 30_000
COLUMNS = {AccountOrder.NUMBER: "number", AccountOrder.NAME: "sort_name, number"}
NUMBER = "printf('%08d', place)"
KEYS = {AccountOrder.NUMBER: ":number", AccountOrder.NAME: ":sort_name, :number"}
# Every search ends so, so that its last character and its last two begin a trigram too.
PADDING = "\n\n"
SQLITE = (
    # Of each trigram only in which accounts it is: what is found is looked at again.
    """CREATE VIRTUAL TABLE account_search USING fts5(
        search, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')""",
    "CREATE VIRTUAL TABLE account_fragment USING fts5vocab(account_search, instance)",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX account_search ON account USING gin (search gin_trgm_ops)",
)
# No triggers keep it: with trusted_schema off SQLite lets none write to a virtual table.
INDEX = "INSERT INTO account_search (rowid, search) VALUES (CAST(:number AS INTEGER), :search)"
INDEX_ALL = (
    "INSERT INTO account_search (rowid, search) SELECT CAST(number AS INTEGER), search FROM account ORDER BY number"
)


def create(connection: Connection) -> None:
    """Make the index of an empty table of accounts; PostgreSQL without `pg_trgm` does without one."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            connection.exec_driver_sql(statement)
        return
    with suppress(DBAPIError), connection.begin_nested():
        for statement in POSTGRESQL:
            connection.exec_driver_sql(statement)


def index(connection: Connection, accounts: Sequence[Mapping[str, Any]]) -> None:
    """Take new accounts into the index, from their column values; PostgreSQL does so by itself."""
    if connection.dialect.name != "sqlite":
        return
    on_driver(connection, INDEX, [{name: row[name] for name in ("number", "search")} for row in accounts], many=True)


def index_all(connection: Connection) -> None:
    """Take every account into the empty index; PostgreSQL has done so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(INDEX_ALL)


def text_of(number: str, name: str, master_user: str) -> str:
    """What an account is searched in."""
    return folded(f"{number} {name} {master_user}") + PADDING


@dataclass(frozen=True, slots=True)
class Span:
    """Where a page lies: on from a key of the order's columns, forwards or backwards, with that row or without."""

    key: tuple[Any, ...] | None
    forward: bool
    including: bool

    @property
    def sign(self) -> str:
        """How its rows compare with the key."""
        return (">" if self.forward else "<") + ("=" if self.including else "")

    @property
    def turn(self) -> str:
        """The direction of an ORDER BY."""
        return "" if self.forward else " DESC"


@dataclass(frozen=True, slots=True)
class AccountSearch:
    """A fragment that is looked for, folded as the accounts' search is, among accounts of a type and state."""

    fragment: str
    chosen: AccountFilter

    def numbers(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """The numbers of up to so many accounts that have the fragment, in their order from the key on."""
        found = self._among_the_first(connection, span, limit)
        if len(found) == limit:
            return found
        if self.chosen.order is AccountOrder.NUMBER:
            return self._in_order(connection, span, limit)
        tables = "account"
        if self._candidates(connection) <= self._most_sorted:
            tables = f"({self._places}) CROSS JOIN account INDEXED BY account_by_number ON number = {NUMBER}"
        return self._read(connection, tables, span, limit)

    def _among_the_first(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """Those among the first accounts."""
        most = LOOKED_AT_FOR_SHORT if self._is_short else LOOKED_AT
        first = f"SELECT number, search FROM account WHERE {self._where(span)} {self._order(span)} LIMIT {most}"
        statement = f"SELECT number FROM ({first}) WHERE instr(search, :fragment) > 0 LIMIT :most"
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _in_order(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """Those that the index has, in the order of their numbers."""
        here = f"place {span.sign} CAST(:number AS INTEGER) AND" if span.key else ""
        statement = f"""
            SELECT number FROM ({self._places}) CROSS JOIN account ON number = {NUMBER}
            WHERE {here} instr(account.search, :fragment) > 0 AND {self._where(None)}
            ORDER BY place{span.turn} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _candidates(self, connection: Connection) -> int:
        """How many accounts may have the fragment, or one more than can be sorted."""
        statement = f"SELECT count(*) FROM ({self._places} LIMIT :most)"
        return int(next(self._rows(connection, statement, None, most=self._most_sorted + 1))[0])

    def _read(self, connection: Connection, tables: str, span: Span, limit: int) -> list[str]:
        """Those among the accounts of these tables."""
        where = f"instr(search, :fragment) > 0 AND {self._where(span)}"
        statement = f"SELECT number FROM {tables} WHERE {where} {self._order(span)} LIMIT :most"
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    @property
    def _is_short(self) -> bool:
        return len(self.fragment) < TRIGRAM

    @property
    def _most_sorted(self) -> int:
        return MOST_SORTED_FOR_SHORT if self._is_short else MOST_SORTED

    @property
    def _places(self) -> str:
        """The numbers of the accounts that have the fragment, as far as the index knows."""
        if self._is_short:
            return "SELECT DISTINCT doc AS place FROM account_fragment WHERE term >= :fragment AND term < :beyond"
        return "SELECT rowid AS place FROM account_search WHERE account_search MATCH :trigrams"

    def _where(self, span: Span | None) -> str:
        chosen, columns = self.chosen, COLUMNS[self.chosen.order]
        conditions = [f"number <> '{SYSTEM_NUMBER}'"]
        conditions += ["type = :type"] if chosen.type else []
        conditions += ["state = :state"] if chosen.state else []
        conditions += [f"({columns}) {span.sign} ({KEYS[chosen.order]})"] if span and span.key else []
        return " AND ".join(conditions)

    def _order(self, span: Span) -> str:
        return f"ORDER BY {', '.join(column + span.turn for column in COLUMNS[self.chosen.order].split(', '))}"

    def _rows(self, connection: Connection, statement: str, span: Span | None, **values: Any) -> Iterator[Any]:
        names = COLUMNS[self.chosen.order].split(", ")
        values |= {"type": self.chosen.type, "state": self.chosen.state, "fragment": self.fragment}
        values |= dict(zip(names, span.key, strict=True)) if span and span.key else {}
        values |= {"trigrams": _trigrams(self.fragment), "beyond": self.fragment + chr(0x10FFFF)}
        return iter(on_driver(connection, statement, values))


def _trigrams(fragment: str) -> str:
    """The trigrams that between them hold every character of the fragment, all of which must be there."""
    starts = sorted({*range(0, len(fragment) - TRIGRAM + 1, TRIGRAM), max(0, len(fragment) - TRIGRAM)})
    return " AND ".join('"' + fragment[start : start + TRIGRAM].replace('"', '""') + '"' for start in starts)
