"""Statements that are compiled once for the databases of all tests: each engine would compile all of them anew."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg._queries
import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Engine


def share_compiled_statements(patch: pytest.MonkeyPatch) -> None:
    """Let all engines of this process keep their compiled statements in one place."""
    compiled: dict[Any, Any] = {}
    patch.setattr(Engine, "_compiled_cache", property(lambda engine: compiled, lambda engine, own: None), False)
    # A statement is compiled for a dialect, and those of two databases of one kind are alike.
    for dialect in (SQLiteDialect, PGDialect_psycopg):
        patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
    # The driver puts each into the server's words, but keeps fewer than there are here.
    patch.setattr(psycopg._queries, "_query2pg", cache(psycopg._queries._query2pg_nocache))
