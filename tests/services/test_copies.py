"""A whole database copied into a new one: every row, in one state, of either kind, or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.desk_fixtures import CORPORATE, NOW, POSTGRESQL, RETAIL, SQLITE, Desk
from tests.postgresql.databases import empty
from tui_billing.domain.errors import BooksDiffer, NotPermitted, NotSaved
from tui_billing.store import copying, opening
from tui_billing.store.checking import differences
from tui_billing.store.engine import Store
from tui_billing.store.users import AuditEntry, write_audit

ENTRY = AuditEntry(NOW, "nobody", "", "test", "", "done")
BALANCES = text("SELECT number, funds_minor, receivable_minor FROM account ORDER BY id")
WHEREVER = pytest.mark.one_database(reason="where it comes from is no matter here")
Target = Callable[[], str]


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """Makes URLs of databases that are not there yet."""
    with ExitStack() as databases:

        def new() -> str:
            if request.param == POSTGRESQL:
                return databases.enter_context(empty())
            return str(tmp_path / f"copy-{len(list(tmp_path.glob('copy-*')))}.db")

        yield new


def deal(desk: Desk) -> None:
    """Let one of everything happen, with numbers that are given up on the way."""
    desk.invoice("10.00", RETAIL)
    desk.cancel(desk.record("7.00").payment)
    desk.credit("4.00", expires=desk.clock().date() + timedelta(days=9))
    desk.charge_back(desk.make("20.00").payment, "3.00")
    with pytest.raises(ZeroDivisionError), desk.store.writing() as connection:
        write_audit(connection, ENTRY)
        raise ZeroDivisionError
    desk.charge("1.00", dated=desk.clock().date())
    desk.bill()


def copied(desk: Desk, to: str, **options: Any) -> dict[str, str]:
    return desk.services.backups.copy(desk.finance, to, desk.settings.log_file.with_name("copy.sandbox.db"), **options)


def read(store: Store, statement: Any) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(statement))


def test_a_copy_has_every_row_passes_the_check_and_is_gone_on_with(desk: Desk, target: Target) -> None:
    deal(desk)
    to = target()
    before = read(desk.store, BALANCES)
    steps: list[tuple[int, int]] = []
    digests = copied(desk, to, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] > 50
    assert len(set(digests.values())) > 8
    store = opening.open_store(to)
    assert read(store, BALANCES) == before
    assert not store.is_training()
    with store.writing() as connection:
        write_audit(connection, ENTRY)
    with store.reading() as connection:
        assert differences(connection) == []
    logged = read(store, text("SELECT action, outcome FROM audit_entry ORDER BY sequence"))
    assert logged[-2:] == [("copy", f"done: from {desk.store.name}"), ("test", "done")]
    store.close()
    assert desk.audit("")[-1][2] == "copy"


@WHEREVER
def test_the_sandbox_s_record_is_copied_too(desk: Desk, target: Target) -> None:
    desk.make("5.00")
    copied(desk, target())
    with closing(sqlite3.connect(desk.settings.log_file.with_name("copy.sandbox.db"))) as record:
        assert record.execute("SELECT count(*) FROM transactions").fetchone() == (1,)


@WHEREVER
def test_what_is_there_is_not_written_over(desk: Desk, target: Target) -> None:
    to = target()
    opening.create(to, lambda connection: None)
    with pytest.raises(NotSaved, match="is there already"):
        copied(desk, to)


@WHEREVER
def test_books_that_are_not_right_are_not_copied(desk: Desk, target: Target) -> None:
    desk.execute("UPDATE account SET funds_minor = 7 WHERE number = :number", number=CORPORATE)
    to = target()
    with pytest.raises(BooksDiffer):
        copied(desk, to)
    assert not opening.exists(to)


@WHEREVER
def test_a_copy_that_is_not_equal_is_not_kept(desk: Desk, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    write = copying._write

    def loses_a_row(connection: Connection, table: Any, rows: Any) -> None:
        write(connection, table, rows[1:] if table.name == "audit_entry" else rows)

    monkeypatch.setattr(copying, "_write", loses_a_row)
    to = target()
    with pytest.raises(NotSaved, match="The copy of the table audit_entry is not equal"):
        copied(desk, to)
    assert not opening.exists(to)


@WHEREVER
def test_only_finance_copies(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        desk.services.backups.copy(desk.session("helpdesk"), str(tmp_path / "copy.db"), tmp_path / "copy.sandbox.db")
    assert not (tmp_path / "copy.db").exists()
