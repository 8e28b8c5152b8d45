"""A demo database, made once for each test process and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.terminal.demo_home import TYPIST, TYPISTS_PASSWORD, DemoHome
from tui_billing.desk import create_demo
from tui_billing.domain.access import Profile
from tui_billing.domain.demo_users import DEMO_PASSWORD


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory with a demo database, and one user whose password is on no screen."""
    home = DemoHome(tmp_path_factory.mktemp("demo") / "home")
    create_demo(home.settings)
    with home.services() as services:
        root = services.sign_in.sign_in("root", DEMO_PASSWORD)
        services.users.add(root, TYPIST, Profile.FINANCE_ADMIN, TYPISTS_PASSWORD, services.passwords)
    return home.path


@pytest.fixture
def demo(demo_template: Path, tmp_path: Path) -> DemoHome:
    """A home directory of one's own with a demo database in it."""
    shutil.copytree(demo_template, tmp_path / "home")
    return DemoHome(tmp_path / "home")
