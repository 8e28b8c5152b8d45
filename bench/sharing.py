"""Four desks that record payments in one SQLite file at once, beside one that does so alone."""

from __future__ import annotations

import gc
import time
from itertools import chain
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.fresh import fresh_folder
from tests.desk_fixtures import CORPORATE, opened_in
from tui_billing.services.requests import RecordRequest

DESKS = 4
LASTS_S = 4.0


def desks(book: Book) -> Samples:
    """One, then four; afterwards every sum is held against the entries."""
    alone, together = _posted(book, 1), _posted(book, DESKS)
    return {
        "one: each": [LASTS_S * 1000 / len(alone)],
        "four: each": [LASTS_S * 1000 / len(together)],
        "four: p99": [quantiles(together, n=100, method="inclusive")[-1]],
        "four: slowest": [max(together)],
    }


def _posted(book: Book, count: int) -> list[float]:
    """What each payment of so many desks took, in milliseconds."""
    context = get_context("spawn")
    start, answers = context.Barrier(count), context.Queue()
    with fresh_folder(book) as directory:
        processes = [context.Process(target=_post, args=(directory, start, answers)) for _ in range(count)]
        for process in processes:
            process.start()
        took = list(chain.from_iterable(answers.get() for _ in processes))
        for process in processes:
            process.join()
        with opened_in(directory) as desk:
            desk.assert_books_are_right()
    return took


def _post(directory: Path, start: Barrier, answers: Queue[list[float]]) -> None:
    with opened_in(directory) as desk:
        record, session, took = desk.services.payments.record, desk.finance, []
        record(session, CORPORATE, RecordRequest("10.00"), uuid4().hex)
        gc.freeze()
        start.wait()
        begun_s = before_s = time.perf_counter()
        while before_s < begun_s + LASTS_S:
            record(session, CORPORATE, RecordRequest("10.00", reference="TRF 1"), uuid4().hex)
            now_s = time.perf_counter()
            took.append((now_s - before_s) * 1000)
            before_s = now_s
        answers.put(took)


MEASUREMENT = Measurement(
    scenarios=(desks,),
    figures=(
        Figure("14", "time for each payment, four desks at it", "four: each", floor="one: each", most_ratio=1.11),
        Figure("14", "… 99 of 100 wait no longer than", "four: p99", most=10),
        Figure("14", "… the slowest", "four: slowest", most=250, worst_counts=True),
    ),
)
