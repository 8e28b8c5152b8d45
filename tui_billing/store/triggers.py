"""What the database itself refuses, whoever asks: to rewrite what is recorded, and to change what a row is about."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

APPEND_ONLY = ("ledger_entry", "audit_entry", "money_action", "charge_import", "reversal", "skipped_numbers")
# What may become of a row; all else of it stays as it was recorded.
CHANGING = {
    "account": (
        *("name", "search", "sort_name", "master_user", "state", "payment_terms_days", "credit_limit_minor"),
        *("card_brand", "card_last_four", "card_expiry", "card_gateway", "card_customer_reference"),
        *("card_payment_method_reference", "funds_minor", "receivable_minor", "billed_through"),
    ),
    "gateway_customer": ("reference",),
    "user": ("profile", "password_hash", "disabled", "failures", "locked_until"),
    "payment": (
        *("state", "unapplied_minor", "charged_back_minor", "charge_back_pending_minor", "gateway_reference"),
        *("failure_reason", "unanswered_at", "cancelled_by", "cancelled_at", "cancel_reason"),
    ),
    "charge_back": ("state", "failure_reason", "gateway_reference", "unanswered_at", "reversed_minor"),
    "invoice": ("due_minor",),
    "charge": ("invoice_sequence",),
}
# What is not known at first, and stays as it is once it is.
ONCE = {
    "gateway_customer": ("reference",),
    "payment": ("gateway_reference", "failure_reason", "cancelled_by", "cancelled_at", "cancel_reason"),
    "charge_back": ("gateway_reference", "failure_reason"),
    "charge": ("invoice_sequence",),
}
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
    def body(self) -> str:
        """What its function on PostgreSQL does."""
        rows = self.rows.replace(" IS NOT NEW.", " IS DISTINCT FROM NEW.") or "true"
        row = "OLD" if self.action == "DELETE" else "NEW"
        return (
            f"BEGIN IF {rows} THEN RAISE EXCEPTION"
            f" USING MESSAGE = '{self.table} {self.words}', ERRCODE = 'integrity_constraint_violation';"
            f" END IF; RETURN {row}; END"
        )

    @property
    def call(self) -> str:
        """The statement that has PostgreSQL call the function."""
        each = "STATEMENT" if self.action == TRUNCATE else "ROW"
        return (
            f'CREATE TRIGGER {self.name} BEFORE {self.action} ON "{self.table}"'
            f" FOR EACH {each} EXECUTE FUNCTION {self.name}()"
        )

    def postgresql(self, schema: str) -> Iterator[str]:
        """The statements that make it on PostgreSQL: a function of the same name, and the trigger that calls it."""
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET {search_path(schema)} AS $${self.body}$$"
        )
        yield self.call


def triggers(tables: Iterable[Table]) -> Iterator[Trigger]:
    """Every trigger of the schema."""
    by_name = {table.name: table for table in tables}
    for table in by_name.values():
        # INSERT OR REPLACE takes the old row away without its DELETE triggers.
        yield Trigger(table.name, "INSERT", _taken(table), TAKEN)
    for name in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            yield Trigger(name, action, "", "is append-only")
    for name in CHANGING:
        if name != "charge":
            yield Trigger(name, "UPDATE", _altered(by_name[name]), "never changes what was recorded of it")
            yield Trigger(name, "DELETE", "", "is never deleted")
    yield Trigger("charge", "UPDATE", _altered(by_name["charge"]), "stays as its invoice has it, or as it came")
    kept = "OLD.invoice_sequence IS NOT NULL OR OLD.import_sequence IS NOT NULL"
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


def search_path(schema: str) -> str:
    """Where a function on PostgreSQL looks for what it names: nobody else's operators come before the server's own."""
    return f"search_path = pg_catalog, {schema}, pg_temp"


def fixed(table: Table) -> list[str]:
    """The columns that stay as they were recorded."""
    return [column.name for column in table.columns if column.name not in CHANGING[table.name]]


def _altered(table: Table) -> str:
    """That an update changes what stays as it was recorded, or what became of it once."""
    changed = [f"OLD.{name} IS NOT NEW.{name}" for name in fixed(table)]
    for name in ONCE.get(table.name, ()):
        known = f"OLD.{name} IS NOT NULL" if table.columns[name].nullable else f"OLD.{name} <> ''"
        changed.append(f"({known} AND OLD.{name} IS NOT NEW.{name})")
    return " OR ".join(changed)


def _taken(table: Table) -> str:
    unique = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    same = (" AND ".join(f"{column.name} = NEW.{column.name}" for column in each.columns) for each in unique)
    return f'EXISTS (SELECT 1 FROM "{table.name}" WHERE {" OR ".join(sorted(same))})'
