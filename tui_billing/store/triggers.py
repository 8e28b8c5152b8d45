"""What the database itself refuses, whoever asks: to rewrite what is recorded, and to change what a row is about."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

APPEND_ONLY = ("ledger_entry", "audit_entry", "money_action")
# The columns of a row that never change; what became of it may.
IDENTITY = {
    "account": ("id", "number", "currency"),
    "gateway_customer": ("sequence", "account_id", "gateway", "key"),
    "user": ("id", "name"),
    "payment": ("sequence", "id", "account_id", "kind", "amount_minor", "key"),
    "charge_back": ("sequence", "id", "payment_id", "amount_minor", "key", "dispute"),
    "reversal": ("sequence", "id", "charge_back_id", "amount_minor", "key"),
    "invoice": ("sequence", "number", "account_id", "total_minor"),
}
GATHERED = "OLD.invoice_sequence IS NOT NULL"


class Trigger(NamedTuple):
    """A refusal: on which table, of which action, for which rows (all if empty), and in which words."""

    table: str
    action: str
    rows: str
    words: str

    @property
    def name(self) -> str:
        """The trigger's name, such as `payment_refuses_delete`."""
        return f"{self.table}_refuses_{self.action.lower()}"

    @property
    def statement(self) -> str:
        """The statement that makes it."""
        rows = f"WHEN {self.rows} " if self.rows else ""
        return (
            f'CREATE TRIGGER {self.name} BEFORE {self.action} ON "{self.table}" {rows}'
            f"BEGIN SELECT RAISE(ABORT, '{self.table} {self.words}'); END"
        )


def triggers(tables: Iterable[Table]) -> Iterator[Trigger]:
    """Every trigger of the schema."""
    for table in tables:
        # INSERT OR REPLACE takes the old row away without its DELETE triggers.
        yield Trigger(table.name, "INSERT", _taken(table), "is there already and is never replaced")
    for name in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            yield Trigger(name, action, "", "is append-only")
    for name, columns in IDENTITY.items():
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        yield Trigger(name, "UPDATE", changed, f"never changes {', '.join(columns)}")
        yield Trigger(name, "DELETE", "", "is never deleted")
    yield Trigger("charge", "UPDATE", f"{GATHERED} OR OLD.sequence IS NOT NEW.sequence", "stays as its invoice has it")
    yield Trigger("charge", "DELETE", GATHERED, "stays as its invoice has it")


def _taken(table: Table) -> str:
    unique = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    same = (" AND ".join(f"{column.name} = NEW.{column.name}" for column in each.columns) for each in unique)
    return f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {" OR ".join(sorted(same))})'
