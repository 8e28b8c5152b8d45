"""A SQLite file: opened safely, made whole or not at all, synced at each commit."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack, closing
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from tui_billing.domain.errors import NotFound, SetUpRefused, StoreBusy, StoreUnavailable
from tui_billing.store.engine import Store, refusing_set_up
from tui_billing.store.prepared import on_driver
from tui_billing.store.schema_version import APPLICATION_ID, SCHEMA_VERSION, TRAINING_APPLICATION_ID, refuse_newer
from tui_billing.store.sqlite_paths import application_id, identity, refuse_readable_by_others, sqlite_path
from tui_billing.store.sqlite_turns import BUSY_TIMEOUT_S, Turns

WRITE, TURN, PLACE = "BEGIN IMMEDIATE", "turn", "place"
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # WAL with NORMAL syncs nothing at commit: an acknowledged payment must survive a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
# Of a file that has no name yet: nobody waits for it, it is synced as a whole, and one that is not finished is removed.
FILLING = (
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -262144",
)
BUSY = 5
# SQLite's codes of a file that fails: busy, read-only, I/O error, corrupt, disk full, cannot open, no database.
DAMAGED = (11, 26)
FAILING = frozenset({BUSY, 8, 10, 13, 14, *DAMAGED})


class SqliteStore(Store):
    """A database in one file, whose writers take turns."""

    def __init__(self, path: Path, *pragmas: str, filling: bool = False) -> None:
        self.path = path
        self._pragmas = FILLING if filling else (*PRAGMAS, *pragmas)
        self._file: tuple[int, int] | None = None
        self._turns = Turns(path)
        # Kept as they are: to open one anew from the pool takes longer than most of what is read. The first of those
        # that are free again, as it has most in memory: what another one has written would have to be read. Threads
        # share the heap without a lock, as a call of `heapq` is one step for them.
        self._idle: list[tuple[int, Connection]] = []
        self._count = count()
        engine = create_engine(
            f"sqlite:///{path}",
            creator=self._open_file,
            isolation_level=None,
            # As many as there are threads: who waited for one would not see those that are idle here.
            max_overflow=-1,
            pool_reset_on_return=None,
            # An error's text goes to the log, and the values may be names and password hashes.
            hide_parameters=True,
        )
        event.listen(engine, "checkin", lambda _, record: _end_turn(record.info))
        super().__init__(str(path), engine)

    @classmethod
    def create(
        cls,
        url: str,
        fill: Callable[[Connection], None],
        training: bool = False,
        take_place: Callable[[Path], object] | None = None,
    ) -> None:
        """Make a database with its tables and first rows, whole or not at all.

        Raises `SetUpRefused` if a file is there, unless `take_place` puts the new one where that is: once it is whole
        and on the disk.
        """
        # Only now, as most desks make no database.
        from tui_billing.store.schema import create_schema
        from tui_billing.store.sqlite_files import MODE, NEW_FILE, sync, unfinished

        path = sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with unfinished(path) as new:
            os.close(os.open(new, NEW_FILE, MODE))
            try:
                with closing(cls(new, filling=True)) as store:
                    with store.writing() as connection:
                        create_schema(connection)
                        mark(connection, training)
                        fill(connection)
                    with store._connect(writes=False) as connection:
                        on_driver(connection, "PRAGMA journal_mode = WAL")
                sync(new)
                if take_place is None:
                    os.link(new, path)
                else:
                    take_place(new)
                sync(path.parent)
            except StoreUnavailable as fault:
                raise SetUpRefused(fault.sentence) from fault
            except FileExistsError:
                raise SetUpRefused(f"{path} is there already. Open it, or name another file.") from None

    @classmethod
    def open(cls, url: str) -> SqliteStore:
        """Open an existing database; raises `SetUpRefused` if others could read it or it is not one of ours."""
        path = sqlite_path(url)
        if not path.exists():
            raise NotFound(f"There is no database at {path}. Make one with: tui-billing --database {url} init")
        # Read from the file itself: connecting would already change a database that is not ours.
        if application_id(path) not in (APPLICATION_ID, TRAINING_APPLICATION_ID):
            raise SetUpRefused(f"{path} is not a tui-billing database. Name another file.")
        refuse_readable_by_others(path)
        with ExitStack() as failed:
            store = cls(path)
            failed.callback(store.close)
            store._file = identity(path)
            store._bring_up_to_date()
            failed.pop_all()
        return store

    @classmethod
    def migrate(cls, url: str) -> str:
        """Opening it does."""
        store = cls.open(url)
        store.close()
        return store.upgraded or f"{store.path} is up to date."

    @classmethod
    def exists(cls, url: str) -> bool:
        """Whether there is such a file."""
        return sqlite_path(url).exists()

    def is_training(self) -> bool:
        """Whether this is a demo or training database."""
        with self.reading() as connection:
            return bool(connection.execute(text("PRAGMA application_id")).scalar_one() == TRAINING_APPLICATION_ID)

    def copy_to(self, file: Path, progress: Callable[[int, int], None]) -> None:
        """Write one state of the database into a new file, while others work with it."""
        from tui_billing.store.sqlite_files import copy_file

        copy_file(self.path, file, progress)

    def version(self, connection: Connection) -> object:
        """SQLite counts for each connection what others commit, be they of this process or not."""
        self._refuse_moved()
        return on_driver(connection, "PRAGMA data_version").fetchone()[0]

    def kept_connection(self) -> Connection:
        """A connection of its own: what the others have in memory is for those who read rows."""
        self._refuse_moved()
        return self._engine.connect()

    def _refuse_moved(self) -> None:
        if self._file is not None and identity(self.path) != self._file:
            # What is written to a file without a name would be gone with the last connection.
            raise StoreUnavailable(f"{self.path} has been moved, replaced or deleted. Nothing was done.")

    def _connect(self, *, writes: bool) -> Connection:  # noqa: ARG002 -- they differ when they begin
        self._refuse_moved()
        try:
            return heappop(self._idle)[1]
        except IndexError:
            connection = self._engine.connect()
            connection.info.setdefault(PLACE, next(self._count))
            return connection

    def _put_back(self, connection: Connection) -> None:
        _end_turn(connection.info)
        heappush(self._idle, (connection.info[PLACE], connection))

    def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop()[1].close()
        super().close()

    def _begin(self, connection: Connection, *, writes: bool) -> None:
        # A file that has no name yet has one writer.
        if writes and self._file is not None:
            connection.info[TURN] = self._turns.take()
        # The driver begins nothing, and SQLAlchemy's event for it would slow every statement down.
        # With the write lock from its start, what a transaction read is still so when it commits.
        on_driver(connection, WRITE if writes else "BEGIN")

    def _failure(self, error: DBAPIError, *, committing: bool) -> StoreUnavailable | None:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code not in FAILING:
            return None
        if code in DAMAGED:
            return StoreUnavailable(
                f"{self.path} is damaged: {error.orig}. Put a backup in its place: tui-billing restore."
            )
        kind = StoreBusy if code == BUSY and not committing else StoreUnavailable
        return kind(f"{self.path} cannot be used: {error.orig}. Try again.")

    def _open_file(self) -> Any:
        import sqlite3

        os.umask(0o077)
        # Never creating: a file that is gone is not replaced by an empty one.
        uri = f"file:{quote(str(self.path))}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in self._pragmas:
                connection.execute(pragma)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _version_of_tables(self, connection: Connection) -> object:
        file: Any = connection.connection.driver_connection
        return file.execute("PRAGMA user_version").fetchone()[0]

    def _bring_up_to_date(self) -> None:
        with refusing_set_up():
            with self.reading() as connection:
                version = connection.execute(text("PRAGMA user_version")).scalar_one()
            if version < SCHEMA_VERSION:
                # Only now, since Alembic takes a while to import.
                from tui_billing.store.sqlite_upgrade import upgrade_file

                self.upgraded = upgrade_file(self.path)
        refuse_newer(self.name, version)
        self._opened_version = SCHEMA_VERSION


def mark(connection: Connection, training: bool) -> None:
    """Write into the file that it is ours, whether it is for training, and of which schema."""
    connection.execute(text(f"PRAGMA application_id = {TRAINING_APPLICATION_ID if training else APPLICATION_ID}"))
    connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))


def _end_turn(info: dict[Any, Any]) -> None:
    """End the turn that a connection has, if any."""
    if (turn := info.pop(TURN, None)) is not None:
        turn.close()
