"""Whole SQLite files: copied while others write to them, made ready to be moved, and given their names."""

from __future__ import annotations

import glob
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

from tui_billing.domain.errors import NotSaved, StoreUnavailable
from tui_billing.store.sqlite_turns import BUSY_TIMEOUT_S

PAGES_AT_ONCE = 2_000
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
MODE = 0o600
# SQLite's codes: busy, locked.
LOCKED = (5, 6)


def copy_file(source: Path, target: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> None:  # noqa: ARG005
    """Write one state of a database into a new file for its owner alone, while others may write to the database."""
    os.close(os.open(target, NEW_FILE, MODE))
    with _explained(source), opened(source) as read, opened(target) as written:
        # Held through a transaction of its own: otherwise it would begin anew after whatever somebody writes.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master")
        read.backup(written, pages=PAGES_AT_ONCE, progress=lambda _, left, total: progress(total - left, total))
    settle(target)


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A name beside a file, for what gets that name once it is finished; nothing of it is left at the end."""
    # Not by the number of the process: in another container on the same disk one may have the same.
    name = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield name
    finally:
        name.unlink(missing_ok=True)
        for left in path.parent.glob(f"{glob.escape(name.name)}[-.]*"):
            left.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Make one file of a database that nobody has open: all of it on the disk, and nothing beside it."""
    with _explained(path), opened(path) as file:
        file.execute("PRAGMA journal_mode = DELETE")
    sync(path)


def publish(finished: Path, path: Path) -> None:
    """Give a finished file its name; raises `NotSaved` if that is taken."""
    try:
        # Claimed, not linked: backups go to disks that know no links.
        os.close(os.open(path, NEW_FILE, MODE))
    except FileExistsError:
        raise NotSaved(f"{path} is there already. Name another file.") from None
    finished.replace(path)
    sync(path.parent)


def free_name(path: Path) -> Path:
    """This name, or with the first number behind it that nobody has taken."""
    names = (path if number == 1 else path.with_name(f"{path.name}.{number}") for number in count(1))
    return next(name for name in names if not os.path.lexists(name))


def sync(path: Path) -> None:
    """Wait until a file or a folder's names are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a database that is there, without transactions of its own."""
    uri = f"file:{quote(str(path))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
        yield connection


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep everybody out of a database; raises `NotSaved` if somebody is in it. A damaged one cannot be held."""
    with opened(path) as file:
        try:
            file.execute("PRAGMA busy_timeout = 0")
            file.execute("PRAGMA journal_mode = DELETE")
            file.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in LOCKED:
                raise NotSaved(f"{path} is open in a desk. Close every desk, then try again.") from None
        yield


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be copied: {error}.") from None
