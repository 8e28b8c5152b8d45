"""Other programs for the terminal beside the desk, each in a virtual environment of its own: asked for with `--peers`.

They show the same accounts where they show tables at all: visidata from a file, harlequin from the database.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import ms_until, press
from bench.painting import DOWN, MOVES, PAGE_DOWN, PAGE_UP, one_character, whole_screen
from bench.starting import bare_textual, log_in
from tests.terminal.pty_desk import PtyDesk

PATIENCE_S = 60.0
PAGES = (PAGE_DOWN, PAGE_DOWN, PAGE_DOWN, PAGE_UP, PAGE_DOWN, PAGE_UP)
ACCOUNTS = "SELECT number, name, type, state, master_user FROM account WHERE type <> 'system' ORDER BY number"
RUN_QUERY, TO_RESULTS, TO_EDITOR, SELECT_ALL = "\n", "\x1b[15~", "\x1bOQ", "\x01"
# Typed, a query would be completed to another one.
PASTED = "\x1b[200~{}\x1b[201~"
NEWEST_PYTHON = 13


@dataclass(frozen=True, slots=True)
class Peer:
    """A program, what is installed for it, and what else it needs."""

    requirements: tuple[str, ...]
    least_python: int = 11
    needs: str = ""


PEERS = {
    "harlequin": Peer(("harlequin==2.17.0",)),
    "visidata": Peer(("visidata==3.4",)),
    # With a later tree-sitter it ends in a segmentation fault.
    "posting": Peer(("posting==2.11.1", "tree-sitter<0.26")),
    "hledger-textual": Peer(("hledger-textual==0.5.0",), least_python=12, needs="hledger"),
}


def make(book: Book) -> None:
    """Install those that are not there, and say which cannot be measured here."""
    for name, peer in PEERS.items():
        python = _python(peer.least_python)
        if python is None:
            print(f"{name} is not measured: it needs Python 3.{peer.least_python}.")
        elif peer.needs and shutil.which(peer.needs) is None:
            print(f"{name} is not measured: it needs {peer.needs}.")
        elif not _program(book, name).exists():
            folder = _folder(book, name)
            subprocess.run([python, "-m", "venv", "--clear", str(folder)], check=True)
            subprocess.run([folder / "bin/pip", "install", "--quiet", *peer.requirements], check=True)


def desk(book: Book) -> Samples:
    """The desk itself, in the same way."""
    with book.signed_in() as program:
        samples = _moved("desk", program)
        last = book.account(book.accounts)
        press(program, "/")
        program.read_until_idle()
        return samples | {"desk: search": [_ms_of(program, last, f"▤ {last}")]}


def visidata(book: Book) -> Samples:
    """From a file of the accounts; it goes to the next row that a search finds."""
    file = book.home / "accounts.csv"
    if not file.exists():
        with file.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows([("number", "name", "type", "state", "master_user"), *book.rows(ACCOUNTS)])
    with _started(book, "visidata", str(file)) as program:
        if program is None:
            return {}
        started_ms = _ms_until_seen(program, "10000")
        program.wait_for(f"{book.accounts} rows", PATIENCE_S)
        samples = {"visidata: start": [started_ms]} | _moved("visidata", program, down="j")
        last = book.account(book.accounts)
        for keys in ("/", last):
            program.send(keys)
            program.read_until_idle()
        return samples | {"visidata: search": [_ms_of(program, "\r", f" {last} ")]}


def harlequin(book: Book) -> Samples:
    """From the database itself; a search is a query that asks for what is like it."""
    with _started(book, "harlequin", "-a", "sqlite", str(book.database)) as program:
        if program is None:
            return {}
        started_ms = _ms_until_seen(program, "Query Results")
        program.read_until_idle()
        program.send(PASTED.format(ACCOUNTS))
        program.read_until_idle()
        program.send(RUN_QUERY)
        program.wait_for(f"{book.accounts:,} Records)", PATIENCE_S)
        program.read_until_idle()
        program.send(TO_RESULTS)
        samples = {"harlequin: start": [started_ms]} | _moved("harlequin", program)
        last = book.account(book.accounts)
        for keys in (TO_EDITOR, SELECT_ALL):
            program.send(keys)
            program.read_until_idle()
        program.send(PASTED.format(f"SELECT number, name FROM account WHERE search LIKE '%{last}%'"))
        program.read_until_idle()
        return samples | {"harlequin: search": [_ms_of(program, RUN_QUERY, "(1 Record")]}


def posting(book: Book) -> Samples:
    """It has no long list."""
    with _started(book, "posting") as program:
        return {} if program is None else {"posting: start": [_ms_until_seen(program, "Collection")]}


def hledger_textual(book: Book) -> Samples:
    """With a journal of one transaction: it asks hledger for all there is to see."""
    journal = book.home / "one.journal"
    journal.write_text("2026-01-01 Payment\n    assets:bank  10 USD\n    income:sales\n")
    with _started(book, "hledger-textual", "-f", str(journal)) as program:
        return {} if program is None else {"hledger-textual: start": [_ms_until_seen(program, "Transactions")]}


def _folder(book: Book, name: str) -> Path:
    return book.home.parent / "peers" / name


def _program(book: Book, name: str) -> Path:
    return _folder(book, name) / "bin" / name


def _python(least: int) -> str | None:
    """An interpreter that is new enough and runs."""
    if sys.version_info >= (3, least):
        return sys.executable
    for minor in range(NEWEST_PYTHON, least - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
            return found
    return None


@contextmanager
def _started(book: Book, name: str, *arguments: str) -> Iterator[PtyDesk | None]:
    """The program in a terminal, or none where it could not be installed."""
    if not _program(book, name).exists():
        yield None
        return
    with PtyDesk(
        [str(_program(book, name)), *arguments], env=book.environment, cwd=book.home, size=book.size
    ) as program:
        yield program


def _moved(name: str, program: PtyDesk, down: str = DOWN) -> dict[str, list[float]]:
    """Milliseconds from cursor keys and pages to the last thing they painted."""
    program.read_until_idle()
    return {
        f"{name}: cursor": [press(program, down).ms for _ in range(MOVES)],
        f"{name}: paged": [press(program, key).ms for key in PAGES],
    }


def _ms_until_seen(program: PtyDesk, text: str) -> float:
    program.wait_for(text, PATIENCE_S)
    return ms_until(program, program.started_s, lambda picture: text in picture)


def _ms_of(program: PtyDesk, keys: str, text: str) -> float:
    start_s = time.monotonic()
    program.send(keys)
    program.wait_for(text, PATIENCE_S)
    return ms_until(program, start_s, lambda picture: text in picture)


_FLOORS = {"start": "textual: label", "cursor": "floor: one character", "paged": "floor: whole screen", "search": ""}
_SAYS = {
    "start": "start → usable",
    "cursor": "cursor key → all is painted",
    "paged": "page → all is painted",
    "search": "search of the last account → its row",
}
# What is measured elsewhere by another name.
OURS = {"desk: start": "desk: usable"}
MEASUREMENT = Measurement(
    scenarios=(bare_textual, one_character, whole_screen, log_in, desk, visidata, harlequin, posting, hledger_textual),
    figures=tuple(
        Figure("", f"{_SAYS[what]}: {name}", OURS.get(f"{name}: {what}", f"{name}: {what}"), floor=floor)
        for what, floor in _FLOORS.items()
        for name in ("desk", *PEERS)
    ),
)
