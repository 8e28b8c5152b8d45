"""Backups: copies of a whole database that have passed the check, and what is put in its place again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from tui_billing.config import record_beside
from tui_billing.domain.access import Permission
from tui_billing.domain.database_urls import shown_url
from tui_billing.domain.errors import NotSaved
from tui_billing.domain.text import shown
from tui_billing.services.permissions import requires
from tui_billing.services.progress import Progress, ignore_progress
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import opening
from tui_billing.store.checking import differences, refuse_differences
from tui_billing.store.sqlite_paths import BESIDE


@dataclass(frozen=True, slots=True)
class Backup:
    """What was saved: the database, and the sandbox's record where there is one."""

    file: Path
    record: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backups(Service):
    """Saving the whole database; `record` is where the sandbox keeps its own of it."""

    record: Path

    @requires(Permission.FINANCE)
    def backup(self, session: OperatorSession, file: Path, progress: Progress = ignore_progress) -> Backup:
        """Save the database as a file, while others go on working; it gets its name once it has passed the check.

        Raises `NotSaved` if the file is there or cannot be written, and `BooksDiffer` if the check finds something.
        """
        # Only now, as below: every desk has this service, and few ever use it.
        from tui_billing.store.sqlite_files import copy_file, publish, unfinished

        file = file.absolute()
        if file.name.endswith(BESIDE):
            raise NotSaved(
                f"{shown(str(file))} has the ending of a file that SQLite keeps beside another. Name it otherwise."
            )
        record = record_beside(file) if self.record.exists() else None
        _refuse_taken(file, record)
        try:
            with unfinished(file) as copy:
                self.store.copy_to(copy, progress)
                self._check(copy)
                # After the database: a gateway may know more than the ledger, which then asks it, but never less.
                if record is not None:
                    with unfinished(record) as record_copy:
                        copy_file(self.record, record_copy)
                        publish(record_copy, record)
                publish(copy, file)
        except OSError as error:
            raise NotSaved(f"{shown(str(file))} cannot be written: {error.strerror}.") from None
        with self.store.writing() as connection:
            self.audit(connection, session, "backup", file.name, f"done: {file.stat().st_size} bytes")
        return Backup(file, record)

    @requires(Permission.FINANCE)
    def restore(self, session: OperatorSession, file: Path) -> None:
        """Check this database, a copy of a backup that is about to be put in place, and log that it is."""
        with self.store.reading() as connection:
            refuse_differences(differences(connection))
        with self.store.writing() as connection:
            self.audit(connection, session, "restore", file.name, "done")

    @requires(Permission.FINANCE)
    def copy(
        self, session: OperatorSession, to: str, record_to: Path, progress: Progress = ignore_progress
    ) -> dict[str, str]:
        """Copy the whole database into a new one at this URL, of either kind; gives the digest of each table.

        Nothing is there unless every row is, the digests of both are equal, and it passes the check.
        """
        from tui_billing.store.copying import copy_rows
        from tui_billing.store.sqlite_files import copy_file, publish, unfinished

        if opening.exists(to):
            raise NotSaved(f"{shown_url(to)} is there already. Name a new file, or an empty database.")
        digests: dict[str, str] = {}
        if self.record.exists():
            _refuse_taken(record_to, so="It is the sandbox's record of another database: move it away")
            record_to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.store.reading() as source, unfinished(record_to) as record_copy:

            def fill(target: Connection) -> None:
                digests.update(copy_rows(source, target, progress))
                refuse_differences(differences(target))
                self.audit(target, session, "copy", "", f"done: from {self.store.name}")
                if self.record.exists():
                    copy_file(self.record, record_copy)

            opening.create(to, fill, training=self.store.is_training())
            if record_copy.exists():
                publish(record_copy, record_to)
        with self.store.writing() as connection:
            self.audit(connection, session, "copy", "", f"done: to {shown_url(to)}")
        return digests

    def _check(self, copy: Path) -> None:
        from tui_billing.store.sqlite_files import settle

        store = opening.open_store(str(copy))
        try:
            with store.reading() as connection:
                refuse_differences(differences(connection))
        finally:
            store.close()
        settle(copy)


def _refuse_taken(*files: Path | None, so: str = "Name another file") -> None:
    for file in files:
        if file is not None and os.path.lexists(file):
            raise NotSaved(f"{shown(str(file))} is there already. {so}.")
