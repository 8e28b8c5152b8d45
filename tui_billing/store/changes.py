"""Whether anybody has changed the database since it was last asked, from a connection that is kept for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui_billing.store.engine import Store


class DatabaseChanges:
    """Asked by one thread at a time; reads no row, whatever has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._version: object = None

    def poll(self) -> bool:
        """Whether something has changed, or may have: the first time, and after the database was away.

        Raises `StoreUnavailable` if the database does not answer.
        """
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
