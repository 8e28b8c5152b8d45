"""Files of charges that were taken in, and the charges of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, select

from tui_billing.domain.invoices import ChargeImport
from tui_billing.store.compiled_tables import CHARGE, CHARGE_IMPORT
from tui_billing.store.prepared import Prepared

IMPORT_FIELDS = tuple(field.name for field in fields(ChargeImport))
ROWS_AT_ONCE = 10_000
ADD_CHARGES = Prepared(CHARGE.insert())


class ChargedLine(NamedTuple):
    """A charge of an account, amount in minor units."""

    account_id: int
    dated: date
    description: str
    quantity: str
    unit_price: str
    amount_minor: int


def by_key(connection: Connection, key: str) -> ChargeImport | None:
    """The file that was taken in with this key, if there is one."""
    row = connection.execute(select(CHARGE_IMPORT).where(CHARGE_IMPORT.c.key == key)).mappings().one_or_none()
    return None if row is None else _import_of(row)


def latest_of(connection: Connection, digest: str) -> ChargeImport | None:
    """When a file of this content was last taken in, if ever."""
    statement = select(CHARGE_IMPORT).where(CHARGE_IMPORT.c.digest == digest)
    row = connection.execute(statement.order_by(CHARGE_IMPORT.c.sequence.desc()).limit(1)).mappings().one_or_none()
    return None if row is None else _import_of(row)


def add(connection: Connection, taken: ChargeImport, lines: Sequence[ChargedLine]) -> None:
    """Keep a file with all its charges."""
    statement = CHARGE_IMPORT.insert().values(**asdict(taken)).returning(CHARGE_IMPORT.c.sequence)
    import_sequence = connection.execute(statement).scalar_one()
    for first in range(0, len(lines), ROWS_AT_ONCE):
        rows = lines[first : first + ROWS_AT_ONCE]
        ADD_CHARGES.run_rows(connection, ChargedLine._fields, rows, import_sequence=import_sequence)


def _import_of(row: RowMapping) -> ChargeImport:
    return ChargeImport(**{name: row[name] for name in IMPORT_FIELDS})
