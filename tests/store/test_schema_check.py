"""The check finds whatever of the schema is not as this version makes it, however well it is disguised."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.desk_fixtures import Desk
from tui_billing.store.checks.likeness import unlike_new
from tui_billing.store.schema import TRIGGERS

HARMLESS = "AFTER INSERT ON charge_import BEGIN SELECT 1; END"
HOSTILE = "AFTER INSERT ON audit_entry BEGIN UPDATE user SET profile = 'Root' WHERE name = 'helpdesk'; END"
BY_NAME = {trigger.name: trigger for trigger in TRIGGERS}
UPDATES = BY_NAME["invoice_refuses_update"]
QUOTED = f'WHEN "{UPDATES.rows}" BEGIN'
SCHEMA = "UPDATE sqlite_master SET sql = replace(sql, {}) WHERE name = {}"
DAMAGES = {
    "another trigger under the name": (
        ["DROP TRIGGER ledger_entry_refuses_update", f"CREATE TRIGGER ledger_entry_refuses_update {HARMLESS}"],
        [("altered trigger", "trigger ledger_entry_refuses_update")],
    ),
    "a condition that has become a text": (
        [f"DROP TRIGGER {UPDATES.name}", UPDATES.sqlite.replace(f"WHEN {UPDATES.rows} BEGIN", QUOTED)],
        [("altered trigger", "trigger invoice_refuses_update")],
    ),
    "a trigger more": ([f"CREATE TRIGGER pwn {HOSTILE}"], [("unexpected trigger", "trigger pwn")]),
    "a trigger more that is no text": (
        [f"CREATE TRIGGER pwn {HOSTILE}", "UPDATE sqlite_master SET sql = CAST(sql AS BLOB) WHERE name = 'pwn'"],
        [("unexpected trigger", "trigger pwn")],
    ),
    "a CHECK taken away": (
        [SCHEMA.format("'CHECK (amount_minor > 0),', ''", "'reversal'")],
        [("altered table", "table reversal")],
    ),
    "a word that looks like two": (
        [
            SCHEMA.format(
                "'recorded_by VARCHAR NOT NULL', 'recorded_by VARCHAR NOT' || char(160) || 'NULL'", "'reversal'"
            )
        ],
        [("altered table", "table reversal")],
    ),
    "a word in quotes": (
        [SCHEMA.format("""'recorded_by VARCHAR NOT NULL', 'recorded_by VARCHAR "NOT" "NULL"'""", "'reversal'")],
        [("altered table", "table reversal")],
    ),
    "a view": (["CREATE VIEW more AS SELECT 1"], [("unexpected view", "view more")]),
    "an index taken away": (["DROP INDEX invoice_open"], [("missing index", "index invoice_open")]),
    "figures for the planner, which anybody may make": (["ANALYZE"], []),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_check_of_a_file_finds(desk: Desk, damage: str) -> None:
    statements, found = DAMAGES[damage]
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as file:
        file.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            assert file.execute(statement).rowcount, statement
    with desk.store.reading() as connection:
        assert [(figure, subject) for figure, subject, _, _ in unlike_new(connection)] == found
    assert [(each.figure, each.subject) for each in desk.services.checks.check(desk.finance)] == found
