"""The check finds every figure that does not follow from the entries, and every row that is missing or out of place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk_fixtures import NOW, Desk
from tests.store.damages import DAMAGES, DISPUTES
from tests.store.tampering import tamper
from tui_billing.store import opening
from tui_billing.store.checking import checks, differences
from tui_billing.store.demo.load import fill_demo


def assert_found(desk: Desk, damage: str) -> None:
    statements, figures = DAMAGES[damage]
    tamper(desk, statements)
    found = desk.services.checks.check(desk.finance)
    assert {difference.figure for difference in found} == figures


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES if damage not in DISPUTES])
def test_the_check_finds(busy: Desk, damage: str) -> None:
    assert_found(busy, damage)


@pytest.mark.parametrize("damage", DISPUTES)
def test_the_check_of_a_dispute_that_was_won_finds(desk: Desk, damage: str) -> None:
    desk.reverse(desk.won_dispute("8.00").charge_back, "3.00")
    assert desk.services.checks.check(desk.finance) == []
    assert_found(desk, damage)


def test_the_check_says_which_account_and_both_figures(busy: Desk) -> None:
    tamper(busy, "UPDATE account SET funds_minor = funds_minor + 7 WHERE number = '10000001'")
    difference = busy.services.checks.check(busy.finance)[0]
    assert (difference.figure, difference.subject) == ("customer funds", "account 10000001")
    assert difference.stored == difference.recomputed + 7 == 557


def test_the_check_says_how_many_rows_are_missing(busy: Desk) -> None:
    auditor = busy.finance
    ((counted,),) = busy.rows("SELECT count(*) FROM audit_entry")
    tamper(busy, "DELETE FROM audit_entry WHERE sequence IN (2, 3)")
    (difference,) = busy.services.checks.check(auditor)
    assert (difference.subject, difference.stored, difference.recomputed) == (
        "table audit_entry",
        counted - 2,
        counted,
    )


def test_the_check_finds_a_missing_trigger(busy: Desk) -> None:
    busy.execute("DROP TRIGGER ledger_entry_refuses_delete")
    (difference,) = busy.services.checks.check(busy.finance)
    assert (difference.figure, difference.subject) == ("missing trigger", "trigger ledger_entry_refuses_delete")


def test_the_check_finds_a_file_that_is_damaged(busy: Desk) -> None:
    # Pages that are never used are no sign: SQLite 3.40 may not look for them where there are virtual tables.
    tamper(
        busy,
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = sql || ' WHERE type IS NULL' WHERE name = 'account_by_state';"
        "PRAGMA schema_version = 1000",
    )
    found = busy.services.checks.check(busy.finance)
    assert {difference.figure for difference in found} == {"file", "altered index"}
    assert any("account_by_state" in difference.subject for difference in found)


def test_rows_that_were_not_kept_leave_no_gap(busy: Desk) -> None:
    entry = "INSERT INTO ledger_entry SELECT NULL, account_id, event, debit, credit, 1, payment_sequence,"
    for fault in ("'late'", "NULL"):
        with pytest.raises(Exception, match=r"constraint|no such column"), busy.store.writing() as connection:
            connection.exec_driver_sql(f"{entry} invoice_sequence, recorded_at, 'x' FROM ledger_entry")
            connection.exec_driver_sql(f"{entry} 99, recorded_at, {fault} FROM ledger_entry")
    busy.record("1.00")
    busy.assert_books_are_right()


def test_every_check_can_be_made_to_speak() -> None:
    spoken = {figure for _, figures in DAMAGES.values() for figure in figures}
    assert set(checks("sqlite")) <= spoken
    assert spoken - set(checks("sqlite")) == {"search", "search index", "unreadable value"}


@pytest.mark.parametrize("payments", [None, 2000])
def test_the_demo_data_passes_every_check(tmp_path: Path, payments: int | None) -> None:
    url = str(tmp_path / "demo.db")
    opening.create(url, lambda c: fill_demo(c, today=NOW.date(), password_hash="x", payments=payments))
    store = opening.open_store(url)
    with store.reading() as connection:
        assert differences(connection) == []
    store.close()
