"""What every test may ask for."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine import Engine

from tests.desk_fixtures import desk, desk_directory, desk_template
from tests.postgresql.databases import end_run, prepare_run

__all__ = ["desk", "desk_directory", "desk_template"]

# A quarter of the time of all tests went into looking for cycles among the modules and styles that stay anyway.
gc.freeze()
gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def statements_are_compiled_once() -> Iterator[None]:
    """Share compiled statements between the databases of all tests: each engine would compile all of them anew."""
    compiled: dict[Any, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", property(lambda engine: compiled, lambda engine, own: None), False)
        # A statement is compiled for a dialect, and those of two databases of one kind are alike.
        for dialect in (SQLiteDialect, PGDialect_psycopg):
            patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
            patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
        yield


def pytest_configure(config: pytest.Config) -> None:
    """The run's server has one place; it is started only if a test asks for it."""
    if not hasattr(config, "workerinput"):
        prepare_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The one that named the place ends the server, whatever has become of those that used it."""
    if not hasattr(config, "workerinput"):
        end_run()
