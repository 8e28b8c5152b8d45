"""Opening a database safely, making one whole or not at all, and transactions that hold."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from tests.desk_fixtures import Desk
from tui_billing.domain.errors import NotFound, SetUpRefused, StoreUnavailable
from tui_billing.store import opening
from tui_billing.store.schema_version import SCHEMA_VERSION
from tui_billing.store.sqlite_files import unfinished
from tui_billing.store.sqlite_paths import sqlite_path, sqlite_url


def nothing(_: Connection) -> None:
    """No first rows."""


def made(path: Path) -> Path:
    opening.create(str(path), nothing)
    return path


def change_header(path: Path, pragma: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(pragma)
    connection.commit()
    connection.close()


def read_payments(path: Path) -> None:
    store = opening.open_store(str(path))
    try:
        with store.reading() as connection:
            connection.execute(text("SELECT * FROM payment"))
    finally:
        store.close()


def test_a_new_database_and_what_lies_beside_it_is_closed_to_others(tmp_path: Path) -> None:
    path = made(tmp_path / "deep" / "billing.db")
    store = opening.open_store(str(path))
    with store.writing() as connection:
        connection.execute(text("INSERT INTO money_action VALUES ('k', 'c', 'r')"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    store.close()
    assert modes == {f"billing.db{ending}": 0o600 for ending in ("", "-wal", "-shm", "-turn")}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o666, 0o602])
def test_a_database_that_others_can_open_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = made(tmp_path / "billing.db")
    path.chmod(mode)
    with pytest.raises(SetUpRefused, match=rf"Other users of this machine can open .*{mode:04o}.*chmod 600"):
        opening.open_store(str(path))


def test_a_missing_database_is_not_found_and_the_sentence_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"There is no database at .*init"):
        opening.open_store(str(tmp_path / "billing.db"))
    assert list(tmp_path.iterdir()) == []


def test_another_programs_database_is_refused_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    change_header(path, "CREATE TABLE theirs (x)")
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(SetUpRefused, match="is not a tui-billing database"):
        opening.open_store(str(path))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["theirs.db"]


@pytest.mark.parametrize("content", [b"", b"a letter to nobody\n" * 100, b"SQLite format 3\0", b"\0" * 4096])
def test_a_file_that_is_no_database_is_refused_and_not_changed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SetUpRefused, match="is not a tui-billing database"):
        opening.open_store(str(path))
    assert path.read_bytes() == content


def test_a_directory_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "folder"
    directory.mkdir(mode=0o700)
    with pytest.raises(SetUpRefused):
        opening.open_store(str(directory))


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "billing.db")
    change_header(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(SetUpRefused, match=rf"newer tui-billing: .* version {SCHEMA_VERSION + 1}"):
        opening.open_store(str(path))


def test_a_desk_that_is_open_while_a_newer_one_upgrades_its_database_does_no_more(desk: Desk) -> None:
    change_header(Path(desk.settings.database), f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    for transaction in (desk.store.reading, desk.store.writing):
        with (
            pytest.raises(StoreUnavailable, match=r"was upgraded by a newer tui-billing\. Nothing was done"),
            transaction(),
        ):
            pass


def test_a_damaged_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = made(tmp_path / "billing.db")
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + os.urandom(len(whole) - 100))
    with pytest.raises(SetUpRefused, match=r"is damaged: .* Put a backup in its place"):
        read_payments(path)


def test_a_database_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    def fails(connection: Connection) -> None:
        connection.execute(text("INSERT INTO money_action VALUES ('k', 'c', 'r')"))
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        opening.create(str(tmp_path / "billing.db"), fails)
    assert list(tmp_path.iterdir()) == []


def test_making_a_database_leaves_one_file_and_never_replaces_one(tmp_path: Path) -> None:
    path = made(tmp_path / "billing.db")
    before = path.read_bytes()
    with pytest.raises(SetUpRefused, match=r"is there already\. Open it, or name another file\."):
        opening.create(str(path), nothing)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["billing.db"]


def test_of_two_who_make_a_database_at_once_one_has_it_and_the_other_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "billing.db"

    def overtaken(_: Connection) -> None:
        made(path)

    with pytest.raises(SetUpRefused, match="is there already"):
        opening.create(str(path), overtaken)
    read_payments(path)
    assert [file.name for file in tmp_path.glob(".billing.db*")] == []


def test_nothing_is_left_of_what_lay_beside_an_unfinished_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), unfinished(tmp_path / "billing.db") as new:
        for ending in ("", "-wal", "-journal", ".sandbox.db"):
            new.with_name(f"{new.name}{ending}").touch()
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_training_database_says_so(tmp_path: Path) -> None:
    opening.create(str(tmp_path / "training.db"), nothing, training=True)
    training, real = (
        opening.open_store(str(tmp_path / "training.db")),
        opening.open_store(str(made(tmp_path / "real.db"))),
    )
    assert (training.is_training(), real.is_training()) == (True, False)
    training.close()
    real.close()


def test_an_acknowledged_transaction_is_on_the_disk_and_references_are_checked(desk: Desk) -> None:
    with desk.store.reading() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}


async def test_a_transaction_on_the_event_loop_is_a_bug(desk: Desk) -> None:
    for transaction in (desk.store.reading, desk.store.writing):
        with pytest.raises(AssertionError, match="database work on the event loop"), transaction():
            pass
    assert await asyncio.to_thread(desk.balance) == "USD 0.00"


def test_a_transaction_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(ZeroDivisionError), desk.store.writing() as connection:
        connection.execute(text("INSERT INTO money_action VALUES ('k', 'c', 'r')"))
        raise ZeroDivisionError
    assert desk.rows("SELECT * FROM money_action") == []


def test_a_reader_sees_one_state_while_another_writes(desk: Desk) -> None:
    count = text("SELECT count(*) FROM payment")
    with desk.store.reading() as connection:
        before = connection.execute(count).scalar_one()
        writer = threading.Thread(target=desk.record, args=("5.00",))
        writer.start()
        writer.join()
        assert connection.execute(count).scalar_one() == before
    assert desk.rows("SELECT count(*) FROM payment")[0][0] == before + 1


def test_the_connection_that_has_been_open_longest_is_used_whenever_it_is_free(desk: Desk) -> None:
    with desk.store.reading() as first:
        pass
    desk.store.changes.poll()
    with ExitStack() as first_in, ExitStack() as second_in:
        assert first_in.enter_context(desk.store.reading()) is first
        second_in.enter_context(desk.store.reading())
        first_in.close()
    with desk.store.writing() as writing:
        pass
    with desk.store.reading() as reading:
        pass
    assert (writing, reading) == (first, first)


def test_concurrent_writers_lose_no_update(desk: Desk) -> None:
    desk.execute("CREATE TABLE counter (n INTEGER)")
    desk.execute("INSERT INTO counter VALUES (0)")

    def count_up() -> None:
        for _ in range(25):
            with desk.store.writing() as connection:
                n = connection.execute(text("SELECT n FROM counter")).scalar_one()
                connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.rows("SELECT n FROM counter")[0][0] == 100


def test_the_database_is_named_by_a_path_or_a_sqlite_url(tmp_path: Path) -> None:
    path = tmp_path / "billing.db"
    assert sqlite_path(str(path)) == path == sqlite_path(sqlite_url(path))
    assert sqlite_path("~/billing.db") == Path.home() / "billing.db"


@pytest.mark.parametrize("url", ["mysql://desk@db/billing", "sqlite://", "sqlite:///:memory:", "://"])
def test_any_other_database_is_refused(url: str) -> None:
    with pytest.raises(SetUpRefused, match=r"sqlite:////absolute/path/billing\.db"):
        sqlite_path(url)
