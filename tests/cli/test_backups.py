"""`backup`, `restore` and `migrate`: the whole database saved while others work, put back, and upgraded."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, Desk
from tests.store.first_desk import change, first_desk, first_desk_content, rows
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.store import sqlite_files
from tui_billing.store.schema_version import SCHEMA_VERSION

__all__ = ["first_desk", "first_desk_content"]


def database(desk: Desk) -> Path:
    return Path(desk.settings.database)


def files(folder: Path) -> list[str]:
    """What lies in the folder, but for what belongs to the desk that is open there."""
    return sorted(file.name for file in folder.iterdir() if file.name.endswith((".db", ".before-restore")))


def saved(line: CommandLine, desk: Desk) -> Path:
    """A backup of the desk, which is closed."""
    file = desk.settings.log_file.with_name("saved.db")
    assert line.as_user("finance", "backup", str(file)).code == 0
    desk.store.close()
    return file


def test_a_backup_is_a_database_of_its_own_that_nobody_else_can_read(line: CommandLine, desk: Desk) -> None:
    desk.record("12.00")
    file = saved(line, desk)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(file.parent.glob("saved.db-*"))
    shown = line.json("finance", "accounts", "show", CORPORATE, "--database", str(file))
    assert shown["balance"]["minor_units"] == 1200
    assert line.as_user("finance", "check", "--database", str(file)).code == 0


def test_the_sandbox_s_record_is_saved_with_it(line: CommandLine, desk: Desk) -> None:
    desk.make("5.00")
    folder = database(desk).parent
    said = line.json("finance", "backup", str(folder / "saved.db"))
    assert said == {"file": str(folder / "saved.db"), "record": str(folder / "saved.sandbox.db")}
    kept = "SELECT * FROM transactions"
    assert rows(folder / "saved.sandbox.db", kept) == rows(folder / "billing.sandbox.db", kept) != []


def test_a_backup_is_of_one_moment_while_desks_are_writing(
    line: CommandLine, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_files, "PAGES_AT_ONCE", 10)
    steps: list[tuple[int, int]] = []

    def somebody_works(done: int, total: int) -> None:
        steps.append((done, total))
        desk.record("1.00")

    desk.record("5.00")
    saved = desk.services.backups.backup(desk.finance, database(desk).with_name("saved.db"), somebody_works)
    assert len(steps) == -(-steps[0][1] // 10) > 3
    assert desk.balance() == f"USD {5 + len(steps)}.00"
    assert rows(saved.file, f"SELECT funds_minor FROM account WHERE number = '{CORPORATE}'") == [(500,)]
    assert line.as_user("finance", "check", "--database", str(saved.file)).code == 0
    assert not list(saved.file.parent.glob(".*"))


def test_a_backup_replaces_nothing(line: CommandLine, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "saved.db").write_text("mine")
    ran = line.as_user("finance", "backup", str(tmp_path / "saved.db"))
    assert (ran.code, ran.err) == (3, f"Not saved: {tmp_path}/saved.db is there already. Name another file.\n")
    assert (tmp_path / "saved.db").read_text() == "mine"
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    assert line.as_user("finance", "backup", str(tmp_path / "link.db")).code == 3
    assert line.as_user("finance", "backup", str(tmp_path / "none" / "saved.db")).code == 3
    assert files(tmp_path) == ["billing.db", "link.db", "saved.db"]


@pytest.mark.parametrize("ending", ["-wal", "-journal", "-shm", "-turn", "-line"])
def test_a_backup_takes_no_name_that_belongs_to_a_database(line: CommandLine, desk: Desk, ending: str) -> None:
    file = database(desk).with_name(f"other.db{ending}")
    assert "Name it otherwise" in line.as_user("finance", "backup", str(file)).err
    assert not file.exists()


def test_a_database_is_restored_under_each_of_its_links_or_under_none(line: CommandLine, desk: Desk) -> None:
    file, real = saved(line, desk), database(desk)
    link = real.with_name("link.db")
    link.symlink_to(real)
    assert line.as_user("finance", "restore", str(file), "--database", str(link)).code == 0
    assert (link.is_symlink(), real.is_symlink()) == (True, False)
    other = real.with_name("other.db")
    other.hardlink_to(real)
    assert "has another name too" in line.as_user("finance", "restore", str(file), "--database", str(other)).err
    assert other.samefile(real)


def test_books_that_are_not_right_are_named_and_not_saved(line: CommandLine, desk: Desk, tmp_path: Path) -> None:
    desk.execute("UPDATE account SET funds_minor = 7 WHERE number = :number", number=CORPORATE)
    ran = line.as_user("finance", "backup", str(tmp_path / "saved.db"))
    assert ran.code == 6
    assert f"customer funds, account {CORPORATE}: 7, not 0" in ran.err
    assert files(tmp_path) == ["billing.db"]


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_only_finance_saves_and_restores(line: CommandLine, desk: Desk, command: str) -> None:
    file = saved(line, desk) if command == "restore" else database(desk).with_name("saved.db")
    before = database(desk).read_bytes()
    ran = line.as_user("helpdesk", command, str(file))
    assert (ran.code, ran.err[:14]) == (3, "Not permitted:")
    if command == "restore":
        assert database(desk).read_bytes() == before


def test_a_restored_database_is_as_it_was_saved_and_the_other_is_kept(line: CommandLine, desk: Desk) -> None:
    desk.record("12.00")
    desk.make("5.00")
    file = saved(line, desk)
    assert line.as_user("finance", "payments", "record", CORPORATE, "30").code == 0
    said = line.json("finance", "restore", str(file))
    folder = file.parent
    assert said == {
        "url": f"sqlite:///{database(desk)}",
        "kept": f"{folder}/billing.db.before-restore",
        "record_kept": f"{folder}/billing.sandbox.db.before-restore",
    }
    assert line.json("finance", "accounts", "show", CORPORATE)["balance"]["minor_units"] == 1200
    balance = f"SELECT funds_minor FROM account WHERE number = '{CORPORATE}'"
    assert rows(folder / "billing.db.before-restore", balance) == [(4200,)]
    assert rows(database(desk), "SELECT subject, outcome FROM audit_entry WHERE action = 'restore'") == [
        ("saved.db", "done")
    ]
    assert line.as_user("finance", "check").code == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("billing*")} == {0o600}


def test_a_database_that_is_open_in_a_desk_is_not_replaced(line: CommandLine, desk: Desk) -> None:
    file = saved(line, desk)
    desk.record("5.00")
    ran = line.as_user("finance", "restore", str(file))
    assert (ran.code, ran.err) == (
        3,
        f"Not saved: {database(desk)} is open in a desk. Close every desk, then try again.\n",
    )
    assert desk.balance() == "USD 5.00"
    assert not list(file.parent.glob("*.before-restore"))


def test_a_damaged_database_is_replaced_with_all_that_belongs_to_it(line: CommandLine, desk: Desk) -> None:
    file = saved(line, desk)
    damaged = b"SQLite format 3\0" + os.urandom(8192)
    database(desk).write_bytes(damaged)
    wal = database(desk).with_name("billing.db-wal")
    wal.write_bytes(b"of the damaged one")
    assert line.as_user("finance", "restore", str(file)).code == 0
    kept = database(desk).with_name("billing.db.before-restore")
    assert kept.read_bytes() == damaged
    assert line.as_user("finance", "check").code == 0


def test_a_backup_of_an_earlier_version_is_upgraded_as_it_is_restored(
    home_line: CommandLine, first_desk: Path, tmp_path: Path
) -> None:
    home_line.set(TUI_BILLING_DATABASE=str(tmp_path / "new.db"), TUI_BILLING_PASSWORD=DEMO_PASSWORD)
    ran = home_line.as_user("finance", "restore", str(first_desk))
    assert (ran.code, ran.err) == (0, "")
    assert rows(first_desk, "PRAGMA user_version") == [(1,)]
    assert rows(tmp_path / "new.db", "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert files(tmp_path) == ["billing.db", "new.db"]


def test_a_backup_with_a_trigger_of_somebody_else_s_is_refused_before_anybody_signs_in(
    line: CommandLine, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = saved(line, desk)
    change(
        file,
        *(f"DROP TRIGGER ledger_entry_refuses_{action}" for action in ("update", "delete")),
        "CREATE TRIGGER ledger_entry_refuses_update AFTER INSERT ON charge_import BEGIN SELECT 1; END",
        "CREATE TRIGGER pwn AFTER INSERT ON audit_entry BEGIN UPDATE user SET profile = 'Root',"
        " password_hash = (SELECT password_hash FROM user WHERE name = 'root') WHERE name = 'helpdesk'; END",
    )
    monkeypatch.setattr("tui_billing.services.sign_in.SignIn.sign_in", lambda *_: pytest.fail("somebody signed in"))
    before = database(desk).read_bytes()
    ran = line.as_user("finance", "restore", str(file))
    assert ran.code == 6
    assert "altered trigger, trigger ledger_entry_refuses_update: 0, not 1" in ran.err
    assert "missing trigger, trigger ledger_entry_refuses_delete: 0, not 1" in ran.err
    assert "unexpected trigger, trigger pwn: 1, not 0" in ran.err
    assert database(desk).read_bytes() == before
    assert files(file.parent) == ["billing.db", "saved.db"]


def test_a_trigger_of_somebody_else_s_in_a_backup_of_an_earlier_version_never_fires(
    home_line: CommandLine, first_desk: Path, tmp_path: Path
) -> None:
    pwn = "CREATE TRIGGER pwn AFTER INSERT ON audit_entry BEGIN UPDATE user SET profile = 'Root'; END"
    change(first_desk, pwn)
    home_line.set(TUI_BILLING_DATABASE=str(tmp_path / "new.db"), TUI_BILLING_PASSWORD=DEMO_PASSWORD)
    assert home_line.as_user("finance", "restore", str(first_desk)).code == 0
    assert rows(tmp_path / "new.db", "SELECT count(*) FROM sqlite_master WHERE name = 'pwn'") == [(0,)]
    assert rows(tmp_path / "new.db", "SELECT count(*) FROM user WHERE profile = 'Root'") == [(1,)]


def test_what_is_no_sound_backup_is_refused_and_nothing_is_replaced(line: CommandLine, desk: Desk) -> None:
    file = saved(line, desk)
    before = database(desk).read_bytes()
    demo = file.with_name("demo.db")
    demo.write_bytes(file.read_bytes())
    demo.chmod(0o600)
    change(demo, f"PRAGMA application_id = {0x54554254}")
    wrong = file.with_name("wrong.db")
    wrong.write_bytes(file.read_bytes())
    wrong.chmod(0o600)
    change(wrong, "UPDATE account SET receivable_minor = 7")
    other = file.with_name("other.db")
    sqlite3.connect(other).close()
    cut = file.with_name("cut.db")
    cut.write_bytes(file.read_bytes()[:40_000])
    for name, code in (("none.db", 4), ("other.db", 3), ("demo.db", 3), ("wrong.db", 6), ("cut.db", 3)):
        ran = line.as_user("finance", "restore", str(file.with_name(name)))
        assert (name, ran.code) == (name, code), ran.err
    assert database(desk).read_bytes() == before
    assert not list(file.parent.glob("*.before-restore"))


def test_a_copy_is_told_with_its_digests(line: CommandLine, desk: Desk, tmp_path: Path) -> None:
    desk.make("5.00")
    words = ("copy", "--from", str(database(desk)), "--to", str(tmp_path / "copy.db"))
    said = line.json("finance", *words)
    assert said["url"] == f"sqlite:///{tmp_path}/copy.db"
    assert set(map(len, said["digests"].values())) == {64}
    assert files(tmp_path) == ["billing.db", "billing.sandbox.db", "copy.db", "copy.sandbox.db"]
    assert line.as_user("finance", "check", "--database", said["url"]).code == 0
    again = line.as_user("finance", *words)
    assert (again.code, again.err.endswith("is there already. Name a new file, or an empty database.\n")) == (3, True)
    assert line.as_user("finance", "copy", "--from", str(tmp_path / "none.db"), "--to", "x.db").code == 4
    assert line.as_user("finance", "copy", "--to", "x.db").code == 2


def test_a_database_of_an_earlier_version_is_upgraded_by_whatever_opens_it(
    home_line: CommandLine, first_desk: Path
) -> None:
    home_line.set(TUI_BILLING_DATABASE=str(first_desk), TUI_BILLING_PASSWORD=DEMO_PASSWORD)
    ran = home_line.as_user("finance", "check", "--json")
    assert (ran.code, ran.document) == (0, {"differences": []})
    assert ran.err.startswith(f"{first_desk} was upgraded from version 1 to {SCHEMA_VERSION}. As it was before: ")


def test_migrate_upgrades_and_then_says_that_there_is_nothing_to_do(home_line: CommandLine, first_desk: Path) -> None:
    home_line.set(TUI_BILLING_DATABASE=str(first_desk))
    assert home_line("migrate").out.startswith(f"{first_desk} was upgraded from version 1 to {SCHEMA_VERSION}.")
    again = home_line("migrate", "--json")
    assert again.document == {"version": SCHEMA_VERSION, "message": f"{first_desk} is up to date."}
    assert home_line("migrate", "--database", str(first_desk.with_name("none.db"))).code == 4
