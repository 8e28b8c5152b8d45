"""The command line on a PostgreSQL URL: what works, and how what does not is told."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, POSTGRESQL, Desk
from tests.postgresql.cluster import LOCKED
from tests.postgresql.databases import empty, server

on_server = pytest.mark.parametrize("desk_template", [POSTGRESQL], indirect=True, scope="session")
SECRET = "a-password-nobody-may-see"


@pytest.fixture
def empty_url() -> Iterator[str]:
    """A database with nothing in it."""
    with empty() as url:
        yield url


def refused(line: CommandLine, url: str, code: int = 3) -> str:
    """What is said of a database that cannot be opened."""
    ran = line("--database", url, "--user", "finance", "accounts", "list")
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert SECRET not in ran.err
    return ran.err


def change(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_init_makes_the_tables_once_and_prints_the_url_without_a_password(
    home_line: CommandLine, empty_url: str
) -> None:
    with_password = empty_url.replace("desk@", f"desk:{SECRET}@")
    assert "Make them with: tui-billing init" in refused(home_line, empty_url, 4)
    ran = home_line("--database", with_password, "init", "--json")
    assert (ran.code, ran.document) == (0, {"url": empty_url})
    again = home_line("--database", with_password, "init")
    assert again.code == 3
    assert "is there already. Open it" in again.err
    assert SECRET not in again.out + again.err


@on_server
def test_payments_are_recorded_and_shown_as_on_a_file(desk: Desk, line: CommandLine) -> None:
    recorded = line.json("finance", "payments", "record", CORPORATE, "12.50", "--key", "k")
    assert recorded["account"]["balance"] == {"minor_units": 1250, "currency": "USD"}
    assert line.json("finance", "payments", "record", CORPORATE, "12.50", "--key", "k") == recorded
    assert line.json("finance", "payments", "list", CORPORATE)["payments"] == [recorded["payment"]]
    assert line.as_user("finance", "check").code == 0


def test_no_server_is_told_with_its_reason(home_line: CommandLine, tmp_path: Path) -> None:
    told = refused(home_line, f"postgresql://desk:{SECRET}@/billing?host={tmp_path}")
    assert told.startswith("Cannot start: billing@localhost cannot be used now (")
    assert "try again" in told


def test_a_wrong_password_is_told_and_not_shown(home_line: CommandLine) -> None:
    postgres = server().url("postgres")
    change(postgres, f"CREATE USER {LOCKED} PASSWORD 'another'")
    try:
        url = postgres.replace("desk@", f"{LOCKED}:{SECRET}@")
        assert f'password authentication failed for user "{LOCKED}"' in refused(home_line, url)
    finally:
        change(postgres, f"DROP USER {LOCKED}")


def test_a_database_that_there_is_not_is_told(home_line: CommandLine) -> None:
    assert 'database "nowhere" does not exist' in refused(home_line, server().url("nowhere"))


@pytest.mark.parametrize(
    ("theirs", "name"),
    [
        ("TABLE payment (theirs integer)", "table “payment”"),
        ("VIEW payment AS SELECT 1", "view “payment”"),
        ("TYPE payment AS ENUM ('theirs')", "type “payment”"),
        ("SEQUENCE payment_sequence_seq", "sequence “payment_sequence_seq”"),
        ("TABLE theirs AS SELECT 1 AS x; CREATE INDEX invoice_open ON theirs (x)", "index “invoice_open”"),
        (
            "FUNCTION payment_refuses_delete() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "function “payment_refuses_delete()”",
        ),
    ],
)
def test_a_database_of_somebody_else_is_left_alone(
    home_line: CommandLine, empty_url: str, theirs: str, name: str
) -> None:
    change(empty_url, f"CREATE {theirs}")
    assert "has no tables of tui-billing" in refused(home_line, empty_url, 4)
    ran = home_line("--database", empty_url, "init")
    assert ran.code == 3
    assert f"has a {name} that is not tui-billing's. Name an empty database." in ran.err


@on_server
def test_a_database_of_a_newer_desk_is_refused(desk: Desk, line: CommandLine) -> None:
    change(desk.settings.database, "UPDATE tui_billing_database SET schema_version = 999")
    assert "was made by a newer tui-billing: its tables are of version 999" in refused(line, desk.settings.database)


def test_without_psycopg_it_says_what_to_install(
    home_line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "tui_billing.store.postgresql_connection", raising=False)
    told = refused(home_line, f"postgresql://desk@/billing?host={tmp_path}")
    assert "pip install 'tui-billing[postgres]'" in told


@pytest.mark.parametrize(
    "url",
    [f"postgresql://desk:{SECRET}@extra@host/billing", f"postgresql://desk:{SECRET}/x@host/billing"],
)
def test_a_url_that_cannot_be_read_is_told_without_its_password(home_line: CommandLine, url: str) -> None:
    assert "The database URL cannot be read" in refused(home_line, url)
