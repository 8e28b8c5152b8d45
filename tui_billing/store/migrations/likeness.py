"""Whether the tables of a SQLite file are those that a new one is made with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Connection, create_engine, text

from tui_billing.store.schema import create_schema

MADE = (
    "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
)


def unlike_new(connection: Connection) -> list[str]:
    """The tables, indexes and triggers that a new database has otherwise, or that only one of the two has."""
    engine = create_engine("sqlite://")
    with engine.begin() as new:
        create_schema(new)
        wanted = made(new)
    engine.dispose()
    there = made(connection)
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def made(connection: Connection) -> dict[str, list[str]]:
    """What every CREATE statement of the database says, by kind and name."""
    return {name: sorted(_parts(statement)) for name, statement in connection.execute(text(MADE))}


def _parts(statement: str) -> Iterator[str]:
    """What a CREATE statement says, comma by comma: in which order columns and constraints came about is no matter."""
    depth, begins = 0, 0
    plain = re.sub(r"\s+", " ", statement.replace('"', ""))
    for at, character in enumerate(plain):
        depth += {"(": 1, ")": -1}.get(character, 0)
        opens_list = character == "(" and depth == 1
        if opens_list or (character == "," and depth == 1) or (character == ")" and depth == 0):
            yield plain[begins:at].strip()
            begins = at + 1
    yield plain[begins:].strip()
