"""Searching all accounts of the book for fragments of any length, some of which nobody has."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import quantiles

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from tui_billing.config import Settings
from tui_billing.desk import open_services
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import AccountFilter, AccountOrder
from tui_billing.domain.pages import Direction
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.session import OperatorSession

FRAGMENTS, LONGEST, ABSENT = 340, 12, 5
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789 .ł日ßqx"
SEED = 7
ROWS = 100


def fragments(book: Book) -> Samples:
    """Every fragment in both orders, and the first page without a search, as the screen asks for it."""
    samples: dict[str, list[float]] = {}
    with opened(book) as (services, session):
        wanted = list(fragments_of(book))
        for order in AccountOrder:
            took = [_ms(services, session, AccountFilter(search=each, order=order)) for each in wanted]
            samples[f"{order.name}: p95"] = [quantiles(took, n=20, method="inclusive")[-1]]
            samples[f"{order.name}: slowest"] = [max(took)]
            samples[f"{order.name}: each"] = took
            samples[f"{order.name}: page"] = [_ms(services, session, AccountFilter(order=order)) for _ in wanted]
    return samples


@contextmanager
def opened(book: Book) -> Iterator[tuple[DeskServices, OperatorSession]]:
    """The services on the book, and a session of the user finance."""
    services = open_services(Settings(database=book.url, log_file=book.home / "bench.log"))
    try:
        ((user_id,),) = book.rows("SELECT id FROM user WHERE name = 'finance'")
        yield services, OperatorSession(user_id, "finance", Profile.FINANCE_ADMIN, None)
    finally:
        services.payments.store.close()


def fragments_of(book: Book) -> Iterator[str]:
    """Of one to twelve characters: parts of what accounts are found by, and each fifth made up."""
    chance = random.Random(SEED)
    ((last,),) = book.rows("SELECT max(id) FROM account")
    for place in range(FRAGMENTS):
        length = place % LONGEST + 1
        if place % ABSENT == ABSENT - 1:
            yield "".join(chance.choice(ALPHABET) for _ in range(length))
            continue
        ((search,),) = book.rows("SELECT search FROM account WHERE id = ?", (chance.randrange(2, last),))
        text = search.rstrip("\n")
        start = chance.randrange(max(1, len(text) - length + 1))
        yield text[start : start + length]


def _ms(services: DeskServices, session: OperatorSession, chosen: AccountFilter) -> float:
    start_s = time.perf_counter()
    services.accounts.page(session, chosen, Direction.FIRST, None, ROWS)
    return (time.perf_counter() - start_s) * 1000


MEASUREMENT = Measurement(
    scenarios=(fragments,),
    figures=tuple(
        figure
        for order, most_p95 in (("NUMBER", 25), ("NAME", 110))
        for figure in (
            Figure("12", f"search by {order.lower()}", f"{order}: each", floor=f"{order}: page"),
            Figure("12", "… 95 of 100 within", f"{order}: p95", most=most_p95),
            Figure("12", "… the slowest", f"{order}: slowest", most=200, worst_counts=True),
        )
    ),
)
