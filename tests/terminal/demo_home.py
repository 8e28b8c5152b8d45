"""A home directory with a demo database of its own, and the installed command run in it."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.terminal.pty_desk import PtyDesk
from tui_billing.cli import main
from tui_billing.config import HashingCost, Settings
from tui_billing.desk import open_services
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.services.desk_services import DeskServices

COMMAND = str(Path(sys.executable).with_name("tui-billing"))
TYPIST, TYPISTS_PASSWORD = "typist", "not-on-any-screen"
"""A finance user; the demo users' own password stands on the Log in screen."""


@dataclass(frozen=True, slots=True)
class DemoHome:
    """Somebody's home directory, where the demo has been used before."""

    path: Path

    @property
    def database(self) -> Path:
        """The demo database."""
        return self.path / "data/tui-billing/demo.db"

    @property
    def record(self) -> Path:
        """What the sandbox gateway remembers."""
        return self.database.with_name("demo.sandbox.db")

    @property
    def log_file(self) -> Path:
        """Where the details of a fault go."""
        return self.path / "state/tui-billing/desk.log"

    @property
    def settings(self) -> Settings:
        """The settings of this home's demo."""
        hashing = HashingCost(memory_kib=64, rounds=1)
        return Settings(database=str(self.database), log_file=self.log_file, hashing=hashing, demo=True)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that keep everything in this directory."""
        folders = {f"XDG_{name.upper()}_HOME": str(self.path / name) for name in ("data", "state", "config", "cache")}
        return {"HOME": str(self.path), **folders}

    def look_up_everything(self) -> int:
        """Ask the gateway for every unknown outcome; the answer is how many are still unknown."""
        with self.services() as services:
            return services.outcomes.resolve_all().still_unknown

    def assert_books_are_right(self) -> None:
        """Recomputing every figure finds no difference."""
        with self.services() as services:
            auditor = services.sign_in.sign_in("finance", DEMO_PASSWORD)
            assert services.checks.check(auditor) == []

    @contextmanager
    def services(self) -> Iterator[DeskServices]:
        """The services on the demo database, in this process."""
        services = open_services(self.settings)
        try:
            yield services
        finally:
            services.checks.store.close()

    def open(self, **options: Any) -> PtyDesk:
        """Open the desk in a terminal, in a process that has everything imported already."""
        return PtyDesk.forked(main, "demo", **self._options(**options))

    def open_installed(self, **options: Any) -> PtyDesk:
        """Open the desk in a terminal with the installed command, where starting itself is of interest."""
        return PtyDesk([COMMAND, "demo"], **self._options(**options))

    @contextmanager
    def signed_in(
        self, name: str = "finance", sees: str = "Globex Corporation", *, installed: bool = False, **options: Any
    ) -> Iterator[PtyDesk]:
        """An open desk where somebody has signed in and sees the first screen."""
        with self.open_installed(**options) if installed else self.open(**options) as desk:
            desk.send(f"{name}\t{DEMO_PASSWORD}\r")
            desk.wait_until(lambda: "Password" not in desk.screen_text() and sees in desk.screen_text(), sees)
            yield desk

    def query(self, statement: str, values: Sequence[object] = (), *, record: bool = False) -> list[Any]:
        """Run a statement in the database, or in the sandbox's record."""
        with closing(sqlite3.connect(self.record if record else self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def _options(self, **options: Any) -> dict[str, Any]:
        environment = {**self.environment, **options.pop("env", {})}
        return {"cwd": self.path, "env": environment, **options}
