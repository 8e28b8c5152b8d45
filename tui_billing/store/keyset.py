"""Reading one page of an ordered list by the key of a row, never by its position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, tuple_

from tui_billing.domain.pages import Direction, Page
from tui_billing.store.prepared import Row

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Keyset(Generic[RowT]):
    """A list: its statement, the columns that order it uniquely, and how a row of it is made."""

    statement: Select[Any]
    columns: Sequence[ColumnElement[Any]]
    make: Callable[[Row], RowT]
    descending: bool = False

    def page(self, connection: Connection, direction: Direction, key: tuple[Any, ...] | None, limit: int) -> Page[RowT]:
        """Up to `limit` rows in the direction given; the key is the ordering columns' values of a row."""
        if direction is Direction.AROUND:
            return self._around(connection, key, limit)
        forward = direction in (Direction.FIRST, Direction.AFTER)
        rows, more = self.read(connection, key, limit, forward=forward)
        beyond = key is not None
        return Page(tuple(rows), before=beyond if forward else more, after=more if forward else beyond)

    def _around(self, connection: Connection, key: tuple[Any, ...] | None, limit: int) -> Page[RowT]:
        above, before = self.read(connection, key, limit // 2, forward=False)
        below, after = self.read(connection, key, limit - limit // 2, forward=True, including=True)
        return Page((*above, *below), before=before, after=after)

    def read(
        self, connection: Connection, key: tuple[Any, ...] | None, limit: int, *, forward: bool, including: bool = False
    ) -> tuple[list[RowT], bool]:
        """Up to so many rows on from a key, in the order of the list, and whether there are more beyond them."""
        rising = forward is not self.descending
        statement = self.statement
        if key is not None:
            here, there = tuple_(*self.columns), tuple_(*key)
            if including:
                statement = statement.where(here >= there if rising else here <= there)
            else:
                statement = statement.where(here > there if rising else here < there)
        statement = statement.order_by(*(c.asc() if rising else c.desc() for c in self.columns)).limit(limit + 1)
        result = connection.execute(statement)
        names = tuple(result.keys())
        # Plain ones: Core's own mappings take longer to read than SQLite takes to find them.
        found = [self.make(dict(zip(names, row, strict=True))) for row in result.fetchall()]
        rows = found[:limit]
        return (rows if forward else rows[::-1]), len(found) > limit
