"""A database of an earlier version gets today's tables, whole or not at all, and with a copy of it as it was."""

from __future__ import annotations

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.store.first_desk import change, first_desk, first_desk_content, rows
from tui_billing.domain.errors import SetUpRefused
from tui_billing.store import opening, sqlite_upgrade
from tui_billing.store.checking import differences
from tui_billing.store.checks.likeness import unlike_new
from tui_billing.store.checks.sqlite_schema import parts, wanted
from tui_billing.store.migrations import running
from tui_billing.store.schema import TRIGGERS
from tui_billing.store.schema_version import SCHEMA_VERSION
from tui_billing.store.sqlite_files import copy_file
from tui_billing.store.triggers import triggers_on

__all__ = ["first_desk", "first_desk_content"]

KEPT = f"billing.db.before-upgrade-{SCHEMA_VERSION}"
BALANCES = "SELECT number, currency, funds_minor, receivable_minor FROM account ORDER BY number"
COUNTERS = "SELECT name, seq FROM sqlite_sequence WHERE name NOT IN ('audit_entry') ORDER BY name"
ENTRIES = "SELECT * FROM ledger_entry ORDER BY sequence"
# What every version's tables are. They never change again: other tables are another version, with its own revision.
TABLES = {
    3: "19ac69d564eca23a",
    4: "16408b0620b15639",
    5: "5b480be7794c6c60",
    6: "5b480be7794c6c60",
    7: "5b480be7794c6c60",
}
# What every version's triggers are on both kinds of database, as `check` wants them to the letter.
TRIGGERS_OF = {6: "2fd132332283a983", 7: "2fd132332283a983"}


def upgraded(path: Path) -> str:
    store = opening.open_store(str(path))
    store.close()
    return store.upgraded


def files(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_the_first_desk_s_database_opens_with_the_same_balances_and_passes_the_check(first_desk: Path) -> None:
    before = [rows(first_desk, statement) for statement in (BALANCES, COUNTERS, ENTRIES)]
    store = opening.open_store(str(first_desk))
    with store.reading() as connection:
        assert differences(connection) == []
    assert store.is_training()
    store.close()
    assert [rows(first_desk, statement) for statement in (BALANCES, COUNTERS, ENTRIES)] == before
    assert len(before[0]) > 20
    assert len(before[2]) > 1_000


def test_every_automatic_payment_names_the_invoice_that_it_was_made_for(first_desk: Path) -> None:
    upgraded(first_desk)
    payments = "FROM payment JOIN invoice ON invoice.sequence = invoice_sequence WHERE kind = 'auto'"
    assert rows(first_desk, f"SELECT count(*), count(*) FILTER (WHERE amount_minor > total_minor) {payments}") == [
        (349, 0)
    ]


def test_what_was_shown_as_posted_stays_so(first_desk: Path) -> None:
    upgraded(first_desk)
    last_invoiced = "SELECT max(period_end) FROM invoice WHERE invoice.account_id = account.id"
    closed = rows(first_desk, f"SELECT billed_through, ({last_invoiced}) FROM account WHERE billed_through NOT NULL")
    assert len(closed) > 20
    assert all(through == invoiced for through, invoiced in closed)


def test_the_upgrade_is_told_logged_and_leaves_the_database_as_it_was_beside_it(
    first_desk: Path, first_desk_content: bytes
) -> None:
    told = upgraded(first_desk)
    copy = first_desk.with_name(KEPT)
    assert told == f"{first_desk} was upgraded from version 1 to {SCHEMA_VERSION}. As it was before: {copy}"
    assert files(first_desk) == ["billing.db", KEPT]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    for table in ("account", "payment", "ledger_entry", "audit_entry", "sqlite_master"):
        original = first_desk.with_name("original.db")
        original.write_bytes(first_desk_content)
        assert rows(copy, f"SELECT * FROM {table}") == rows(original, f"SELECT * FROM {table}")
    logged = rows(first_desk, "SELECT user_name, action, subject, outcome FROM audit_entry ORDER BY sequence DESC")
    assert logged[0] == ("tui-billing", "upgrade", KEPT, f"done: from version 1 to {SCHEMA_VERSION}")
    assert upgraded(first_desk) == ""


def test_the_copy_has_its_name_only_once_it_is_whole(first_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile: list[str] = []

    def copied(source: Path, target: Path) -> None:
        copy_file(source, target)
        meanwhile.extend(files(first_desk))

    monkeypatch.setattr(sqlite_upgrade, "copy_file", copied)
    upgraded(first_desk)
    assert meanwhile
    assert KEPT not in meanwhile
    assert files(first_desk) == ["billing.db", KEPT]


def test_an_upgraded_database_has_the_tables_indexes_and_triggers_of_a_new_one(first_desk: Path) -> None:
    store = opening.open_store(str(first_desk))
    with store.reading() as connection:
        assert list(unlike_new(connection)) == []
    store.close()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["DROP INDEX invoice_open"], ["index invoice_open"]),
        (["DROP TRIGGER ledger_entry_refuses_delete"], ["trigger ledger_entry_refuses_delete"]),
        (["ALTER TABLE charge ADD COLUMN more INTEGER"], ["table charge"]),
        (["CREATE TABLE more (x)"], ["table more"]),
    ],
)
def test_tables_that_are_otherwise_are_seen(tmp_path: Path, statements: list[str], found: list[str]) -> None:
    path = tmp_path / "billing.db"
    opening.create(str(path), lambda connection: None)
    change(path, *statements)
    store = opening.open_store(str(path))
    with store.reading() as connection:
        assert [subject for _, subject, _, _ in unlike_new(connection)] == found
    store.close()


def test_the_tables_of_a_version_never_change() -> None:
    statements = sorted(
        (name, *(made.split("\n") if name.startswith("table") else sorted(parts(made))))
        for name, made in wanted()
        if not name.startswith(("trigger", "table sqlite_"))
    )
    digest = hashlib.sha256(repr(statements).encode()).hexdigest()
    assert digest[:16] == TABLES[SCHEMA_VERSION], "other tables: give them a version and a revision of their own"


def test_the_triggers_of_a_version_never_change() -> None:
    on_server = (each for trigger in triggers_on("postgresql", TRIGGERS) for each in trigger.postgresql("public"))
    statements = sorted([*(trigger.sqlite for trigger in TRIGGERS), *on_server])
    digest = hashlib.sha256(repr(statements).encode()).hexdigest()
    assert digest[:16] == TRIGGERS_OF[SCHEMA_VERSION], "other triggers: give them a version and a revision of their own"


def test_a_failure_on_the_way_leaves_the_database_as_it_was(first_desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(connection: Connection) -> None:
        assert connection.execute(text("SELECT count(*) FROM reversal")).scalar_one() == 0
        raise KeyboardInterrupt

    before = rows(first_desk, "SELECT * FROM sqlite_master"), rows(first_desk, ENTRIES)
    monkeypatch.setattr(running, "create_triggers", power_cut)
    with pytest.raises(KeyboardInterrupt):
        opening.open_store(str(first_desk))
    assert (rows(first_desk, "SELECT * FROM sqlite_master"), rows(first_desk, ENTRIES)) == before
    assert rows(first_desk, "PRAGMA user_version") == [(1,)]
    assert files(first_desk) == ["billing.db"]
    monkeypatch.undo()
    assert upgraded(first_desk)


def test_rows_that_today_s_tables_refuse_stop_the_upgrade_with_a_reason(first_desk: Path) -> None:
    change(
        first_desk,
        "DROP TRIGGER invoice_refuses_update",
        "UPDATE invoice SET issued = '2999-01-01' WHERE account_id = (SELECT max(account_id) FROM payment"
        " WHERE kind = 'auto')",
    )
    with pytest.raises(SetUpRefused, match=r"could not be upgraded .*CHECK constraint failed.* It is as it was before"):
        opening.open_store(str(first_desk))
    assert rows(first_desk, "PRAGMA user_version") == [(1,)]
    assert files(first_desk) == ["billing.db"]


def test_tables_that_are_not_those_of_their_version_are_not_upgraded(first_desk: Path) -> None:
    change(first_desk, "DROP INDEX invoice_newest_first")
    with pytest.raises(SetUpRefused, match="it would have another index invoice_newest_first than a new database"):
        opening.open_store(str(first_desk))
    assert rows(first_desk, "PRAGMA user_version") == [(1,)]


def test_a_row_that_was_deleted_before_the_upgrade_is_still_missed_after_it(first_desk: Path) -> None:
    change(first_desk, "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'ledger_entry'")
    store = opening.open_store(str(first_desk))
    with store.reading() as connection:
        (difference,) = differences(connection)
    store.close()
    assert (difference.figure, difference.subject) == ("missing rows", "table ledger_entry")


def test_of_five_who_open_it_at_once_one_upgrades_and_the_others_find_it_done(first_desk: Path) -> None:
    with ThreadPoolExecutor(5) as pool:
        told = list(pool.map(upgraded, [first_desk] * 5))
    assert sum(map(bool, told)) == 1
    assert files(first_desk) == ["billing.db", KEPT]


def test_a_copy_that_is_there_already_is_kept_too(first_desk: Path) -> None:
    first_desk.with_name(KEPT).write_text("of an earlier attempt")
    assert upgraded(first_desk).endswith(f"{KEPT}.2")
    assert first_desk.with_name(KEPT).read_text() == "of an earlier attempt"
