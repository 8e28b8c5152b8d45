"""A database: real transactions, off the event loop, and failures in sentences."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tui_billing.domain.errors import SetUpRefused, StoreBusy, StoreUnavailable
from tui_billing.store.changes import DatabaseChanges
from tui_billing.store.payment_ids import PaymentIds
from tui_billing.store.prepared import as_of_core

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class Store(ABC):
    """One database: hands out transactions, and what its users need between them. Each kind is a class beside it."""

    # How long a use case that is told apart by its key is asked again after a commit that got no answer.
    patience_s: int = 0
    # What opening it has done to its tables, for people; nothing as a rule.
    upgraded = ""
    # The version of its tables once it is open; a newer program may upgrade them under an open desk.
    _opened_version: object = None

    def __init__(self, name: str, engine: Engine) -> None:
        # For people: it holds no password.
        self.name = name
        self.changes = DatabaseChanges(self)
        self.payment_ids = PaymentIds()
        self._engine = engine

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        return self._transaction(writes=False)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that changes the database, whole or not at all.

        Whatever it decides on it must hold first (`store.accounts.hold`, `store.turns`): SQLite holds everything
        from the start, PostgreSQL holds only what it is told to.
        """
        return self._transaction(writes=True)

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        committing = False
        with self.telling_failures(lambda: committing):
            connection, ended = self._connect(writes=writes), False
            try:
                transaction = connection.begin()
                self._begin(connection, writes=writes)
                if self._opened_version is not None:
                    self._refuse_other_tables(connection)
                yield connection
                committing = writes
                transaction.commit()
                if writes:
                    self._confirm(connection)
                ended = True
            finally:
                if ended:
                    self._put_back(connection)
                else:
                    connection.close()

    @contextmanager
    def telling_failures(self, committing: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Raise what an error of the database means to its users."""
        assert not _on_event_loop(), "database work on the event loop"
        try:
            yield
        except (DBAPIError, self._engine.dialect.loaded_dbapi.Error) as error:
            # The driver's own comes from rows that are read as they are asked for.
            known = error if isinstance(error, DBAPIError) else as_of_core(self._engine.dialect, error)
            failure = self._failure(known, committing=committing())
            if failure is None:
                raise
            raise failure from None
        except PoolTimeout:
            raise StoreBusy(f"{self.name} is busy. Nothing was done; try again.") from None

    def close(self) -> None:
        """Close every connection."""
        self.changes.close()
        self._engine.dispose()

    @abstractmethod
    def is_training(self) -> bool:
        """Whether this is a demo or training database."""

    def kept_connection(self) -> Connection:
        """A connection that is asked for the `version` again and again."""
        return self._connect(writes=False)

    @abstractmethod
    def version(self, connection: Connection) -> object:
        """What differs from the last time on this connection if anything has been committed since."""

    @abstractmethod
    def copy_to(self, file: Path, progress: Callable[[int, int], None]) -> None:
        """Write one state of the database into a new file, while others work with it."""

    @abstractmethod
    def _connect(self, *, writes: bool) -> Connection:
        """A connection whose next transaction is of this kind."""

    def _put_back(self, connection: Connection) -> None:
        """Take back a connection whose transaction has ended well."""
        connection.close()

    def _begin(self, connection: Connection, *, writes: bool) -> None:  # noqa: B027 -- most drivers begin by themselves
        """Begin a transaction of this kind, where the driver does not."""

    def _refuse_other_tables(self, connection: Connection) -> None:
        """Raise `StoreUnavailable` if a newer program has upgraded the tables since this one opened them."""
        if self._version_of_tables(connection) != self._opened_version:
            raise StoreUnavailable(
                f"{self.name} was upgraded by a newer tui-billing. Nothing was done. Leave this desk and open it with"
                " that one."
            )

    @abstractmethod
    def _version_of_tables(self, connection: Connection) -> object:
        """The version of the tables, which stays as it is until the connection's transaction ends."""

    def _confirm(self, connection: Connection) -> None:  # noqa: B027 -- most databases keep what they commit
        """Raise `StoreUnanswered` if what has just been committed may not be kept."""

    @abstractmethod
    def _failure(self, error: DBAPIError, *, committing: bool) -> StoreUnavailable | None:
        """What an error of the database means to its users; nothing if it is a fault of the program."""


@contextmanager
def refusing_set_up() -> Iterator[None]:
    """Raise what keeps a database from being opened, made or upgraded as `SetUpRefused`."""
    try:
        yield
    except StoreUnavailable as fault:
        raise SetUpRefused(fault.sentence) from fault


def _on_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
