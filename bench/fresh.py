"""A desk on a database of its own that is gone afterwards, for what writes."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.book import Book
from tests.desk_fixtures import URL_FILE, Clock, Desk, create_desk, opened_in
from tests.postgresql import databases

# As whoever has a large book would have it: the part of the memory that PostgreSQL's manual begins with is a quarter.
ROOMY = ("shared_buffers=1GB", "max_parallel_workers_per_gather=2")


@contextmanager
def fresh_folder(book: Book, url: str | None = None) -> Iterator[Path]:
    """A directory with the database that tests begin with, beside the book or on a server."""
    book.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=book.home) as folder:
        directory = Path(folder)
        if url is not None:
            (directory / URL_FILE).write_text(url)
        create_desk(directory)
        yield directory


@contextmanager
def fresh_desk(book: Book, clock: Clock | None = None) -> Iterator[Desk]:
    """The services on such a database."""
    with fresh_folder(book) as directory, opened_in(directory, clock) as desk:
        yield desk


@contextmanager
def fresh_desk_on_a_server(book: Book) -> Iterator[tuple[Desk, str]]:
    """The same on the PostgreSQL server of this run, and the URL of its database."""
    with empty_database() as url, fresh_folder(book, url) as directory, opened_in(directory) as desk:
        yield desk, url
        # Nobody may be connected to a database that is taken away.
        desk.store.close()


@contextmanager
def empty_database() -> Iterator[str]:
    """The URL of a database with nothing in it, on a PostgreSQL server that is started for this run."""
    _start_server()
    with databases.empty() as url:
        yield url


@cache
def _start_server() -> None:
    databases.prepare_run()
    atexit.register(databases.end_run)
    databases.server(*ROOMY)
