"""Columns of a list: which ones fit, and text cut to an exact number of terminal cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from tui_billing.domain.text import shown

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


@lru_cache(4096)
def fitted(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text, safe to show, in exactly `width` cells: padded, or cut with an ellipsis."""
    text = shown(text)
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    padding = " " * (width - cells)
    return padding + text if align == "right" else text + padding


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken between words where that is possible."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            pieces = chop_cells(word, width)
            lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


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
