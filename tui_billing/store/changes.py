"""Whether anybody has changed the database since it was last asked, from a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

if TYPE_CHECKING:
    from tui_billing.store.engine import Store


class DatabaseChanges:
    """Asked by one thread at a time; reads no row, whatever has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._version: int | None = None

    def poll(self) -> bool:
        """Whether something has changed, or may have: the first time, and after the database was away.

        Raises `StoreUnavailable` if the database does not answer.
        """
        version = None
        try:
            with self._store.telling_failures():
                version = self._version_now()
        finally:
            if version is None:
                self.close()
        changed, self._version = version != self._version, version
        return changed

    def close(self) -> None:
        """Give the connection up; the next poll makes another one."""
        connection, self._connection, self._version = self._connection, None, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _version_now(self) -> int:
        if self._connection is None:
            self._connection = self._store.connection()
        # It counts what other connections commit, also this process's own, and stands still within a transaction.
        version: int = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._connection.rollback()
        return version
