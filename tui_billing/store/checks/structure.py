"""The database as a whole: nothing is missing, nothing hangs in the air, and what it is kept in is sound."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKeyConstraint, Table

from tui_billing.domain.access import CUSTOMER_PROFILES
from tui_billing.store.schema import TABLES

FILE = "file"
OF_CUSTOMERS = ", ".join(f"'{profile}'" for profile in sorted(CUSTOMER_PROFILES))
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
    "action without its result": """
        SELECT 'key ' || key, 1, 0 FROM money_action
        WHERE NOT EXISTS (SELECT 1 FROM payment WHERE id = result_id)
            AND NOT EXISTS (SELECT 1 FROM charge_back WHERE id = result_id)
            AND NOT EXISTS (SELECT 1 FROM reversal WHERE id = result_id)""",
    # A profile of the provider's with an account, or one of a customer's without, sees what it must not see.
    "profile of user": f"""
        SELECT 'user ' || name, 1, 0 FROM "user" WHERE (profile IN ({OF_CUSTOMERS})) <> (account_id IS NOT NULL)""",
}


def structure(dialect: str) -> dict[str, str]:
    """The statements for this kind of database, by figure."""
    return SHARED | (_of_sqlite() if dialect == "sqlite" else _of_postgresql())


def _of_sqlite() -> dict[str, str]:
    return {
        "missing rows": f"""
            SELECT 'table ' || name, there, made FROM (
                SELECT counts.name, there + coalesce(skipped, 0) AS there,
                    max(coalesce(last, 0), coalesce(seq, 0)) AS made
                FROM ({_counts(TABLES)}) counts LEFT JOIN sqlite_sequence ON sqlite_sequence.name = counts.name
                LEFT JOIN skipped_numbers ON table_name = counts.name)
            WHERE there <> made""",
        "reference into nothing": """
            SELECT "table" || ' ' || rowid || ' to ' || parent, 1, 0 FROM pragma_foreign_key_check""",
        FILE: """
            SELECT integrity_check, 1, 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'""",
    }


def _of_postgresql() -> dict[str, str]:
    """Its sequences have gaps wherever a transaction was given up, but those of invoices, which are counted."""
    invoices = [table for table in TABLES if table.name == "invoice"]
    return {
        "missing rows": f"""
            SELECT 'table ' || name, there, last FROM ({_counts(invoices)}) counts WHERE there <> coalesce(last, 0)""",
        "reference into nothing": " UNION ALL ".join(_hanging(table, key) for table in TABLES for key in _keys(table)),
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
