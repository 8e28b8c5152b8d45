"""What a SQLite file is made of, word for word, and what a new one is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

from sqlalchemy import Connection, create_engine

from tui_billing.store.checks.likeness import Made
from tui_billing.store.schema import TABLES, create_schema

# All there is, whatever it is called, but for the indexes that come with a table.
MADE = "SELECT coalesce(type, '') || ' ' || coalesce(name, ''), CAST(sql AS TEXT) FROM sqlite_master WHERE sql NOT NULL"
# Made by ANALYZE, which anybody may run who has the file.
STATISTICS = ("CREATE TABLE sqlite_stat1(tbl,idx,stat)", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)")
# SQLite puts these into quotes as it renames a table; a word that names nothing becomes a text by its quotes.
NAMES = {table.name for table in TABLES} | {column.name for table in TABLES for column in table.columns}
QUOTED = re.compile(r'"(\w+)"', re.ASCII)
# No other character is a space to SQLite.
SPACES = re.compile(r"[ \t\n\r\f]+")


@cache
def wanted() -> Made:
    """What a new file is made of."""
    engine = create_engine("sqlite://")
    with engine.begin() as new:
        create_schema(new)
        found = made(new)
    engine.dispose()
    return found


def made(connection: Connection) -> Made:
    """What the file is made of: what every CREATE statement says, by kind and name."""
    rows = connection.exec_driver_sql(MADE)
    return Counter((name, _plain(name, statement)) for name, statement in rows if statement not in STATISTICS)


@lru_cache(maxsize=1024)
def _plain(name: str, statement: str) -> str:
    """What a statement says; a table's columns and constraints may have come about in any order."""
    plain = SPACES.sub(" ", QUOTED.sub(lambda word: word[1] if word[1] in NAMES else word[0], statement))
    return "\n".join(sorted(parts(plain))) if name.startswith("table ") else plain


def parts(statement: str) -> Iterator[str]:
    """The statement, comma by comma."""
    depth, begins = 0, 0
    for at, character in enumerate(statement):
        depth += {"(": 1, ")": -1}.get(character, 0)
        opens_list = character == "(" and depth == 1
        if opens_list or (character == "," and depth == 1) or (character == ")" and depth == 0):
            yield statement[begins:at].strip(" ")
            begins = at + 1
    yield statement[begins:].strip(" ")
