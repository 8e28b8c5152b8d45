"""Reading one page of an ordered list by the key of a row, never by its position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, tuple_

from tui_billing.domain.pages import Direction, Page
from tui_billing.store.prepared import Prepared, Row

RowT = TypeVar("RowT")


class Ordered:
    """A statement with named parameters, in an order that no two rows share; compiled once for each way through it."""

    def __init__(self, statement: Select[Any], *columns: ColumnElement[Any], descending: bool = False) -> None:
        self.columns = columns
        self._statement, self._descending = statement, descending
        self._keys = tuple(f"key_{place}" for place in range(len(columns)))
        self._prepared: dict[tuple[bool, bool, bool], Prepared] = {}

    def rows(
        self,
        connection: Connection,
        key: Sequence[Any] | None,
        values: Row,
        most: int,
        *,
        forward: bool,
        including: bool,
    ) -> list[Row]:
        """Up to so many rows on from a key, those next to it first."""
        way = (key is not None, forward, including)
        if (prepared := self._prepared.get(way)) is None:
            prepared = self._prepared[way] = Prepared(self._through(*way))
        there = {} if key is None else dict(zip(self._keys, key, strict=True))
        return list(prepared.rows(connection, **values, **there, most=most))

    def _through(self, from_key: bool, forward: bool, including: bool) -> Select[Any]:
        rising, statement = forward is not self._descending, self._statement
        if from_key:
            here = tuple_(*self.columns)
            keys = zip(self._keys, self.columns, strict=True)
            there = tuple_(*(bindparam(name, type_=column.type) for name, column in keys))
            if including:
                statement = statement.where(here >= there if rising else here <= there)
            else:
                statement = statement.where(here > there if rising else here < there)
        order = (column.asc() if rising else column.desc() for column in self.columns)
        return statement.order_by(*order).limit(bindparam("most", type_=Integer))


@dataclass(frozen=True, slots=True)
class Keyset(Generic[RowT]):
    """A list: its statement and what its parameters are, and how a row of it is made."""

    ordered: Ordered
    make: Callable[[Row], RowT]
    values: Row = field(default_factory=dict)

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
        found = self.ordered.rows(connection, key, self.values, limit + 1, forward=forward, including=including)
        rows = [self.make(row) for row in found[:limit]]
        return (rows if forward else rows[::-1]), len(found) > limit
