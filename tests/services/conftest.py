"""The rules of the money hold on every kind of database: what has a desk here runs on each."""

from __future__ import annotations

import pytest

from tests.desk_fixtures import POSTGRESQL, SQLITE


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test with a desk runs on a SQLite file and on a PostgreSQL server, but where `one_database` says why not."""
    if "desk_template" in metafunc.fixturenames and metafunc.definition.get_closest_marker("one_database") is None:
        metafunc.parametrize("desk_template", (SQLITE, POSTGRESQL), indirect=True, scope="session")
