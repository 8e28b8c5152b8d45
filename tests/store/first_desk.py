"""A database that the first desk made, with the demo data of its day: tables of version 1."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).with_name("first_desk.db.xz")


@pytest.fixture(scope="session")
def first_desk_content() -> bytes:
    """The bytes of its file."""
    return lzma.decompress(FILE.read_bytes())


@pytest.fixture
def first_desk(first_desk_content: bytes, tmp_path: Path) -> Path:
    """A copy of one's own."""
    path = tmp_path / "billing.db"
    path.touch(0o600)
    path.write_bytes(first_desk_content)
    return path


def rows(path: Path, statement: str) -> list[Any]:
    """What a query finds in a file that nobody has open."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def change(path: Path, *statements: str) -> None:
    """Change a file behind everybody's back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
