"""Whether anybody has changed the database since it was last asked, from a connection that is kept for it."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui_billing.store.engine import Store


class DatabaseChanges:
    """Reads no row, whatever has changed; who asks while another is at it, waits."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # A desk that is left while its database is slow leaves a thread behind that still asks.
        self._asking = RLock()
        self._connection: Connection | None = None
        self._version: object = None

    def poll(self) -> bool:
        """Whether something has changed, or may have: the first time, and after the database was away.

        Raises `StoreUnavailable` if the database does not answer.
        """
        with self._asking:
            before = self._version
            self._version = None
            try:
                with self._store.telling_failures():
                    if self._connection is None:
                        self._connection = self._store.kept_connection()
                    self._version = self._store.version(self._connection)
            finally:
                if self._version is None:
                    self.close()
            return self._version != before

    def close(self) -> None:
        """Give the connection up; the next poll makes another one."""
        connection, self._connection, self._version = self._connection, None, None
        if connection is not None:
            connection.invalidate()
            connection.close()
