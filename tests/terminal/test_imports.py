"""What is loaded before the first paint: nothing that the log in does not need."""

from __future__ import annotations

import subprocess
import sys

from tests.terminal.demo_home import DemoHome

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


def test_before_the_first_paint_nothing_of_the_database_is_loaded(demo: DemoHome) -> None:
    done = subprocess.run(
        [sys.executable, "-c", UP_TO_THE_FIRST_PAINT],
        env={"PATH": "/usr/bin:/bin", **demo.environment},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.split()
    assert "tui_billing.screens.login" in loaded
    heavy = [name for name in loaded if name.startswith(tuple(f"{package}." for package in HEAVY)) or name in HEAVY]
    assert heavy == []
