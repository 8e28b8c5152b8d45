"""Searching accounts on PostgreSQL: what has three letters or digits together by `pg_trgm`, all else by pairs.

The server takes the accounts that have a fragment for spread evenly, and walks along where the first are far away or
sorts all where they are near. So a statement here either walks along, and no further than it is told to, or sorts all.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.accounts import AccountOrder
from tui_billing.store.account_index import PAIRS
from tui_billing.store.account_search import (
    BY_CHANCE,
    COLUMNS,
    LOOKED_AT,
    STRETCH,
    STRETCHES,
    AccountSearch,
    Sample,
    Span,
)
from tui_billing.store.prepared import on_driver

# If so many were found among the first, the others are reached sooner than all are looked up.
ENOUGH = 25
# So many of a type or state are looked at too, which takes as long as all of them: each is read where it lies.
OF_KIND = LOOKED_AT // 5
# How much further they are walked to than where they should lie.
MARGIN = 2
# To look one account up takes as long as to walk along so many.
LOOK_UP = 2
# What more than one of so many accounts has is read through sooner than looked up.
RARE = 4
# What `pg_trgm` has fragments of, whatever the server takes for a letter besides.
IN_TRIGRAMS = re.compile(r"[a-z0-9]{3}", re.ASCII)
NAMED = re.compile(r"(?<!:):(\w+)")


class PostgresqlSearch(AccountSearch):
    """Along the order of the list as far as that is shorter, or else by an index of fragments."""

    __slots__ = ()

    def numbers(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """The numbers of up to so many accounts that have the fragment, in their order from the key on."""
        found = self._along(connection, span, limit, LOOKED_AT)
        if len(found) == limit or (last := self._last(connection)) <= LOOKED_AT:
            return found
        if len(found) >= ENOUGH and self.chosen.order is AccountOrder.NUMBER:
            found = self._along(connection, span, limit, MARGIN * LOOKED_AT * limit // len(found))
            if len(found) == limit:
                return found
        step = max(STRETCH, last // STRETCHES)
        sample = self._sample(connection, span, last, step)
        if sample.found > BY_CHANCE and (self.chosen.type or self.chosen.state):
            # Those that are meant may all lie further on.
            found = self._along(connection, span, limit, OF_KIND, of_kind=True)
        if len(found) < limit and sample.before is not None and sample.is_walked_to_sooner(LOOK_UP):
            # Each of the sample stands for as many as there are steps to a stretch.
            found = self._along(connection, span, limit, LOOKED_AT + MARGIN * sample.before * step // STRETCH)
        return found if len(found) == limit else self._looked_up(connection, span, limit, sample)

    def _last(self, connection: Connection) -> int:
        """The last account's number in the database, which is no less than how many there are."""
        ((last,),) = on_driver(connection, "SELECT coalesce(max(id), 0) FROM account")
        return int(last)

    def _along(self, connection: Connection, span: Span, limit: int, most: int, *, of_kind: bool = False) -> list[str]:
        """Those among the first accounts, up to so many of these, or of those that are of the type and state."""
        if of_kind:
            first = f"SELECT * FROM account WHERE {self.where} AND {self.beyond(span)}"
            is_meant = "true"
        else:
            # What the order's index has of them; the rows themselves only of those that have the fragment.
            first = f"SELECT {COLUMNS[AccountOrder.NAME]}, search FROM account WHERE {self.beyond(span)}"
            is_meant = f"(SELECT {self.where} FROM account WHERE account.number = first.number)"
        statement = f"""
            SELECT number FROM ({first} {self.ordered(span)} LIMIT :looked_at) AS first
            WHERE search LIKE :anywhere AND {is_meant} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, looked_at=most, most=limit)]

    def _looked_up(self, connection: Connection, span: Span, limit: int, sample: Sample) -> list[str]:
        """Those among all accounts, which are sorted by what no index has, so that none is walked along."""
        has = "search LIKE :anywhere"
        if not IN_TRIGRAMS.search(self.fragment):
            # By one index alone: for what is found by both, and for what is read through, pairs are made anew.
            by_pairs = f" AND {PAIRS} @> :pairs" if RARE * sample.found <= sample.size else ""
            has = f"'' || {has}{by_pairs}"
        order = self.ordered(span).replace("ORDER BY ", "ORDER BY '' || ")
        statement = f"""
            SELECT number FROM account WHERE {has} AND {self.where} AND {self.beyond(span)} {order} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _sample(self, connection: Connection, span: Span, last: int, step: int) -> Sample:
        """What a sample says of the fragment: a stretch at each step up to the last account."""
        # In order, so that the server looks for the first in an index and does not read all for those between.
        stretch = f"SELECT * FROM account WHERE id >= start ORDER BY id LIMIT {STRETCH}"
        statement = f"""
            SELECT search LIKE :anywhere, {self.where}, {self.beyond(span)}
            FROM generate_series(1, {last}, {step}) AS start, LATERAL ({stretch}) AS stretch
            WHERE id < start + {STRETCH} {self.ordered(span)}"""
        return Sample.of(self._rows(connection, statement, span))

    def _rows(self, connection: Connection, statement: str, span: Span, **values: Any) -> list[Any]:
        values |= self.values(span) | {"anywhere": _anywhere(self.fragment), "pairs": _pairs(self.fragment)}
        # Planned for each fragment: how many have it decides on the plan.
        return list(on_driver(connection, _named(statement), values, prepare=False))


def _named(statement: str) -> str:
    """The statement with its values named as the driver does it."""
    return NAMED.sub(r"%(\1)s", statement.replace("%", "%%"))


def _pairs(fragment: str) -> list[str]:
    """Each two characters that follow one another; or the only one."""
    return sorted({fragment[start : start + 2] for start in range(len(fragment) - 1)}) or [fragment]


def _anywhere(fragment: str) -> str:
    """The pattern of what has the fragment in it."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", fragment) + "%"
