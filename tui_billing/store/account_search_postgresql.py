"""Searching accounts on PostgreSQL: what has three letters or digits together by `pg_trgm`, all else by pairs.

The server takes the accounts that have a fragment for spread evenly, and walks along where the first are far away or
sorts all where they are near. So each statement here leaves it one way only.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.accounts import AccountOrder
from tui_billing.store.account_index import PAIRS
from tui_billing.store.account_search import COLUMNS, LOOKED_AT, STRETCH, STRETCHES, AccountSearch, Sample, Span
from tui_billing.store.prepared import on_driver

# If so many were found among the first, the others are reached sooner than all are looked up.
ENOUGH = 25
# How much further they are walked to than where they should lie.
MARGIN = 2
# To look one account up takes as long as to walk along so many.
LOOK_UP = 3
# What `pg_trgm` has fragments of, whatever the server takes for a letter besides.
IN_TRIGRAMS = re.compile(r"[a-z0-9]{3}", re.ASCII)
NAMED = re.compile(r"(?<!:):(\w+)")


class PostgresqlSearch(AccountSearch):
    """Along the order of the list as far as that is shorter, or else by an index of fragments."""

    __slots__ = ()

    def numbers(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """The numbers of up to so many accounts that have the fragment, in their order from the key on."""
        found = self._along(connection, span, limit, LOOKED_AT)
        if len(found) < limit and (further := self._further(connection, span, limit, len(found))):
            found = self._along(connection, span, limit, further)
        return found if len(found) == limit else self._looked_up(connection, span, limit)

    def _further(self, connection: Connection, span: Span, limit: int, found: int) -> int:
        """Among how many of the first accounts there should be enough, if they are reached sooner than looked up."""
        if self.chosen.order is AccountOrder.NUMBER:
            return MARGIN * LOOKED_AT * limit // found if found >= ENOUGH else 0
        sample, accounts = self._sample(connection, span)
        if sample.before is None or not sample.is_walked_to_sooner(LOOK_UP):
            return 0
        return LOOKED_AT + MARGIN * accounts * sample.before // sample.size

    def _along(self, connection: Connection, span: Span, limit: int, most: int) -> list[str]:
        """Those among the first accounts, up to so many of these."""
        # What the order's index has of them; the rows themselves only of those that have the fragment.
        columns = f"{COLUMNS[AccountOrder.NAME]}, search"
        first = f"SELECT {columns} FROM account WHERE {self.beyond(span)} {self.ordered(span)} LIMIT :looked_at"
        is_meant = f"(SELECT {self.where} FROM account WHERE account.number = first.number)"
        statement = f"SELECT number FROM ({first}) AS first WHERE search LIKE :anywhere AND {is_meant} LIMIT :most"
        return [row[0] for row in self._rows(connection, statement, span, looked_at=most, most=limit)]

    def _looked_up(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """Those among all accounts, which are sorted by what no index has, so that none is walked along."""
        has = "search LIKE :anywhere"
        if not IN_TRIGRAMS.search(self.fragment):
            # To look in both indexes takes longer, as what one of them has is then made anew for each account.
            has = f"'' || {has} AND {PAIRS} @> :pairs"
        order = self.ordered(span).replace("ORDER BY ", "ORDER BY '' || ")
        statement = f"""
            SELECT number FROM account WHERE {has} AND {self.where} AND {self.beyond(span)} {order} LIMIT :most"""
        return [row[0] for row in self._rows(connection, statement, span, most=limit)]

    def _sample(self, connection: Connection, span: Span) -> tuple[Sample, int]:
        """What a sample says of the fragment, and about how many accounts there are."""
        statement = f"""
            SELECT last.id, search LIKE :anywhere, {self.where}, {self.beyond(span)}
            FROM (SELECT max(id) AS id FROM account) AS last,
                generate_series(1, last.id, greatest({STRETCH}, last.id / {STRETCHES})) AS start,
                LATERAL (SELECT * FROM account WHERE id >= start ORDER BY id LIMIT {STRETCH}) AS stretch
            {self.ordered(span)}"""
        rows = self._rows(connection, statement, span)
        return Sample.of(row[1:] for row in rows), rows[0][0] if rows else 0

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
