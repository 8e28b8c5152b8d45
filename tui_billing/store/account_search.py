"""Searching accounts for any part of number, name or master user, whatever their number.

The first accounts in order are looked at one by one, which finds what is frequent. What is not is looked up in an index
of fragments: of three characters on SQLite, whose rows are account numbers and thereby in order; `pg_trgm` on
PostgreSQL. What a fragment of one or two characters is found in is what the longer ones beginning with it are in.
Names are not in the index's order: either all that have the fragment are looked up and sorted, or all accounts are
walked along until there are enough. A sample of the accounts tells which is sooner done.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountFilter, AccountOrder
from tui_billing.domain.text import folded
from tui_billing.store.prepared import on_driver

TRIGRAM = 3
# Found among the first so many: most fragments, in two milliseconds.
LOOKED_AT = 10_000
# So many of a type or state, or of those that the index has, are looked at wherever they lie.
FEW = 5_000
# The sample: so many stretches, as what lies together is soon read, of so many accounts each.
STRETCHES, STRETCH = 100, 20
# To look one account up takes as long as to walk along so many.
LOOK_UP = 10
# So few of the sample may lie anywhere, and all of them are soon looked up.
BY_CHANCE = 10
# A short fragment that more trigrams than these begin with is walked to.
MOST_TRIGRAMS = 100
COLUMNS = {AccountOrder.NUMBER: "number", AccountOrder.NAME: "sort_name, number"}
PLACES = "SELECT rowid AS place FROM account_search WHERE account_search MATCH :trigrams"
# Eight digits, as every number has; `printf` takes longer.
LOOKED_UP = "ON number = substr(100000000 + place, 2)"
KEYS = {AccountOrder.NUMBER: ":number", AccountOrder.NAME: ":sort_name, :number"}
# Every search ends so, so that its last character and its last two begin a trigram too.
PADDING = "\n\n"
SQLITE = (
    # Of each trigram only in which accounts it is: what is found is looked at again.
    """CREATE VIRTUAL TABLE account_search USING fts5(
        search, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')""",
    "CREATE VIRTUAL TABLE account_fragment USING fts5vocab(account_search, instance)",
)
# What a server says that has no `pg_trgm`, or whose owner of the tables may not put it there.
NO_EXTENSION = ("0A000", "58P01", "42501", "42704")
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
    try:
        with connection.begin_nested():
            for statement in POSTGRESQL:
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in NO_EXTENSION:
            raise


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
        if self._is_of_few(connection):
            return self._along(connection, "account", span, limit)
        found = self._among_the_first(connection, span, limit)
        if len(found) == limit:
            return found
        trigrams = self._short(connection) if len(self.fragment) < TRIGRAM else _trigrams(self.fragment)
        # In the order of the index nothing has to be sorted, and the first that are found are enough.
        if trigrams is not None and self.chosen.order is AccountOrder.NUMBER:
            return self._in_order(connection, span, limit, trigrams)
        if trigrams is None or (self._are_many(connection, trigrams) and self._is_soon_walked_to(connection, span)):
            return self._along(connection, self._all, span, limit)
        return self._along(connection, self._looked_up, span, limit, trigrams)

    def _is_of_few(self, connection: Connection) -> bool:
        """Whether the type or state that is chosen is that of few accounts."""
        if self._narrowest == "number":
            return False
        those = f"SELECT 1 FROM account WHERE {self._narrowest} = :{self._narrowest} LIMIT :most"
        statement = f"SELECT count(*) FROM ({those})"
        return int(next(self._rows(connection, statement, None, most=FEW + 1))[0]) <= FEW

    def _among_the_first(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """Those among the first accounts."""
        first = f"SELECT id, search FROM {self._all} WHERE {self._from(span)} {self._order(span)} LIMIT {LOOKED_AT}"
        statement = f"""
            SELECT number FROM ({first}) AS first CROSS JOIN account USING (id)
            WHERE first.search GLOB :anywhere AND {self._where} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _in_order(self, connection: Connection, span: Span, limit: int, trigrams: str) -> list[str]:
        """Those that the index has, in the order of their numbers."""
        here = f"place {span.sign} CAST(:number AS INTEGER) AND" if span.key else ""
        statement = f"""
            SELECT number FROM {self._looked_up}
            WHERE {here} account.search GLOB :anywhere AND {self._where} ORDER BY place{span.turn} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit, trigrams=trigrams)]

    def _short(self, connection: Connection) -> str | None:
        """Any of the trigrams that begin with a short fragment, or nothing if there are too many of them."""
        # From one to the next, without reading in which accounts each of them is.
        after = "SELECT term FROM account_fragment WHERE term >= {} AND term < :beyond ORDER BY term LIMIT 1"
        statement = f"""
            WITH RECURSIVE trigram (term) AS (
                SELECT ({after.format(":fragment")})
                UNION ALL SELECT ({after.format("trigram.term || char(1)")}) FROM trigram WHERE term IS NOT NULL)
            SELECT term FROM trigram WHERE term IS NOT NULL LIMIT {MOST_TRIGRAMS + 1}"""
        found = [row[0] for row in self._rows(connection, statement, None)]
        return None if len(found) > MOST_TRIGRAMS else " OR ".join(map(_quoted, found or [""]))

    def _are_many(self, connection: Connection, trigrams: str) -> bool:
        """Whether the index has more than a few."""
        statement = f"SELECT count(*) FROM ({PLACES} LIMIT :most)"
        return int(next(self._rows(connection, statement, None, most=FEW + 1, trigrams=trigrams))[0]) > FEW

    def _is_soon_walked_to(self, connection: Connection, span: Span) -> bool:
        """Whether the first that has the fragment is walked to sooner than all are looked up, by a sample."""
        statement = f"""
            WITH RECURSIVE last (id) AS (SELECT max(id) FROM account), stretch (start) AS (
                SELECT 1 UNION ALL SELECT start + max({STRETCH}, last.id / {STRETCHES}) FROM stretch, last
                WHERE start < last.id)
            SELECT search GLOB :anywhere, {self._where}, {self._from(span)}
            FROM stretch CROSS JOIN account ON id >= start AND id < start + {STRETCH} {self._order(span)}"""
        sample = list(self._rows(connection, statement, span))
        found = sum(has for has, _, _ in sample)
        ahead = [has and is_meant for has, is_meant, is_ahead in sample if is_ahead]
        return found > BY_CHANCE and True in ahead and ahead.index(True) < LOOK_UP * found

    def _along(
        self, connection: Connection, tables: str, span: Span, limit: int, trigrams: str | None = None
    ) -> list[str]:
        """Those among all accounts of these tables."""
        where = f"search GLOB :anywhere AND {self._where} AND {self._from(span)}"
        statement = f"SELECT number FROM {tables} WHERE {where} {self._order(span)} LIMIT :most"
        return [row[0] for row in self._rows(connection, statement, span, most=limit, trigrams=trigrams)]

    @property
    def _narrowest(self) -> str:
        """Of what is chosen, what fewer accounts have; all have a number."""
        return "state" if self.chosen.state else "type" if self.chosen.type else "number"

    @property
    def _all(self) -> str:
        """The accounts in order, with the search beside them: rows are read of those only that have the fragment."""
        return f"account INDEXED BY account_by_{self.chosen.order.value}"

    @property
    def _looked_up(self) -> str:
        """Those that the index has, by way of the index that tells soonest that one is not meant."""
        return f"({PLACES}) CROSS JOIN account INDEXED BY account_by_{self._narrowest} {LOOKED_UP}"

    @property
    def _where(self) -> str:
        conditions = [f"number <> '{SYSTEM_NUMBER}'"]
        conditions += ["state = :state"] if self.chosen.state else []
        # Of two indexes the state's, which fewer accounts are of.
        conditions += [f"{'+' if self.chosen.state else ''}type = :type"] if self.chosen.type else []
        return " AND ".join(conditions)

    def _from(self, span: Span) -> str:
        return f"({COLUMNS[self.chosen.order]}) {span.sign} ({KEYS[self.chosen.order]})" if span.key else "true"

    def _order(self, span: Span) -> str:
        return f"ORDER BY {', '.join(column + span.turn for column in COLUMNS[self.chosen.order].split(', '))}"

    def _rows(self, connection: Connection, statement: str, span: Span | None, **values: Any) -> Iterator[Any]:
        names = COLUMNS[self.chosen.order].split(", ")
        values |= {"type": self.chosen.type, "state": self.chosen.state, "fragment": self.fragment}
        values |= dict(zip(names, span.key, strict=True)) if span and span.key else {}
        values |= {"anywhere": _anywhere(self.fragment), "beyond": self.fragment + chr(0x10FFFF)}
        return iter(on_driver(connection, statement, values))


def _trigrams(fragment: str) -> str:
    """The trigrams that between them hold every character of the fragment, all of which must be there."""
    starts = sorted({*range(0, len(fragment) - TRIGRAM + 1, TRIGRAM), max(0, len(fragment) - TRIGRAM)})
    return " AND ".join(_quoted(fragment[start : start + TRIGRAM]) for start in starts)


def _quoted(trigram: str) -> str:
    return '"' + trigram.replace('"', '""') + '"'


def _anywhere(fragment: str) -> str:
    """The pattern of what has the fragment in it, which takes half the time of `instr`."""
    return "*" + "".join(f"[{each}]" if each in "*?[" else each for each in fragment) + "*"
