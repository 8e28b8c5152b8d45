"""Pages of a long list: read from either end, or on from a row that is already there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

RowT = TypeVar("RowT")


class Direction(Enum):
    """Where the rows of a page lie."""

    FIRST = "from the start"
    LAST = "up to the end"
    AFTER = "after the key"
    BEFORE = "before the key"
    AROUND = "the key's row with its neighbours"


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Neighbouring rows in the order of the list, and whether the list goes on before and after them."""

    rows: tuple[RowT, ...]
    before: bool
    after: bool
