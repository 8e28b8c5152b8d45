"""Putting a copy of a backup in the place of a SQLite file, which is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from tui_billing.domain.errors import NotFound, NotSaved, SetUpRefused
from tui_billing.store.checking import Difference, refuse_differences
from tui_billing.store.checks.likeness import unlike_new
from tui_billing.store.schema_version import APPLICATION_ID, TRAINING_APPLICATION_ID, refuse_newer
from tui_billing.store.sqlite import SqliteStore
from tui_billing.store.sqlite_files import copy_file, free_name, held, opened, publish, settle, sync, unfinished
from tui_billing.store.sqlite_paths import SQLITE_OWN, application_id

OURS = {APPLICATION_ID, TRAINING_APPLICATION_ID}


@contextmanager
def copied(file: Path, path: Path, progress: Callable[[int, int], None]) -> Iterator[Path]:
    """A copy of a backup, beside the database whose place it is to take; nothing of it is left at the end."""
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    if application_id(file) not in OURS:
        raise SetUpRefused(f"{file} is not a tui-billing database. Name another file.")
    # What is damaged may say anything, and is what a backup is for.
    if path.exists() and application_id(path) in OURS - {application_id(file)}:
        raise SetUpRefused(f"Of {file} and {path} one is for training and one is not. Name another file.")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with unfinished(path) as copy:
        copy_file(file, copy, progress)
        with opened(copy) as tables:
            refuse_newer(str(file), tables.execute("PRAGMA user_version").fetchone()[0])
        _refuse_made_otherwise(copy)
        yield copy


def put_in_place(copy: Path, path: Path) -> Path | None:
    """Let the copy take the name of the database; gives the name under which the database itself is kept."""
    settle(copy)
    if path.exists():
        if path.stat().st_nlink > 1:
            raise NotSaved(f"{path} has another name too (a hard link), and would go on there. Remove that name first.")
        with held(path):
            return _exchanged(copy, path)
    publish(copy, path)
    return None


def record_in_place(saved: Path, record: Path) -> Path | None:
    """Do the same with the sandbox's record, where one was saved with the database."""
    if not saved.exists():
        return None
    with unfinished(record) as copy:
        copy_file(saved, copy)
        return put_in_place(copy, record)


def _refuse_made_otherwise(copy: Path) -> None:
    """Raise `BooksDiffer` if it is not made as its version is, before anything is written that could fire a trigger."""
    with closing(SqliteStore.open(str(copy))) as store, store.reading() as connection:
        refuse_differences([Difference(*each) for each in unlike_new(connection)])


def _exchanged(copy: Path, path: Path) -> Path:
    kept = free_name(path.with_name(f"{path.name}.before-restore"))
    os.link(path, kept)
    # Left by a database that could not be opened: they must never be taken for a part of the new one.
    for suffix in SQLITE_OWN:
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{suffix}").rename(kept.with_name(f"{kept.name}{suffix}"))
    copy.replace(path)
    sync(path.parent)
    return kept
