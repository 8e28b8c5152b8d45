"""Walking a long list page by page, for as many rows as are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeVar

from tui_billing.domain.pages import Direction, Page

PAGE_ROWS = 500
RowT = TypeVar("RowT")
KeyT = TypeVar("KeyT")


def walk(
    page: Callable[[Direction, KeyT | None], Page[RowT]],
    key_of: Callable[[RowT], KeyT],
    wanted: Callable[[RowT], bool] = lambda _: True,
    limit: int | None = None,
) -> list[RowT]:
    """The wanted rows from the start of the list, all or up to the limit."""
    return list(islice(filter(wanted, _rows(page, key_of)), limit))


def _rows(page: Callable[[Direction, KeyT | None], Page[RowT]], key_of: Callable[[RowT], KeyT]) -> Iterator[RowT]:
    found = page(Direction.FIRST, None)
    yield from found.rows
    while found.after:
        found = page(Direction.AFTER, key_of(found.rows[-1]))
        yield from found.rows
