"""A demo database, made once for each test process and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.terminal.demo_home import TYPIST, DemoHome


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory with a demo database, made by the command itself."""
    home = DemoHome(tmp_path_factory.mktemp("demo") / "home")
    made = home.run("demo", "--url")
    assert made.returncode == 0, made.stderr
    home.document("users", "add", TYPIST, "--profile", "finance_admin", user="root")
    return home.path


@pytest.fixture
def demo(demo_template: Path, tmp_path: Path) -> DemoHome:
    """A home directory of one's own with a demo database in it."""
    shutil.copytree(demo_template, tmp_path / "home")
    return DemoHome(tmp_path / "home")
