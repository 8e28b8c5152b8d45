"""A payment recorded through its service, beside raw transactions that write the same rows."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import closing

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.floors.raw_payment import RawPayments, connected
from bench.fresh import fresh_desk
from tests.desk_fixtures import CORPORATE, Desk
from tui_billing.domain.idempotency import new_key
from tui_billing.services.requests import RecordRequest

TURNS, AT_ONCE = 12, 20


def on_sqlite(book: Book) -> Samples:
    """Some of each in turn, on one file, synced at each commit by both."""
    with fresh_desk(book) as desk, closing(connected(desk.path)) as connection:
        return in_turn(desk, "SQLite", lambda: RawPayments(connection, "BEGIN IMMEDIATE", ":{}"))


def in_turn(desk: Desk, database: str, raw: Callable[[], RawPayments]) -> Samples:
    """Milliseconds of each payment through the service, and of each by the driver alone."""
    desk.invoice("90,000,000.00")
    _record(desk)
    post = raw().post
    gc.collect()
    gc.freeze()
    samples: dict[str, list[float]] = {f"service: {database}": [], f"raw: {database}": []}
    for _ in range(TURNS):
        for act, values in zip((lambda: _record(desk), post), samples.values(), strict=True):
            values += [_ms(act) for _ in range(AT_ONCE)]
    gc.unfreeze()
    return samples


def _record(desk: Desk) -> None:
    request = RecordRequest("10.00", reference="TRF 123456")
    desk.services.payments.record(desk.finance, CORPORATE, request, new_key())


def _ms(act: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    act()
    return (time.perf_counter() - start_s) * 1000


MEASUREMENT = Measurement(
    scenarios=(on_sqlite,),
    figures=(Figure("13", "a payment recorded", "service: SQLite", floor="raw: SQLite", most_ratio=2),),
)
