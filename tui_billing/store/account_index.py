"""What searches look accounts up in: the text that each is found by, and the indexes of that text's fragments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from tui_billing.domain.text import folded
from tui_billing.store.prepared import on_driver

# The characters of a fragment that the larger index has.
TRIGRAM = 3
# Every search ends so, so that its last character and its last two begin a fragment of three too.
PADDING = "\n\n"
SQLITE = (
    # Of each fragment of three only in which accounts it is: what is found is looked at again.
    """CREATE VIRTUAL TABLE account_search USING fts5(
        search, content='', columnsize=0, detail=none, tokenize='trigram case_sensitive 1')""",
    "CREATE VIRTUAL TABLE account_fragment USING fts5vocab(account_search, instance)",
)
# No triggers keep it: with trusted_schema off SQLite lets none write to a virtual table.
INDEX = "INSERT INTO account_search (rowid, search) VALUES (CAST(:number AS INTEGER), :search)"
INDEX_ALL = (
    "INSERT INTO account_search (rowid, search) SELECT CAST(number AS INTEGER), search FROM account ORDER BY number"
)
TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX account_search ON account USING gin (search gin_trgm_ops)",
)
# What a server says that has no `pg_trgm`, or whose owner of the tables may not put it there.
NO_EXTENSION = ("0A000", "58P01", "42501", "42704")
# Each character, and each two that follow one another: those from the first on, and those from the second on.
OF_TWO = "string_to_array(regexp_replace({}, '(..)', E'\\\\1\\n', 'g'), E'\\n')"
PAIRS = (
    f"(string_to_array(search::text, NULL) || {OF_TWO.format('search::text')} || {OF_TWO.format('substr(search, 2)')})"
)
PAIRS_NAME = "account_fragment"
PAIRS_INDEX = f"CREATE INDEX {PAIRS_NAME} ON account USING gin ({PAIRS})"
POSTGRESQL_INDEXES = ("account_search", PAIRS_NAME)


def create(connection: Connection) -> None:
    """Make the indexes of an empty table of accounts; PostgreSQL without `pg_trgm` does without that one."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE:
            connection.exec_driver_sql(statement)
        return
    connection.exec_driver_sql(PAIRS_INDEX)
    try:
        with connection.begin_nested():
            for statement in TRIGRAMS:
                connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) not in NO_EXTENSION:
            raise


def index(connection: Connection, accounts: Sequence[Mapping[str, Any]]) -> None:
    """Take new accounts into the index, from their column values; PostgreSQL does so by itself."""
    if connection.dialect.name != "sqlite":
        return
    on_driver(connection, INDEX, [{name: row[name] for name in ("number", "search")} for row in accounts], many=True)


def index_all(connection: Connection) -> None:
    """Take every account into the empty index; PostgreSQL has done so by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(INDEX_ALL)


def text_of(number: str, name: str, master_user: str) -> str:
    """What an account is searched in."""
    return folded(f"{number} {name} {master_user}") + PADDING
