"""Making databases: `init`, the first run, `demo`; and refusing what is not a safe database of ours."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import PASSWORD, Desk
from tests.terminal.pty_desk import PtyDesk
from tui_billing.cli import main
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.store import sqlite_files
from tui_billing.store.engine import Store

CHOSEN = "a red lamp above the ledger"
DEMO_FILES = ["demo.db", "demo.sandbox.db"]


@pytest.fixture(scope="module")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo database, for those who only look at one."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        configuration = folder / "config.toml"
        configuration.write_text("[hashing]\nmemory_kib = 64\nrounds = 1\n")
        patch.setenv("TUI_BILLING_CONFIG", str(configuration))
        from tui_billing.config import read_settings
        from tui_billing.desk import create_demo

        create_demo(read_settings(str(folder / "demo.db"), demo=True))
    return folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def data_of(home: Path) -> Path:
    return home / ".local" / "share" / "tui-billing"


def test_init_makes_a_database_that_only_its_owner_can_read(home_line: CommandLine, tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        ran = home_line("init", "--json")
    finally:
        os.umask(previous)
    database = data_of(tmp_path) / "billing.db"
    assert (ran.code, ran.document) == (0, {"url": f"sqlite:///{database}"})
    assert (mode(database), mode(database.parent)) == (0o600, 0o700)
    assert home_line.as_user("root", "users", "list").code == 0
    assert {mode(path) for path in database.parent.iterdir()} == {0o600}


def test_every_invocation_closes_new_files_to_others(home_line: CommandLine) -> None:
    previous = os.umask(0)
    try:
        home_line("nonsense")
        assert os.umask(0) == 0o077
    finally:
        os.umask(previous)


def test_init_leaves_a_database_alone_that_is_there(line: CommandLine, desk: Desk) -> None:
    before = Path(desk.settings.database).stat()
    ran = line("init")
    assert ran.code == 3
    assert "there already" in ran.err
    assert Path(desk.settings.database).stat() == before


@pytest.mark.parametrize("password", ["short", "passwordpassword", "aaaaaaaaaaaaaaaa"])
def test_init_refuses_a_poor_password_for_root_and_makes_nothing(
    home_line: CommandLine, tmp_path: Path, password: str
) -> None:
    home_line.set(TUI_BILLING_PASSWORD=password)
    ran = home_line("init")
    assert ran.code == 2
    assert password not in ran.err + ran.out
    assert not data_of(tmp_path).exists()


def test_init_asks_for_the_password_when_there_is_a_terminal_and_says_so_when_not(home_line: CommandLine) -> None:
    home_line.unset("TUI_BILLING_PASSWORD")
    ran = home_line.process("init")
    assert ran.code == 2
    assert "TUI_BILLING_PASSWORD" in ran.err


def test_a_database_that_is_not_there_is_not_found(home_line: CommandLine, tmp_path: Path) -> None:
    ran = home_line.as_user("finance", "accounts", "list", "--database", str(tmp_path / "none.db"))
    assert ran.code == 4
    assert "init" in ran.err
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_others_can_read_is_refused(line: CommandLine, desk: Desk) -> None:
    Path(desk.settings.database).chmod(0o640)
    ran = line.as_user("finance", "accounts", "list")
    assert ran.code == 3
    assert "chmod 600" in ran.err


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"SQLite format 3\0 cut off"])
def test_a_file_that_is_no_database_of_ours_is_refused_and_left_as_it_is(
    home_line: CommandLine, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "file.db"
    file.write_bytes(content)
    for mode_ in (0o600, 0o644):
        file.chmod(mode_)
        for command in (["accounts", "list"], ["demo", "--url"], ["demo", "--url", "--reset"]):
            ran = home_line.as_user("finance", "--database", str(file), *command)
            assert (ran.code, ran.out) == (3, "")
            assert "database" in ran.err
            assert "chmod" not in ran.err
    assert file.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(home_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE notes (note TEXT)")
    other.close()
    file.chmod(0o600)
    before = file.read_bytes()
    ran = home_line.as_user("finance", "--database", str(file), "accounts", "list")
    assert ran.code == 3
    assert file.read_bytes() == before
    assert files(tmp_path) == ["config.toml", "other.db"]


def test_a_database_with_damaged_pages_is_refused_in_a_sentence(line: CommandLine, desk: Desk) -> None:
    desk.store.close()
    database = Path(desk.settings.database)
    damaged = bytearray(database.read_bytes())
    damaged[4096:] = os.urandom(len(damaged) - 4096)
    database.write_bytes(damaged)
    ran = line.as_user("finance", "accounts", "list")
    assert ran.code == 3
    assert ran.err.startswith("Cannot start: ")
    assert "malformed" in ran.err


@pytest.mark.parametrize("url", ["mysql://user:word@host/db", "sqlite://", "://", "sqlite:///:memory:"])
def test_a_url_that_is_not_a_sqlite_file_is_refused(home_line: CommandLine, url: str) -> None:
    ran = home_line.as_user("finance", "--database", url, "accounts", "list")
    assert ran.code == 3
    assert "SQLite" in ran.err or "sqlite:////" in ran.err
    assert "word" not in ran.err


def test_a_folder_or_a_path_below_a_file_is_refused(home_line: CommandLine, tmp_path: Path) -> None:
    below_file = tmp_path / "config.toml" / "billing.db"
    for database, command in ((tmp_path, ["accounts", "list"]), (below_file, ["init"]), (below_file, ["demo"])):
        ran = home_line.as_user("finance", "--database", str(database), *command, *(["--url"][: command == ["demo"]]))
        assert ran.code == 3
        assert ran.err.startswith("Cannot start: ")


def test_demo_makes_its_database_once_and_prints_its_url(home_line: CommandLine, tmp_path: Path) -> None:
    home_line.set(TUI_BILLING_DATABASE=str(tmp_path / "real.db"))
    first = home_line("demo", "--url")
    database = data_of(tmp_path) / "demo.db"
    assert (first.code, first.out) == (0, f"sqlite:///{database}\n")
    assert files(database.parent) == DEMO_FILES
    assert {mode(path) for path in database.parent.iterdir()} == {0o600}
    before = database.read_bytes()
    assert home_line("demo", "--url", "--json").document == {"url": f"sqlite:///{database}"}
    assert database.read_bytes() == before


def demo_line(home_line: CommandLine, made_demo: Path, tmp_path: Path) -> CommandLine:
    for name in DEMO_FILES:
        shutil.copy(made_demo / name, tmp_path / name)
    home_line.set(TUI_BILLING_DATABASE=str(tmp_path / "demo.db"), TUI_BILLING_PASSWORD=DEMO_PASSWORD)
    return home_line


def test_the_demo_is_used_like_any_database(home_line: CommandLine, made_demo: Path, tmp_path: Path) -> None:
    line = demo_line(home_line, made_demo, tmp_path)
    (mara,) = line.json("finance", "accounts", "list", "--search", "Mara Lindqvist")["accounts"]
    assert (mara["type"], mara["currency"], mara["state"]) == ("retail", "EUR", "active")
    assert line.json("mara", "payments", "make", mara["number"], "12")["payment"]["state"] == "completed"
    for payment in line.json("finance", "payments", "list", mara["number"], "--state", "completed")["payments"][:3]:
        assert line.as_user("finance", "payments", "charge-back", payment["id"]).code == 0
    assert line.as_user("finance", "reconcile").code == 0
    assert line.as_user("finance", "check").code == 0


def test_reset_makes_the_demo_anew_with_a_record_that_agrees(
    home_line: CommandLine, made_demo: Path, tmp_path: Path
) -> None:
    line = demo_line(home_line, made_demo, tmp_path)
    (mara,) = line.json("finance", "accounts", "list", "--search", "Mara Lindqvist")["accounts"]
    line.json("mara", "payments", "make", mara["number"], "12")
    for left_over in ("demo.db-wal", "demo.sandbox.db-wal"):
        (tmp_path / left_over).write_bytes(b"of an earlier database")
    ran = line("demo", "--reset", "--url", "--database", str(tmp_path / "demo.db"))
    assert ran.code == 0
    assert files(tmp_path) == ["config.toml", *DEMO_FILES]
    (again,) = line.json("finance", "accounts", "list", "--search", "Mara Lindqvist")["accounts"]
    assert again["balance"] == mara["balance"]
    assert line.json("mara", "payments", "make", mara["number"], "12")["payment"]["state"] == "completed"


def test_a_demo_that_cannot_be_made_anew_stays_as_it_was(
    home_line: CommandLine, made_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    line = demo_line(home_line, made_demo, tmp_path)
    before = [(tmp_path / name).stat().st_ino for name in DEMO_FILES]
    monkeypatch.setattr(sqlite_files, "sync", full)
    assert line("demo", "--reset", "--url", "--database", str(tmp_path / "demo.db")).code == 3
    monkeypatch.undo()
    assert files(tmp_path) == ["config.toml", *DEMO_FILES]
    assert [(tmp_path / name).stat().st_ino for name in DEMO_FILES] == before


def test_the_demo_is_sized_when_it_is_made_and_not_later(home_line: CommandLine, tmp_path: Path) -> None:
    database = str(tmp_path / "sized.db")
    sized = ("demo", "--url", "--database", database, "--accounts", "50", "--payments", "800")
    assert home_line(*sized).err == ""
    home_line.set(TUI_BILLING_PASSWORD=DEMO_PASSWORD)
    found = home_line.json("finance", "accounts", "list", "--database", database)["accounts"]
    assert len(found) == 50
    before = Path(database).read_bytes()
    again = home_line(*sized)
    assert again.code == 0
    assert "--reset" in again.err
    assert Path(database).read_bytes() == before


def test_demo_never_opens_or_replaces_a_real_database(line: CommandLine, desk: Desk) -> None:
    before = Path(desk.settings.database).stat()
    for options in (["--url"], ["--url", "--reset"]):
        ran = line("demo", *options, "--database", desk.settings.database)
        assert (ran.code, ran.out) == (3, "")
        assert "not a demo database" in ran.err
    assert Path(desk.settings.database).stat() == before


def test_a_demo_that_cannot_be_made_leaves_nothing_behind(
    home_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_billing.store.demo.rows.Rows.write", interrupted)
    ran = home_line("demo", "--url", "--database", str(tmp_path / "demo.db"))
    assert ran.code == 130
    assert files(tmp_path) == ["config.toml"]


def test_two_who_make_the_demo_at_once_share_one(home_line: CommandLine, tmp_path: Path) -> None:
    command = ("demo", "--url", "--database", str(tmp_path / "demo.db"))
    started = [home_line.start(*command) for _ in range(3)]
    assert [(ran.code, ran.err) for ran in (process.ran() for process in started)] == [(0, "")] * 3
    # Of two that end at the same moment neither is the last, who would clear these away.
    left_open = {"demo.db-shm", "demo.db-wal"}
    assert [name for name in files(tmp_path) if name not in left_open] == ["config.toml", *DEMO_FILES]


def test_the_desk_needs_a_terminal(home_line: CommandLine, tmp_path: Path) -> None:
    for command in ([], ["demo"]):
        ran = home_line.process(*command)
        assert (ran.code, ran.out) == (2, "")
        assert "terminal" in ran.err
    assert not data_of(tmp_path).exists()


def test_reset_without_a_terminal_makes_the_demo_and_says_where(home_line: CommandLine, tmp_path: Path) -> None:
    ran = home_line.process("demo", "--reset", "--database", str(tmp_path / "demo.db"))
    assert (ran.code, ran.out) == (0, f"sqlite:///{tmp_path}/demo.db\n")


def on_terminal(home: Path, *arguments: str, **variables: str) -> PtyDesk:
    environment = {"HOME": str(home), "TUI_BILLING_CONFIG": str(home / "config.toml"), **variables}
    return PtyDesk.forked(main, *arguments, env=environment)


def test_the_first_run_asks_for_roots_password_unseen_and_opens_the_desk(
    home_line: CommandLine, tmp_path: Path
) -> None:
    with on_terminal(tmp_path) as terminal:
        terminal.wait_for("New password for root:")
        terminal.read_until_quiet()
        terminal.send(f"{CHOSEN}\n")
        terminal.wait_for("again:")
        terminal.read_until_quiet()
        terminal.send(f"{CHOSEN}\n")
        terminal.wait_for("Log In", 20)
        terminal.read_until_quiet()
        terminal.send("\x11")
        assert terminal.wait_for_exit()[0] == 0
        assert CHOSEN.encode() not in terminal.raw_output
        assert terminal.attributes == terminal.attributes_before
    assert mode(data_of(tmp_path) / "billing.db") == 0o600
    home_line.set(TUI_BILLING_PASSWORD=CHOSEN)
    assert home_line.as_user("root", "users", "list").code == 0


def test_the_first_run_takes_roots_password_from_the_environment(home_line: CommandLine, tmp_path: Path) -> None:
    with on_terminal(tmp_path, TUI_BILLING_PASSWORD=PASSWORD) as terminal:
        terminal.wait_for("F1 Help", 20)
    assert home_line.as_user("root", "users", "list").code == 0


def test_the_first_run_can_be_interrupted(home_line: CommandLine, tmp_path: Path) -> None:
    with on_terminal(tmp_path) as terminal:
        terminal.wait_for("New password for root:")
        terminal.read_until_quiet()
        terminal.send("\x03")
        assert terminal.wait_for_exit()[0] == 130
        assert terminal.attributes == terminal.attributes_before
    assert not data_of(tmp_path).exists()


def test_demo_opens_the_desk_on_the_demo_database(home_line: CommandLine, tmp_path: Path) -> None:
    with on_terminal(tmp_path, "demo") as terminal:
        terminal.wait_for("Log In", 30)
        terminal.wait_for(DEMO_PASSWORD, 20)
        terminal.send("\x11")
        assert terminal.wait_for_exit()[0] == 0
    assert files(data_of(tmp_path)) == DEMO_FILES


def test_a_large_demo_shows_how_far_it_is(home_line: CommandLine, tmp_path: Path) -> None:
    with on_terminal(tmp_path, "demo", "--url", "--payments", "5000") as terminal:
        terminal.wait_for("Making the demo database", 20)
        terminal.wait_for("sqlite:///", 60)
        assert terminal.wait_for_exit()[0] == 0


def test_the_database_is_closed_after_every_command(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []
    close = Store.close

    def noticed(store: Store) -> None:
        closed.append(store.name)
        close(store)

    monkeypatch.setattr(Store, "close", noticed)
    line.as_user("finance", "accounts", "list")
    line.as_user("nobody", "accounts", "list")
    assert len(closed) == 2
