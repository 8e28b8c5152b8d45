"""The command line on a desk of its own: in this process, and as a real one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import pytest

from tests.desk_fixtures import PASSWORD, Desk
from tests.fork_server import Forked, start_forked
from tui_billing.cli import main
from tui_billing.commands import arguments

PATIENCE_S = 60
CONFIGURATION = "[hashing]\nmemory_kib = 64\nrounds = 1\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it said as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Started:
    """A command that runs as a process of its own."""

    process: Forked
    out: TextIO
    err: TextIO

    def ran(self) -> Ran:
        """How it ends."""
        code = self.process.wait(PATIENCE_S)
        assert code is not None
        with self.out, self.err:
            return Ran(code, self.out.read(), self.err.read())


class CommandLine:
    """Runs commands with an environment of their own."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        configuration = home / "config.toml"
        configuration.write_text(CONFIGURATION)
        for name in [name for name in os.environ if name.startswith(("TUI_BILLING", "XDG_", "SSH_"))]:
            monkeypatch.delenv(name)
        self.set(HOME=str(home), TUI_BILLING_CONFIG=str(configuration), TUI_BILLING_PASSWORD=PASSWORD)

    def set(self, **variables: str) -> None:
        """Set environment variables for the commands that follow."""
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def unset(self, *names: str) -> None:
        """Remove environment variables."""
        for name in names:
            self._monkeypatch.delenv(name, raising=False)

    def __call__(self, *arguments: str) -> Ran:
        """Run a command in this process."""
        self._capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        written = self._capsys.readouterr()
        return Ran(code, written.out, written.err)

    def as_user(self, user: str, *arguments: str) -> Ran:
        """Run a command as this user."""
        return self("--user", user, *arguments)

    def json(self, user: str, *arguments: str) -> Any:
        """What a command that works says as JSON."""
        ran = self.as_user(user, *arguments, "--json")
        assert (ran.code, ran.err) == (0, "")
        return ran.document

    def start(self, *arguments: str) -> Started:
        """Start a command as a process of its own, without a terminal."""
        out, err = (os.fdopen(os.memfd_create(name), "w+", encoding="utf-8") for name in ("out", "err"))
        written = [f"/proc/{os.getpid()}/fd/{file.fileno()}" for file in (out, err)]
        return Started(start_forked(main, arguments, os.environ, Path.cwd(), (os.devnull, *written)), out, err)

    def process(self, *arguments: str) -> Ran:
        """Run a command as a process of its own, without a terminal."""
        return self.start(*arguments).ran()


@pytest.fixture(scope="session", autouse=True)
def parsers_are_made_once() -> Iterator[None]:
    """Share them between the commands of all tests: making one for each is a sixth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arguments, "parser", cache(arguments.parser))
        yield


@pytest.fixture
def home_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line of somebody who has no database yet."""
    return CommandLine(tmp_path, monkeypatch, capsys)


@pytest.fixture
def line(desk: Desk, home_line: CommandLine) -> CommandLine:
    """The command line on the database of `desk`."""
    home_line.set(TUI_BILLING_DATABASE=desk.settings.database)
    return home_line
