"""Columns of a list, and which ones fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column; with an `icon` it is one clickable sign wide, and rows give it no cell."""

    label: str
    width: int = 1
    align: Literal["left", "right"] = "left"
    grow: bool = False
    priority: int = 1
    icon: str = ""
    tooltip: str = ""


class Cell(NamedTuple):
    """A cell's text and the name of its style: accent, positive, negative, warning, muted, strong or none."""

    text: str
    style: str = ""


class PlacedColumn(NamedTuple):
    """A column that fits the window: where it starts, how wide it is, and which of a row's cells it shows."""

    column: Column
    left: int
    width: int
    cell: int | None


def place_columns(columns: Sequence[Column], width: int) -> list[PlacedColumn]:
    """The columns that fit the width, the least important left out, the growing ones widened."""
    kept = _kept(columns, width)
    spare = max(0, width - _total(kept))
    growing = [column for column in kept if column.grow]
    texts = iter(range(len(columns)))
    cells = {id(column): next(texts) for column in columns if not column.icon}
    placed: list[PlacedColumn] = []
    left = 0
    for column in kept:
        extra = 0
        if column.grow:
            extra = spare // len(growing)
            spare -= extra
            growing = growing[1:]
        placed.append(PlacedColumn(column, left, min(column.width + extra, width), cells.get(id(column))))
        left += column.width + extra + _gap(column)
    return placed


def _kept(columns: Sequence[Column], width: int) -> list[Column]:
    kept = list(columns)
    while len(kept) > 1 and _total(kept) > width:
        last_first = reversed(range(len(kept)))
        del kept[min(last_first, key=lambda index: kept[index].priority)]
    return kept


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width + _gap(column) for column in columns) - (_gap(columns[-1]) if columns else 0)


def _gap(column: Column) -> int:
    return 1 if column.icon else GAP
