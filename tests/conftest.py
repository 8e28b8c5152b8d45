"""What every test may ask for."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Engine

from tests.desk_fixtures import desk, desk_template

__all__ = ["desk", "desk_template"]

# A quarter of the time of all tests went into looking for cycles among the modules and styles that stay anyway.
gc.freeze()
gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """Share compiled statements between the databases of all tests: each engine would compile all of them anew."""
    compiled: dict[Any, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", property(lambda engine: compiled, lambda engine, own: None), False)
        # A statement is compiled for a dialect, and those of two SQLite files are alike.
        patch.setattr(SQLiteDialect, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(SQLiteDialect, "__hash__", lambda self: hash(type(self)))
        yield
