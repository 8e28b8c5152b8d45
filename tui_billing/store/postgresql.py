"""A PostgreSQL database: many desks on many hosts at once, a lost server survived, nothing left unknown unsaid."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError

from tui_billing.domain.database_urls import shown_url
from tui_billing.domain.errors import NotFound, NotSaved, SetUpRefused, StoreBusy, StoreUnanswered, StoreUnavailable
from tui_billing.store.engine import Store, refusing_set_up
from tui_billing.store.prepared import on_driver, together
from tui_billing.store.schema_version import MARKER, SCHEMA_VERSION, refuse_newer
from tui_billing.store.turns import Turn, take, take_any_time

POOL_SIZE, MAX_OVERFLOW, POOL_TIMEOUT_S = 5, 10, 10
MARKER_TABLE = f"""
    CREATE TABLE {MARKER} (
        training boolean NOT NULL, schema_version integer NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one))
"""
CONTENDED = ("40001", "40P01", "55P03")
CANCELLED, UNDEFINED_TABLE, NOT_ALLOWED, READ_ONLY = "57014", "42P01", "42501", "25006"
# The server or the way to it failed: insufficient resources, operator intervention, system error, corrupt data.
FAILING = ("08", "53", "57P", "58", "25P03", "XX001", "XX002")
# Of these the server has said that the transaction was not kept; after any other failure at a commit nobody knows.
ANSWERED = ("53", "58")
# A connection that was at work so lately is there as surely as one that has just been asked whether it is.
SURE_FOR_S, USED_AT = 1, "used at"
# What a commit that no longer waits for the standbys says, though it succeeds.
WARNING = "01000"


class PostgresqlStore(Store):
    """A database on a server, whose writers hold the rows that they decide on."""

    patience_s = 20

    def __init__(self, url: str) -> None:
        try:
            from tui_billing.store.postgresql_connection import open_connection, refuse_unreadable
        except ImportError:
            raise SetUpRefused(
                "PostgreSQL needs a package that is not installed. Install it with: pip install 'tui-billing[postgres]'"
            ) from None
        refuse_unreadable(url)
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: open_connection(url, self.name),
            pool_size=POOL_SIZE,
            max_overflow=MAX_OVERFLOW,
            pool_timeout=POOL_TIMEOUT_S,
            pool_use_lifo=True,
            use_native_hstore=False,
            # An error's text goes to the log, and the values may be names and password hashes.
            hide_parameters=True,
        )
        event.listen(engine, "connect", _note_warnings)
        _ask_after_a_pause(engine)
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Held rows keep it exact, and a statement sees what those who held them before have done.
        self._writer = engine.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
        super().__init__(shown_url(url), engine)

    @classmethod
    def create(cls, url: str, fill: Callable[[Connection], None], training: bool = False) -> None:
        """Make the tables and first rows in a database of the server, whole or not at all."""
        # Only now, as most desks make no database.
        from tui_billing.store.schema import create_schema

        with refusing_set_up(), closing(cls(url)) as store, store.writing() as connection:
            take_any_time(connection)
            take(connection, Turn.SCHEMA)
            store._refuse_taken(connection)
            create_schema(connection)
            mark(connection, training)
            fill(connection)

    @classmethod
    def open(cls, url: str) -> PostgresqlStore:
        """Open a database that has our tables; `NotFound` if it has none, `SetUpRefused` if it cannot be used."""
        store = cls(url)
        with ExitStack() as failed:
            failed.callback(store.close)
            store._refuse_another_schema()
            store._opened_version = SCHEMA_VERSION
            failed.pop_all()
        return store

    @classmethod
    def migrate(cls, url: str) -> str:
        """Give it today's tables; of several who do so at once, one does it and the others find it done."""
        from tui_billing.store.postgresql_upgrade import upgrade_database

        with refusing_set_up(), closing(cls(url)) as store:
            with store.reading() as connection:
                if not _has_tables(connection):
                    raise store._without_tables()
            return upgrade_database(store)

    @classmethod
    def exists(cls, url: str) -> bool:
        """Whether the database has been made one of ours; whatever else is in it, `create` refuses by name."""
        with refusing_set_up(), closing(cls(url)) as store, store.reading() as connection:
            return _has_tables(connection)

    def is_training(self) -> bool:
        """Whether this is a demo or training database."""
        return self._marks()[0]

    def version(self, connection: Connection) -> object:
        """Which transactions are over: with NOTIFY those who write would wait for each other's commits."""
        version = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
        connection.rollback()
        return version

    def copy_to(self, file: Path, progress: Callable[[int, int], None]) -> None:  # noqa: ARG002
        """Refuse: the server's own programs do this better."""
        raise NotSaved(
            f"{self.name} is saved with PostgreSQL's own pg_dump and put back with pg_restore. See docs/operations.md."
        )

    def _connect(self, *, writes: bool) -> Connection:
        connection = (self._writer if writes else self._reader).connect()
        connection.info.pop(WARNING, None)
        return connection

    def _version_of_tables(self, connection: Connection) -> object:
        # An upgrade waits for whoever holds this lock, and is waited for before a snapshot is taken.
        with together(connection):
            on_driver(connection, f"LOCK TABLE {MARKER} IN ACCESS SHARE MODE")
            found = on_driver(connection, f"SELECT schema_version FROM {MARKER}")  # noqa: S608
        return found.fetchone()[0]

    def _confirm(self, connection: Connection) -> None:
        if connection.info.pop(WARNING, False):
            raise StoreUnanswered(
                f"{self.name} has not made sure that a second server has this too. Whether it is kept is not known."
            )

    def _failure(self, error: DBAPIError, *, committing: bool) -> StoreUnavailable | None:
        state = getattr(error.orig, "sqlstate", None)
        if state in CONTENDED:
            return StoreBusy(f"{self.name} is busy: others are working on the same rows. Nothing was done; try again.")
        if state == NOT_ALLOWED:
            return StoreUnavailable(
                f"{self.name} does not allow its user to do this. Nothing was done. Ask the database's administrator."
            )
        if state == CANCELLED:
            return StoreUnavailable(f"{self.name} took too long. Nothing was done; try again.")
        lost = isinstance(error, OperationalError) if state is None else state.startswith(FAILING)
        if state == READ_ONLY:
            # This server is no longer the one to write to: none of the connections to it is of use.
            self._engine.dispose()
        elif not lost:
            return None
        if committing and not (state or "").startswith(ANSWERED):
            return StoreUnanswered(f"{self.name} did not answer at the last step. Whether this was done is not known.")
        reason = "" if error.orig is None else str(error.orig).partition("\n")[0].strip()
        return StoreUnavailable(f"{self.name} cannot be used now ({reason}). Nothing was done; try again.")

    def _marks(self) -> tuple[bool, int]:
        with self.reading() as connection:
            marks = connection.execute(text(f"SELECT training, schema_version FROM {MARKER}")).one()  # noqa: S608
            return bool(marks.training), int(marks.schema_version)

    def _refuse_another_schema(self) -> None:
        try:
            with refusing_set_up():
                _, version = self._marks()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != UNDEFINED_TABLE:
                raise
            raise self._without_tables() from None
        refuse_newer(self.name, version)
        if version < SCHEMA_VERSION:
            raise SetUpRefused(
                f"{self.name} was made by an earlier tui-billing: its tables are of version {version}, and this one"
                f" needs {SCHEMA_VERSION}. Close all desks, save it with pg_dump, then run, as the owner of the tables:"
                " tui-billing migrate"
            )

    def _without_tables(self) -> NotFound:
        return NotFound(f"{self.name} has no tables of tui-billing. Make them with: tui-billing init")

    def _refuse_taken(self, connection: Connection) -> None:
        if _has_tables(connection):
            raise SetUpRefused(f"{self.name} has the tables of tui-billing already. Open it, or name another database.")
        from tui_billing.store.postgresql_names import taken_name

        if (taken := taken_name(connection)) is not None:
            raise SetUpRefused(f"{self.name} has a {taken} that is not tui-billing's. Name an empty database.")
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise SetUpRefused(f"{self.name} keeps its text as {encoding}. Name a database that was made with UTF8.")


def mark(connection: Connection, training: bool) -> None:
    """Write into the database that it is ours, whether it is for training, and of which schema."""
    connection.execute(text(MARKER_TABLE))
    values = {"training": training, "version": SCHEMA_VERSION}
    connection.execute(text(f"INSERT INTO {MARKER} VALUES (:training, :version)"), values)  # noqa: S608


def _has_tables(connection: Connection) -> bool:
    return MARKER in inspect(connection).get_table_names()


def _note_warnings(dbapi_connection: Any, record: Any) -> None:
    def note(diagnostic: Any) -> None:
        if diagnostic.sqlstate == WARNING:
            record.info[WARNING] = True

    dbapi_connection.add_notice_handler(note)


def _ask_after_a_pause(engine: Engine) -> None:
    """Have a connection that was left alone answer before it is used; if it does not, the pool begins anew."""

    def note_use(dbapi_connection: Any, record: Any) -> None:  # noqa: ARG001
        record.info[USED_AT] = monotonic()

    def ask(dbapi_connection: Any, record: Any, proxy: Any) -> None:  # noqa: ARG001
        if monotonic() - record.info[USED_AT] < SURE_FOR_S:
            return
        try:
            engine.dialect.do_ping(dbapi_connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", note_use)
    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", ask)
