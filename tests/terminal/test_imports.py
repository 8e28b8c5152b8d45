"""What is loaded before the first paint: nothing that the log in does not need."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

import tui_billing
from tests.terminal.demo_home import DemoHome
from tui_billing.loading import ASKED, TURN_S, USUAL_TURN_S, load_everything
from tui_billing.services.desk_services import DeskServices

HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "passlib",
    "argon2",
    "pydantic",
    "sqlite3",
    "fpdf",
    "fontTools",
    "PIL",
    "tui_billing.services",
    "tui_billing.store",
)
UP_TO_THE_FIRST_PAINT = """
import sys
from tui_billing.app import BillingApp
from tui_billing.commands import database
from tui_billing.commands.arguments import parse

def run(app):
    print(*sorted(name for name in sys.modules), sep="\\n")

database._require_terminal = lambda: None
BillingApp.run = run
database.demo(parse(["demo"]))
"""
LOADED = """
import sys
from tui_billing.loading import load_everything, load_first_screen
from tui_billing.config import read_settings
from tui_billing.desk import open_services

services = open_services(read_settings(demo=True))
load_first_screen(services)
first = sorted(sys.modules)
load_everything(services)
services.store.close()
print(*first, "then", *sorted(sys.modules), sep="\\n")
"""
SCREENS = Path(tui_billing.__file__).with_name("screens")


def loaded_by(script: str, demo: DemoHome) -> list[str]:
    environment = {"PATH": "/usr/bin:/bin", **demo.environment}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_services_that_the_screens_ask_are_those_that_are_loaded_behind_the_first_list() -> None:
    asked = {noun for file in SCREENS.rglob("*.py") for noun in re.findall(r"services\.(\w+)\.\w+", file.read_text())}
    assert asked == {*ASKED}


def test_an_open_desk_never_loads_sqlmodel_and_the_first_list_no_gateway(demo: DemoHome) -> None:
    loaded = loaded_by(LOADED, demo)
    middle = loaded.index("then")
    first, whole = {*loaded[:middle]}, {*loaded[middle:]}
    assert "tui_billing.screens.all_accounts" in first
    assert {"tui_billing.gateways.base", "tui_billing.gateways.sandbox", "tui_billing.screens.payments"}.isdisjoint(
        first
    )
    assert {"tui_billing.gateways.sandbox", "tui_billing.screens.payments"} <= whole
    assert {"tui_billing.services.payments", "tui_billing.services.dashboards"} <= whole
    assert {"sqlmodel", "pydantic", "sqlalchemy.orm", "alembic"}.isdisjoint(whole)


def test_before_the_first_paint_nothing_of_the_database_is_loaded(demo: DemoHome) -> None:
    loaded = loaded_by(UP_TO_THE_FIRST_PAINT, demo)
    assert "tui_billing.screens.login" in loaded
    heavy = [name for name in loaded if name.startswith(tuple(f"{package}." for package in HEAVY)) or name in HEAVY]
    assert heavy == []


def test_what_is_loaded_behind_the_first_list_lets_keys_have_their_turn_and_no_longer() -> None:
    class Broken(DeskServices):
        def load(self, nouns: Collection[str] = ()) -> dict[str, object]:
            turns_s.append(sys.getswitchinterval())
            raise ImportError

    turns_s: list[float] = []
    with pytest.raises(ImportError):
        load_everything(Broken.__new__(Broken))
    assert turns_s == [pytest.approx(TURN_S)]
    assert sys.getswitchinterval() == pytest.approx(USUAL_TURN_S)
