"""Whether anybody has changed the database since it was last asked, from a connection that is kept for it."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from tui_billing.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui_billing.store.engine import Store


class DatabaseChanges:
    """Reads no row, whatever has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # A desk that is left while its database is slow leaves a thread behind that still asks.
        self._asking = RLock()
        self._connection: Connection | None = None
        self._polled: object = None

    def poll(self) -> bool:
        """Whether something has changed, or may have: the first time, and after the database was away.

        Raises `StoreUnavailable` if the database does not answer.
        """
        with self._asking:
            before, self._polled = self._polled, self._asked()
            return self._polled != before

    def version(self) -> object:
        """What is no longer the same once anybody has changed something, or may have."""
        # A poll that hangs would hold a payment up, and a connection that has gone would refuse it.
        if not self._asking.acquire(blocking=False):
            return object()
        try:
            return self._asked()
        except StoreUnavailable:
            return object()
        finally:
            self._asking.release()

    def close(self) -> None:
        """Give the connection up; the next time another one is made."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _asked(self) -> object:
        version = None
        try:
            with self._store.telling_failures():
                connection = self._connection = self._connection or self._store.kept_connection()
                version = self._store.version(connection)
        finally:
            if version is None:
                self.close()
        # Versions of different connections cannot be compared.
        return connection, version
