"""Writes `compiled_tables.py` from `tables.py`: `python -m tui_billing.store.compile_tables`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import AutoString

from tui_billing.store.columns import Amount, Sequence, UtcMoment
from tui_billing.store.schema import TABLES

COMPILED = Path(__file__).with_name("compiled_tables.py")
HEAD = '''"""The tables as statements need them: columns, types and defaults, without SQLModel and its imports.

Made from `tables.py` by `python -m tui_billing.store.compile_tables`, never by hand; a test holds the two together.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, MetaData, String, Table

from tui_billing.store.columns import Amount, Sequence, UtcMoment

METADATA = MetaData()
'''
TYPES = {
    AutoString: "String",
    Amount: "Amount",
    UtcMoment: "UtcMoment",
    Date: "Date",
    Boolean: "Boolean",
    Integer: "Integer",
    BigInteger: "BigInteger",
}


def compiled() -> str:
    """The module as it must be."""
    return HEAD + "".join(line for table in TABLES for line in _lines(table))


def _lines(table: Table) -> Iterator[str]:
    yield f'{table.name.upper()} = Table(\n    "{table.name}",\n    METADATA,\n'
    yield from (f"    {_column(column)},\n" for column in table.columns)
    yield ")\n"


def _column(column: Column[Any]) -> str:
    said = [f'"{column.name}"', "Sequence" if column.type is Sequence else TYPES[type(column.type)]]
    said += ["primary_key=True"] if column.primary_key else []
    if isinstance(column.default, ScalarElementColumnDefault):
        value = column.default.arg
        said.append(f'default="{value}"' if isinstance(value, str) else f"default={value}")
    return f"Column({', '.join(said)})"


if __name__ == "__main__":
    COMPILED.write_text(compiled(), encoding="utf-8")
