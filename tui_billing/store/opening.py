"""Opening a database by its URL; what only one kind of database needs is imported for it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_billing.domain.database_urls import is_postgresql

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui_billing.store.engine import Store
    from tui_billing.store.postgresql import PostgresqlStore
    from tui_billing.store.sqlite import SqliteStore


def create(url: str, fill: Callable[[Connection], None], training: bool = False) -> None:
    """Make the tables and first rows, whole or not at all; `SetUpRefused` if they are there already."""
    _kind(url).create(url, fill, training)


def open_store(url: str) -> Store:
    """Open an existing database; `NotFound` if there is none, `SetUpRefused` if it is not one to be used."""
    return _kind(url).open(url)


def exists(url: str) -> bool:
    """Whether there is something at this URL, be it a database of ours or not."""
    return _kind(url).exists(url)


def migrate(url: str) -> str:
    """Give an existing database today's tables; says what was done, or that there was nothing to do."""
    return _kind(url).migrate(url)


def _kind(url: str) -> type[PostgresqlStore | SqliteStore]:
    if is_postgresql(url):
        from tui_billing.store.postgresql import PostgresqlStore

        return PostgresqlStore
    from tui_billing.store.sqlite import SqliteStore

    return SqliteStore
