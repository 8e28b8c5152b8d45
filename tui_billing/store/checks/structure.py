"""The database as a whole: nothing is missing, nothing hangs in the air, and what it is kept in is sound."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table

from tui_billing.store.schema import TABLES, TRIGGERS
from tui_billing.store.triggers import triggers_on

FILE = "file"
# A made payment leaves one key with its ID as the result, and its cancellation another one.
RESULTS = """
    SELECT 'payment ' || id AS subject, id, key, CASE state WHEN 'cancelled' THEN 2 ELSE 1 END AS actions FROM payment
    UNION ALL SELECT 'charge back ' || id, id, key, 1 FROM charge_back
    UNION ALL SELECT 'reversal ' || id, id, key, 1 FROM reversal"""
SHARED = {
    "key without its action": f"""
        SELECT subject, 0, 1 FROM ({RESULTS}) made LEFT JOIN money_action USING (key)
        WHERE result_id IS NULL OR result_id <> id""",
    "actions": f"""
        SELECT 'table money_action', there, due FROM (
            SELECT (SELECT count(*) FROM money_action) AS there,
                (SELECT coalesce(sum(actions), 0) FROM ({RESULTS}) made) AS due) counted
        WHERE there <> due""",
    "action without its result": f"""
        SELECT 'key ' || key, 1, 0 FROM money_action WHERE result_id NOT IN (SELECT id FROM ({RESULTS}) made)""",
}


def structure(dialect: str) -> dict[str, str]:
    """The statements for this kind of database, by figure."""
    return SHARED | (_of_sqlite() if dialect == "sqlite" else _of_postgresql())


def _of_sqlite() -> dict[str, str]:
    names = _listed([trigger.name for trigger in triggers_on("sqlite", TRIGGERS)])
    return {
        "missing rows": f"""
            SELECT 'table ' || name, there, made FROM (
                SELECT counts.name, there + coalesce(skipped, 0) AS there,
                    max(coalesce(last, 0), coalesce(seq, 0)) AS made
                FROM ({_counts(TABLES)}) counts LEFT JOIN sqlite_sequence ON sqlite_sequence.name = counts.name
                LEFT JOIN skipped_numbers ON table_name = counts.name)
            WHERE there <> made""",
        "missing trigger": f"""
            SELECT 'trigger ' || column1, 0, 1 FROM (VALUES {names})
            WHERE column1 NOT IN (SELECT name FROM sqlite_master WHERE type = 'trigger')""",
        "reference into nothing": """
            SELECT "table" || ' ' || rowid || ' to ' || parent, 1, 0 FROM pragma_foreign_key_check""",
        FILE: """
            SELECT integrity_check, 1, 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'""",
    }


def _of_postgresql() -> dict[str, str]:
    """Its sequences have gaps wherever a transaction was given up, but those of invoices, which are counted."""
    names = _listed([trigger.name for trigger in triggers_on("postgresql", TRIGGERS)])
    invoices = [table for table in TABLES if table.name == "invoice"]
    declared = ", ".join(f"('{table.name}', {_constraints(table)})" for table in TABLES)
    return {
        "missing rows": f"""
            SELECT 'table ' || name, there, last FROM ({_counts(invoices)}) counts WHERE there <> coalesce(last, 0)""",
        "missing trigger": f"""
            SELECT 'trigger ' || column1, 0, 1 FROM (VALUES {names}) needed
            WHERE column1 NOT IN (
                SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
                WHERE relnamespace = to_regnamespace(current_schema()) AND tgenabled IN ('O', 'A'))""",
        "reference into nothing": " UNION ALL ".join(_hanging(table, key) for table in TABLES for key in _keys(table)),
        # Rows that break what the tables declare can only be there where somebody has taken the declaration away.
        "missing constraint": f"""
            SELECT 'table ' || column1, there, column2 FROM (VALUES {declared}) needed, LATERAL (
                SELECT count(*) AS there FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
                WHERE relnamespace = to_regnamespace(current_schema()) AND relname = column1 AND convalidated
                    AND contype IN ('c', 'f', 'p', 'u')) found
            WHERE there <> column2""",
        FILE: """
            SELECT 'checksums of the server', checksum_failures, 0 FROM pg_stat_database
            WHERE datname = current_database() AND checksum_failures > 0""",
    }


def _counts(tables: Sequence[Table]) -> str:
    """Sequences start at 1 and, as nothing is deleted and nothing half done is kept, leave no gap."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, count(*) AS there, max({column.name}) AS last FROM \"{table.name}\""
        for table in tables
        # A charge that waits for its invoice may be withdrawn; those of an invoice add up to its total.
        if table.name != "charge" and len(table.primary_key.columns) == 1
        for column in table.primary_key
        if column.type.python_type is int
    )


def _constraints(table: Table) -> int:
    """How many the table declares; that an amount is an integer needs no saying where its column's type says it."""
    checks = (each for each in table.constraints if isinstance(each, CheckConstraint))
    return len(table.constraints) - sum("typeof(" in str(check.sqltext) for check in checks)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"('{name}')" for name in names)


def _keys(table: Table) -> list[ForeignKeyConstraint]:
    return sorted(table.foreign_key_constraints, key=lambda key: tuple(key.column_keys))


def _hanging(table: Table, key: ForeignKeyConstraint) -> str:
    (element,) = key.elements
    parent, column = element.column.table.name, element.column.name
    identity = next(each.name for each in table.primary_key)
    return f"""
        SELECT '{table.name} ' || child.{identity} || ' to {parent}', 1, 0
        FROM "{table.name}" child LEFT JOIN "{parent}" parent ON parent.{column} = child.{element.parent.name}
        WHERE child.{element.parent.name} IS NOT NULL AND parent.{column} IS NULL"""
