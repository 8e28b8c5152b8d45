"""Searching accounts on SQLite, whose index has fragments of three characters, in the order of account numbers.

What a fragment of one or two characters is found in is what the longer ones beginning with it are in.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.accounts import AccountOrder
from tui_billing.store.account_index import TRIGRAM
from tui_billing.store.account_search import LOOKED_AT, STRETCH, STRETCHES, AccountSearch, Sample, Span
from tui_billing.store.prepared import on_driver

# So many of a type or state, or of those that the index has, are looked at wherever they lie.
FEW = 5_000
# To look one account up takes as long as to walk along so many.
LOOK_UP = 10
# A short fragment that more trigrams than these begin with is walked to.
MOST_TRIGRAMS = 100
PLACES = "SELECT rowid AS place FROM account_search WHERE account_search MATCH :trigrams"
# Eight digits, as every number has; `printf` takes longer.
LOOKED_UP = "ON number = substr(100000000 + place, 2)"


class SqliteSearch(AccountSearch):
    """Along an index of the list as far as that is shorter, or else by the index of fragments."""

    __slots__ = ()
    # Of two indexes the state's is taken, which fewer accounts are of.
    TYPE_BESIDE_STATE = "+type"

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
        first = f"SELECT id, search FROM {self._all} WHERE {self.beyond(span)} {self.ordered(span)} LIMIT {LOOKED_AT}"
        statement = f"""
            SELECT number FROM ({first}) AS first CROSS JOIN account USING (id)
            WHERE first.search GLOB :anywhere AND {self.where} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _in_order(self, connection: Connection, span: Span, limit: int, trigrams: str) -> list[str]:
        """Those that the index has, in the order of their numbers."""
        here = f"place {span.sign} CAST(:number AS INTEGER) AND" if span.key else ""
        statement = f"""
            SELECT number FROM {self._looked_up}
            WHERE {here} account.search GLOB :anywhere AND {self.where} ORDER BY place{span.turn} LIMIT :most"""
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
            SELECT search GLOB :anywhere, {self.where}, {self.beyond(span)}
            FROM stretch CROSS JOIN account ON id >= start AND id < start + {STRETCH} {self.ordered(span)}"""
        return Sample.of(self._rows(connection, statement, span)).is_walked_to_sooner(LOOK_UP)

    def _along(
        self, connection: Connection, tables: str, span: Span, limit: int, trigrams: str | None = None
    ) -> list[str]:
        """Those among all accounts of these tables."""
        where = f"search GLOB :anywhere AND {self.where} AND {self.beyond(span)}"
        statement = f"SELECT number FROM {tables} WHERE {where} {self.ordered(span)} LIMIT :most"
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

    def _rows(self, connection: Connection, statement: str, span: Span | None, **values: Any) -> Iterator[Any]:
        values |= self.values(span)
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
