"""Processes from a fork server that has done everything once already: they begin in some ten milliseconds.

What a new interpreter does is proved where the claim is about that; nothing is open any more when they are forked.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

from tests.postgresql.databases import server

# What is imported only when a database of its kind is opened, passwords are hashed, or a desk opens.
LATE = (
    *("sqlite3", "tui_billing.store.sqlite", "psycopg", "psycopg.conninfo", "tui_billing.store.postgresql"),
    *("sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.postgresql.psycopg", "passlib.handlers.argon2"),
    *("getpass", "concurrent.futures.thread", "textual.layouts.factory", "textual.pilot", "textual.scrollbar"),
    *("tui_billing.app", "tui_billing.cli", "tui_billing.desk", "tui_billing.commands.arguments"),
    *("tui_billing.commands.database", "tui_billing.commands.payments", "tui_billing.commands.users"),
    *("tui_billing.screens.home", "tui_billing.screens.modals.palette", "tui_billing.screens.watching"),
    *("tui_billing.screens.modals.dialogs", "tui_billing.screens.modals.lock"),
)
INPUT, OUTPUT, ERRORS = range(3)
USUAL_UMASK = 0o022


def fork_server() -> ForkServerContext:
    """Starts processes that have the desk, its services and what tests let other processes do imported and compiled."""
    # It needs the run's server, and is not one of those that may start it.
    server()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.services.warmed_up", *LATE])
    return context


@dataclass(frozen=True, slots=True)
class Forked:
    """A process of the fork server, used as those of `subprocess` are."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        """Its number."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, once it has."""
        return self.process.exitcode

    def poll(self) -> int | None:
        """How it ended, if it has."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        self.process.join(timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)


def start_forked(
    program: Callable[[], int],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    cwd: Path,
    files: Sequence[str],
) -> Forked:
    """Start a program in a session of its own, with these files as its input, output and errors."""
    process = fork_server().Process(target=_run, args=(program, list(arguments), dict(environment), cwd, list(files)))
    process.start()
    return Forked(process)


def _run(
    program: Callable[[], int], arguments: list[str], environment: dict[str, str], cwd: Path, files: list[str]
) -> None:
    # What was there before the fork stays as it is: looking through it would copy it.
    gc.freeze()
    os.umask(USUAL_UMASK)
    # A shell has what it starts in the background ignore it, these tests perhaps among them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A session leader without a terminal makes the first one it opens its own.
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(os.open(file, os.O_RDONLY if number == INPUT else os.O_RDWR), number)
    sys.stdin = sys.__stdin__ = os.fdopen(INPUT, encoding="utf-8")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = os.fdopen(OUTPUT, "w", encoding="utf-8")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = os.fdopen(ERRORS, "w", encoding="utf-8")  # type: ignore[misc]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["tui-billing", *arguments]
    sys.exit(program())
