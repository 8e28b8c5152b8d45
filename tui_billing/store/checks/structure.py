"""The database as a whole: nothing is missing, nothing hangs in the air, and the file is sound."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from tui_billing.store.schema import TABLES, TRIGGERS

FILE = "file"
# A made payment leaves one key with its ID as the result, and its cancellation another one.
RESULTS = """
    SELECT 'payment ' || id AS subject, id, key, 1 + (state = 'cancelled') AS actions FROM payment
    UNION ALL SELECT 'charge back ' || id, id, key, 1 FROM charge_back
    UNION ALL SELECT 'reversal ' || id, id, key, 1 FROM reversal"""


def _missing_rows() -> str:
    """Sequences start at 1 and, as nothing is deleted and nothing half done is kept, leave no gap."""
    counts = (
        f"SELECT '{table.name}' AS name, count(*) AS there, max({column.name}) AS last FROM \"{table.name}\""
        for table in TABLES
        # A charge that waits for its invoice may be withdrawn; those of an invoice add up to its total.
        if table.name != "charge" and len(table.primary_key.columns) == 1
        for column in table.primary_key
        if column.type.python_type is int
    )
    return f"""
        SELECT 'table ' || name, there, made FROM (
            SELECT counts.name, there, max(coalesce(last, 0), coalesce(seq, 0)) AS made
            FROM ({" UNION ALL ".join(counts)}) counts LEFT JOIN sqlite_sequence ON sqlite_sequence.name = counts.name)
        WHERE there <> made"""


def _missing_triggers() -> str:
    names = ", ".join(f"('{trigger.name}')" for trigger in TRIGGERS)
    return f"""
        SELECT 'trigger ' || column1, 0, 1 FROM (VALUES {names})
        WHERE column1 NOT IN (SELECT name FROM sqlite_master WHERE type = 'trigger')"""


STRUCTURE = {
    "missing rows": _missing_rows(),
    "missing trigger": _missing_triggers(),
    "key without its action": f"""
        SELECT subject, 0, 1 FROM ({RESULTS}) LEFT JOIN money_action USING (key) WHERE result_id IS NOT id""",
    "actions": f"""
        SELECT 'table money_action', there, due FROM (
            SELECT (SELECT count(*) FROM money_action) AS there, (SELECT sum(actions) FROM ({RESULTS})) AS due)
        WHERE there <> due""",
    "action without its result": f"""
        SELECT 'key ' || key, 1, 0 FROM money_action WHERE result_id NOT IN (SELECT id FROM ({RESULTS}))""",
    "reference into nothing": """
        SELECT "table" || ' ' || rowid || ' to ' || parent, 1, 0 FROM pragma_foreign_key_check""",
    FILE: """
        SELECT integrity_check, 1, 0 FROM pragma_integrity_check WHERE integrity_check <> 'ok'""",
}
