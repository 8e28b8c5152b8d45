"""A PostgreSQL database of an earlier version: upgraded by `migrate` alone, by one of many, whole or not at all."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from tests.postgresql.databases import empty
from tui_billing.domain.errors import SetUpRefused, StoreUnavailable
from tui_billing.store import opening
from tui_billing.store.checking import differences
from tui_billing.store.migrations import running
from tui_billing.store.schema_version import SCHEMA_VERSION

# As pg_dump wrote a database of version 3, the first on PostgreSQL.
DUMP = Path(__file__).with_name("first_postgresql.sql.xz")
BALANCES = "SELECT number, currency, funds_minor, receivable_minor FROM account ORDER BY number"
CASTS = re.compile(r"::(text|character varying)(\[\])?|[()]")
CATALOG = {
    "columns": """
        SELECT table_name, column_name, data_type, collation_name, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "room": "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "triggers": """
        SELECT pg_get_triggerdef(pg_trigger.oid), prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE NOT tgisinternal""",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}


def rows(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def catalog(url: str) -> dict[str, list[str]]:
    """All that the database says of its tables, in no order; how it casts what a dump has written is no matter."""
    found = {what: [CASTS.sub("", repr(row)) for row in rows(url, statement)] for what, statement in CATALOG.items()}
    return {what: sorted(said) for what, said in found.items()}


@pytest.fixture
def first_version() -> Iterator[str]:
    """A database of version 3, with a few dealings."""
    with empty() as url:
        with psycopg.connect(url) as connection:
            connection.execute(lzma.decompress(DUMP.read_bytes()))
        yield url


@pytest.fixture
def new_version() -> Iterator[str]:
    """A new database."""
    with empty() as url:
        opening.create(url, lambda connection: None)
        yield url


def test_a_desk_that_is_open_meanwhile_is_waited_for_and_then_does_no_more(
    new_version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_billing.store.postgresql_upgrade.upgrade_tables", lambda *_: "by a newer program")
    with (
        closing(opening.open_store(new_version)) as desk,
        psycopg.connect(new_version) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        with desk.writing():
            other.execute("UPDATE tui_billing_database SET schema_version = schema_version - 1")
            other.commit()
            upgrade = pool.submit(opening.migrate, new_version)
            while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                assert not upgrade.done()
        assert "was upgraded by a newer program" in upgrade.result()
        other.execute("UPDATE tui_billing_database SET schema_version = schema_version + 1")
        other.commit()
        for transaction in (desk.reading, desk.writing):
            with pytest.raises(StoreUnavailable, match="was upgraded by a newer tui-billing"), transaction():
                pass


def test_only_migrate_upgrades_it_and_once_of_five_times(first_version: str) -> None:
    balances = rows(first_version, BALANCES)
    with pytest.raises(SetUpRefused, match=rf"of version 3, and this one needs {SCHEMA_VERSION}.* tui-billing migrate"):
        opening.open_store(first_version)
    with ThreadPoolExecutor(5) as pool:
        said = sorted(pool.map(opening.migrate, [first_version] * 5), key=len)
    assert [" ".join(each.split()[1:]) for each in said] == [
        *["is up to date."] * 4,
        f"was upgraded from version 3 to {SCHEMA_VERSION}.",
    ]
    store = opening.open_store(first_version)
    with store.reading() as connection:
        assert differences(connection) == []
    store.close()
    assert rows(first_version, BALANCES) == balances
    assert len(balances) == 3
    (logged,) = rows(first_version, "SELECT user_name, outcome FROM audit_entry WHERE action = 'upgrade'")
    assert logged == ("tui-billing", f"done: from version 3 to {SCHEMA_VERSION}")


def test_an_upgraded_database_is_like_a_new_one(first_version: str, new_version: str) -> None:
    assert catalog(first_version) != catalog(new_version)
    opening.migrate(first_version)
    assert catalog(first_version) == catalog(new_version)


def test_what_others_have_beside_our_tables_is_left_alone(first_version: str) -> None:
    theirs = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'their%' ORDER BY 1"
    with psycopg.connect(first_version) as connection:
        connection.execute("CREATE TABLE theirs (x integer)")
        connection.execute(
            "CREATE FUNCTION their_function() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
        )
        for name, table in (("their_first", "theirs"), ("their_other", "payment")):
            connection.execute(f"CREATE TRIGGER {name} AFTER INSERT ON {table} EXECUTE FUNCTION their_function()")
    opening.migrate(first_version)
    assert rows(first_version, theirs) == [("their_first",), ("their_other",)]
    store = opening.open_store(first_version)
    with store.reading() as connection:
        (difference,) = differences(connection)
    store.close()
    # Not removed, but not unsaid either: it is on a table of ours.
    assert (difference.figure, difference.subject) == ("unexpected trigger", "trigger their_other")


def test_texts_are_compared_by_their_bytes_whatever_the_server_s_language(new_version: str) -> None:
    texts = "FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'character varying'"
    assert rows(new_version, f"SELECT DISTINCT collation_name {texts}") == [("C",)]
    assert rows(new_version, f"SELECT count(*) > 70 {texts}") == [(True,)]


def test_a_failure_on_the_way_leaves_it_as_it_was(first_version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT 1 / 0")

    before = catalog(first_version)
    monkeypatch.setattr(running, "create_triggers", fails)
    with pytest.raises(SetUpRefused, match=r"could not be upgraded .*division by zero.* It is as it was before"):
        opening.migrate(first_version)
    assert catalog(first_version) == before
    assert rows(first_version, "SELECT schema_version FROM tui_billing_database") == [(3,)]


def test_a_database_of_a_newer_version_is_refused_by_everything(new_version: str) -> None:
    with psycopg.connect(new_version) as connection:
        connection.execute("UPDATE tui_billing_database SET schema_version = 1000")
    for use in (opening.open_store, opening.migrate):
        with pytest.raises(SetUpRefused, match=r"newer tui-billing: .* of version 1000.* Upgrade tui-billing"):
            use(new_version)
