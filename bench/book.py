"""The book that is measured: a generated demo database, made once for each size and kept."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.demo_users import DEMO_PASSWORD

COMMAND = str(Path(sys.executable).with_name("tui-billing"))
SIGNS_IN = f"finance\t{DEMO_PASSWORD}\r"
FIRST_ACCOUNT = 1
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Book:
    """A home directory with a demo database of a given size in it, and the size of the terminal."""

    home: Path
    accounts: int
    payments: int
    size: tuple[int, int] = (80, 24)

    @property
    def database(self) -> Path:
        """The demo database."""
        return self.home / "data/tui-billing/demo.db"

    @property
    def url(self) -> str:
        """Where its database is, as the command line takes it."""
        return str(self.database)

    @property
    def environment(self) -> dict[str, str]:
        """Variables that keep everything in this directory, and say that the terminal is a modern one."""
        folders = {f"XDG_{name.upper()}_HOME": str(self.home / name) for name in ("data", "state", "config", "cache")}
        return {"HOME": str(self.home), "COLORTERM": "truecolor", **folders}

    def make(self) -> None:
        """Make the database, unless it is there."""
        if self.database.exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        sizes = ("--accounts", str(self.accounts), "--payments", str(self.payments))
        subprocess.run(
            [COMMAND, "demo", "--url", *sizes], env={"PATH": "/usr/bin:/bin", **self.environment}, check=True
        )

    def desk(self) -> PtyDesk:
        """Start the desk in a terminal."""
        return PtyDesk([COMMAND, "demo"], env=self.environment, cwd=self.home, size=self.size)

    def floor(self, module: str, *arguments: str) -> PtyDesk:
        """Start one of the floors in a terminal."""
        return PtyDesk.python(f"bench.floors.{module}", *arguments, env=self.environment, size=self.size)

    @contextmanager
    def signed_in(self) -> Iterator[PtyDesk]:
        """The desk with All Accounts on it, and nothing left to do."""
        with self.desk() as desk:
            desk.send(SIGNS_IN)
            desk.wait_for("All Accounts", PATIENCE_S)
            desk.wait_for(self.account(FIRST_ACCOUNT), PATIENCE_S)
            desk.read_until_idle()
            yield desk

    def account(self, place: int) -> str:
        """The number of the account in this place of the list, from one."""
        statement = "SELECT number FROM account WHERE type <> 'system' ORDER BY number LIMIT 1 OFFSET ?"
        return str(self.rows(statement, (place - 1,))[0][0])

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """What the database says."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(statement, values).fetchall()


@dataclass(frozen=True, slots=True)
class ServedBook(Book):
    """A copy of a book in a database of a PostgreSQL server."""

    server_url: str = ""

    @property
    def url(self) -> str:
        """The URL of that database."""
        return self.server_url

    def desk(self) -> PtyDesk:
        """Start the desk on it."""
        return PtyDesk([COMMAND, "--database", self.url], env=self.environment, cwd=self.home, size=self.size)
