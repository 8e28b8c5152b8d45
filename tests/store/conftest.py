"""A desk in which everything has happened once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk_fixtures import Desk, opened_desk
from tests.store.busy_desk import make_busy


@pytest.fixture(scope="module")
def busy_template(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which everything has happened once."""
    directory = tmp_path_factory.mktemp("busy")
    with opened_desk(desk_template, directory) as desk:
        make_busy(desk)
    return directory


@pytest.fixture
def busy(busy_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a copy of it."""
    with opened_desk(busy_template, tmp_path) as desk:
        yield desk
