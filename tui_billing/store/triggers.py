"""What the database itself refuses, whoever asks: to rewrite what is recorded, and to change what a row is about."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

APPEND_ONLY = ("ledger_entry", "audit_entry", "money_action", "charge_import", "skipped_numbers")
# The columns of a row that never change; what became of it may.
IDENTITY = {
    "account": ("id", "number", "currency", "created", "billing_day"),
    "gateway_customer": ("sequence", "account_id", "gateway", "key"),
    "user": ("id", "name"),
    "payment": ("sequence", "id", "account_id", "kind", "amount_minor", "key", "invoice_sequence"),
    "charge_back": ("sequence", "id", "payment_id", "amount_minor", "key", "dispute"),
    "reversal": ("sequence", "id", "charge_back_id", "amount_minor", "key"),
    "invoice": ("sequence", "number", "account_id", "total_minor", "period_start", "period_end"),
}
GATHERED = "OLD.invoice_sequence IS NOT NULL"
FIXED = f"{GATHERED} OR OLD.sequence IS NOT NEW.sequence OR OLD.import_sequence IS NOT NEW.import_sequence"
CLOSED = "EXISTS (SELECT 1 FROM account WHERE id = NEW.account_id AND billed_through >= {day})"

TAKEN = "is there already and is never replaced"
TRUNCATE = "TRUNCATE"


class Trigger(NamedTuple):
    """A refusal: on which table, of which action, for which rows (all if empty), in which words, and about what."""

    table: str
    action: str
    rows: str
    words: str
    about: str = ""

    @property
    def name(self) -> str:
        """The trigger's name, such as `payment_refuses_delete`."""
        return f"{self.table}_refuses_{self.action.lower()}{self.about}"

    @property
    def sqlite(self) -> str:
        """The statement that makes it on SQLite."""
        rows = f"WHEN {self.rows} " if self.rows else ""
        return (
            f'CREATE TRIGGER {self.name} BEFORE {self.action} ON "{self.table}" {rows}'
            f"BEGIN SELECT RAISE(ABORT, '{self.table} {self.words}'); END"
        )

    @property
    def postgresql(self) -> Iterator[str]:
        """The statements that make it on PostgreSQL: a function of the same name, and the trigger that calls it."""
        rows = self.rows.replace(" IS NOT NEW.", " IS DISTINCT FROM NEW.") or "true"
        row = "OLD" if self.action == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF {rows} THEN RAISE EXCEPTION"
            f" USING MESSAGE = '{self.table} {self.words}', ERRCODE = 'integrity_constraint_violation';"
            f" END IF; RETURN {row}; END$$"
        )
        each = "STATEMENT" if self.action == TRUNCATE else "ROW"
        yield (
            f'CREATE TRIGGER {self.name} BEFORE {self.action} ON "{self.table}"'
            f" FOR EACH {each} EXECUTE FUNCTION {self.name}()"
        )


def triggers(tables: Iterable[Table]) -> Iterator[Trigger]:
    """Every trigger of the schema."""
    for table in tables:
        # INSERT OR REPLACE takes the old row away without its DELETE triggers.
        yield Trigger(table.name, "INSERT", _taken(table), TAKEN)
    for name in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            yield Trigger(name, action, "", "is append-only")
    for name, columns in IDENTITY.items():
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        yield Trigger(name, "UPDATE", changed, f"never changes {', '.join(columns)}")
        yield Trigger(name, "DELETE", "", "is never deleted")
    yield Trigger("charge", "UPDATE", FIXED, "stays as its invoice has it")
    kept = f"{GATHERED} OR OLD.import_sequence IS NOT NULL"
    yield Trigger("charge", "DELETE", kept, "stays as its invoice has it, or its import")
    # A posted statement never changes: nothing enters a closed period, and none is opened again.
    closed = CLOSED.format(day="NEW.period_end")
    yield Trigger("invoice", "INSERT", closed, "is never issued for a closed period", "_when_closed")
    closed = CLOSED.format(day="date(NEW.recorded_at)")
    yield Trigger("ledger_entry", "INSERT", closed, "never enters a closed period", "_when_closed")
    opened = "OLD.billed_through IS NOT NULL AND (NEW.billed_through < OLD.billed_through) IS NOT FALSE"
    yield Trigger("account", "UPDATE", opened, "never opens a closed period", "_when_closed")


def triggers_on(dialect: str, triggers: Iterable[Trigger]) -> list[Trigger]:
    """Those that this database needs: PostgreSQL replaces no row by inserting one, but can empty a whole table."""
    if dialect == "sqlite":
        return list(triggers)
    needed = [trigger for trigger in triggers if trigger.words != TAKEN]
    guarded = sorted({trigger.table for trigger in needed if trigger.action == "DELETE"})
    return [*needed, *(Trigger(name, TRUNCATE, "", "is never emptied") for name in guarded)]


def trigger_statements(triggers: Iterable[Trigger], dialect: str) -> Iterator[str]:
    """The statements that make the triggers on this database."""
    for trigger in triggers_on(dialect, triggers):
        yield from (trigger.sqlite,) if dialect == "sqlite" else trigger.postgresql


def _taken(table: Table) -> str:
    unique = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    same = (" AND ".join(f"{column.name} = NEW.{column.name}" for column in each.columns) for each in unique)
    return f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {" OR ".join(sorted(same))})'
