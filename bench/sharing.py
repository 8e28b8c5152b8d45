"""Four desks that record payments in one SQLite file at once, beside one that does so alone; and their rows alone."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from itertools import chain
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import quantiles

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.floors.raw_payment import RawPayments, connected
from bench.fresh import fresh_folder
from tests.desk_fixtures import CORPORATE, Desk, opened_in
from tui_billing.domain.idempotency import new_key
from tui_billing.services.requests import RecordRequest
from tui_billing.store.sqlite_turns import Turns

DESKS = 4
LASTS_S = 4.0
# Of the half millisecond that a payment takes alone, what is not its turn.
OUT_OF_TURN_S = 0.00007

Prepare = Callable[[Desk], Callable[[], object]]
"""Prepares what posts one payment each time it is called."""


def desks(book: Book) -> Samples:
    """One, then four."""
    alone, together = _posted(book, 1, _record), _posted(book, DESKS, _record)
    return {
        "one: each": [LASTS_S * 1000 / len(alone)],
        "four: each": [LASTS_S * 1000 / len(together)],
        "four: p99": [quantiles(together, n=100, method="inclusive")[-1]],
        "four: slowest": [max(together)],
    }


def rows_alone(book: Book) -> Samples:
    """The same turns, in which the driver writes the rows and nothing else is done."""
    alone, together = _posted(book, 1, _write_rows), _posted(book, DESKS, _write_rows)
    return {
        "one, rows: each": [LASTS_S * 1000 / len(alone)],
        "four, rows: each": [LASTS_S * 1000 / len(together)],
    }


def _posted(book: Book, count: int, prepare: Prepare) -> list[float]:
    """What each payment took, in milliseconds; the sums that desks leave are held against the entries."""
    context = get_context("spawn")
    start, answers = context.Barrier(count), context.Queue()
    with fresh_folder(book) as directory:
        with opened_in(directory) as desk:
            desk.invoice("90,000,000.00")
            desk.record("10.00")
        processes = [context.Process(target=_post, args=(prepare, directory, start, answers)) for _ in range(count)]
        for process in processes:
            process.start()
        took = list(chain.from_iterable(answers.get() for _ in processes))
        for process in processes:
            process.join()
        if prepare is _record:
            with opened_in(directory) as desk:
                desk.assert_books_are_right()
    return took


def _post(prepare: Prepare, directory: Path, start: Barrier, answers: Queue[list[float]]) -> None:
    with opened_in(directory) as desk:
        post, took = prepare(desk), []
        gc.freeze()
        start.wait()
        begun_s = before_s = time.perf_counter()
        while before_s < begun_s + LASTS_S:
            post()
            now_s = time.perf_counter()
            took.append((now_s - before_s) * 1000)
            before_s = now_s
        answers.put(took)


def _record(desk: Desk) -> Callable[[], object]:
    """A payment through the service."""
    record, session = desk.services.payments.record, desk.finance
    return lambda: record(session, CORPORATE, RecordRequest("10.00", reference="TRF 1"), new_key())


def _write_rows(desk: Desk) -> Callable[[], object]:
    """Its rows by the driver, in the turns of desks, and out of them for as long as a desk is."""
    turns, post = Turns(desk.path), RawPayments(connected(desk.path), "BEGIN IMMEDIATE", ":{}").post

    def write() -> None:
        turn = turns.take()
        post()
        turn.close()
        ready_s = time.perf_counter() + OUT_OF_TURN_S
        while time.perf_counter() < ready_s:
            pass

    return write


MEASUREMENT = Measurement(
    scenarios=(desks, rows_alone),
    figures=(
        Figure("14", "time for each payment, four desks at it", "four: each", floor="one: each", most_ratio=1.11),
        Figure("14", "… the rows alone, by `sqlite3` in the same turns", "four, rows: each", floor="one, rows: each"),
        Figure("14", "… 99 of 100 wait no longer than", "four: p99", most=10),
        Figure("14", "… the slowest", "four: slowest", most=250, worst_counts=True),
    ),
)
