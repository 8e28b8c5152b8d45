"""Lists and searches on PostgreSQL, beside raw psycopg; needs the server's programs on this machine."""

from __future__ import annotations

import atexit
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import cache

import psycopg

from bench import growing, painting, searching
from bench.book import COMMAND, Book, ServedBook
from bench.figures import Figure, Measurement, Samples
from bench.fresh import empty_database
from tui_billing.domain.demo_users import DEMO_PASSWORD

ON = " on PostgreSQL"
ORDERS = {"NUMBER": "number", "NAME": "sort_name, number"}
FOUND = "SELECT * FROM account WHERE number <> '00000000' AND search LIKE %s ORDER BY {} LIMIT 101"


def lists(book: Book) -> Samples:
    """What `painting` measures of the lists, and what `searching` does, with the statements alone beside it."""
    served = _served(book)
    samples = {**painting.lists(served), **searching.fragments(served)}
    for order, columns in ORDERS.items():
        samples[f"raw: {order}"] = _raw(served, FOUND.format(columns))
    return _on_the_server(samples)


def small(book: Book) -> Samples:
    """The small book of `growing`."""
    return _on_the_server(growing.driven("small", _served(growing.small_book(book))))


def large(book: Book) -> Samples:
    """The book itself."""
    return _on_the_server(growing.driven("large", _served(book)))


@cache
def _served(book: Book) -> Book:
    """The book copied to a server for all rounds, with the statistics that its autovacuum would gather."""
    kept = ExitStack()
    url = kept.enter_context(empty_database())
    atexit.register(kept.close)
    subprocess.run(
        [COMMAND, "copy", "--from", str(book.database), "--to", url, "--user", "root"],
        env={"PATH": os.environ["PATH"], "TUI_BILLING_PASSWORD": DEMO_PASSWORD, **book.environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("VACUUM ANALYZE")
    return ServedBook(book.home, book.accounts, book.payments, book.size, url)


def _raw(book: Book, statement: str) -> list[float]:
    """Milliseconds of each search by the driver alone."""
    took = []
    with closing(psycopg.connect(book.url, autocommit=True)) as connection:
        for fragment in searching.fragments_of(book):
            start_s = time.perf_counter()
            connection.execute(statement, (f"%{fragment}%",)).fetchall()
            took.append((time.perf_counter() - start_s) * 1000)
    return took


def _on_the_server(samples: Samples) -> Samples:
    return {f"{name}{ON}": values for name, values in samples.items()}


def _figures() -> Iterator[Figure]:
    """Those of the other modules, with the same bounds; a search beside the driver's own."""
    for figure in (*painting.MEASUREMENT.figures, *growing.MEASUREMENT.figures, *searching.MEASUREMENT.figures):
        if figure.number in ("6", "7", "8", "12"):
            # Floors that paint know no database.
            floor = figure.floor if figure.floor.startswith("floor") else f"{figure.floor}{ON}" if figure.floor else ""
            order, _, what = figure.measures.partition(": ")
            floor = f"raw: {order}{ON}" if what == "each" else floor
            yield replace(figure, says=f"{figure.says}{ON}", measures=f"{figure.measures}{ON}", floor=floor)


MEASUREMENT = Measurement(
    scenarios=(painting.one_character, painting.whole_screen, lists, small, large), figures=tuple(_figures())
)
