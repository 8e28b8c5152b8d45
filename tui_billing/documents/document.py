"""What a receipt, an invoice or a statement says, before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its share of the width, and whether it holds figures."""

    title: str
    share: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their titles, and sums below them as label and figure."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One document about one account; `name` is what its file is called, without an ending."""

    name: str
    title: str
    number: str
    dated: date
    account_number: str
    account_name: str
    amount_label: str
    amount: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
