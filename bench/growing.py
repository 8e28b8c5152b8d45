"""The same desk on this book and on a small one: opening it, and a cursor key and a page in its longest list."""

from __future__ import annotations

from bench.book import FIRST_ACCOUNT, PATIENCE_S, SIGNS_IN, Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import ms_until, press

SMALL_ACCOUNTS, SMALL_PAYMENTS = 10_000, 100_000
MOVES = 12
DOWN, UP = "\x1b[B", "\x1b[A"
PAGES = ("\x1b[6~", "\x1b[6~", "\x1b[5~", "\x1b[F", "\x1b[5~", "\x1b[H") * 2


def small(book: Book) -> Samples:
    """The book of 10,000 accounts and 100,000 payments."""
    return driven("small", small_book(book))


def large(book: Book) -> Samples:
    """The book itself."""
    return driven("large", book)


def small_book(book: Book) -> Book:
    """The book beside this one that it is compared with, made if it is not there."""
    small = Book(book.home.parent / f"{SMALL_ACCOUNTS}-{SMALL_PAYMENTS}", SMALL_ACCOUNTS, SMALL_PAYMENTS, book.size)
    small.make()
    return small


def driven(name: str, book: Book) -> Samples:
    """From the start to the first rows, then cursor keys and pages."""
    first = book.account(FIRST_ACCOUNT)
    with book.desk() as desk:
        desk.send(SIGNS_IN)
        desk.wait_for_raw(first.encode(), PATIENCE_S)
        desk.read_until_idle()
        opened_ms = ms_until(desk, desk.started_s, lambda picture: f"› ⚙ ▤ {first}" in picture)
        moves = [press(desk, DOWN if move < MOVES // 2 else UP) for move in range(MOVES)]
        pages = [press(desk, key) for key in PAGES]
    return {
        f"{name}: open": [opened_ms],
        f"{name}: move": [painted.first_ms for painted in moves],
        f"{name}: page": [painted.first_ms for painted in pages],
    }


MEASUREMENT = Measurement(
    scenarios=(small, large),
    figures=tuple(
        Figure("8", f"{says}, against 100,000 payments", f"large: {each}", floor=f"small: {each}", most_ratio=1.1)
        for each, says in (("open", "start → first rows"), ("move", "cursor key"), ("page", "page, Home, End"))
    ),
)
