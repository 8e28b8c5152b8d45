"""`python -m bench.growth PICTURE`: what reading costs in books of a thousand to ten million payments, as an SVG."""

from __future__ import annotations

import argparse
import math
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.book import Book
from bench.searching import opened
from tui_billing.domain.accounts import AccountFilter, AccountOrder
from tui_billing.domain.pages import Direction
from tui_billing.domain.payments import PaymentFilter

PAYMENTS = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
PAYMENTS_EACH, ROWS, TIMES, SEED = 10, 100, 25, 7
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 420, 60, 250, 20, 45
FASTEST_MS, SLOWEST_MS = 0.1, 1_000.0
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
Costs = dict[str, list[float]]


def main() -> None:
    """Measure each book, print the figures, and draw them."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("picture", type=Path)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--home", type=Path, default=cache / "tui-billing-bench", help="where books are kept")
    given = parser.parse_args()
    costs: Costs = {}
    for payments in PAYMENTS:
        accounts = payments // PAYMENTS_EACH
        book = Book(given.home / f"{accounts}-{payments}", accounts, payments)
        book.make()
        for name, ms in _measured(book):
            costs.setdefault(name, []).append(ms)
    for name, series in costs.items():
        print(f"{name:32}", *(f"{ms:8.2f}" for ms in series), "ms")
    given.picture.write_text(drawn(costs))


def _measured(book: Book) -> Iterator[tuple[str, float]]:
    """What each reading takes of the processor, in milliseconds."""
    chance = random.Random(SEED)
    numbers: list[str] = [
        number for (number,) in book.rows("SELECT number FROM account WHERE id > 1 ORDER BY id LIMIT 5000")
    ]
    with opened(book) as (services, session):
        page, by_name = services.accounts.page, AccountFilter(order=AccountOrder.NAME)

        def somewhere() -> str:
            return chance.choice(numbers)

        yield "first page of accounts", _ms(lambda: page(session, AccountFilter(), Direction.FIRST, None, ROWS))
        yield "a page by name", _ms(lambda: page(session, by_name, Direction.AFTER, somewhere(), ROWS))
        searched = AccountFilter(search="brightwater")
        yield "search, frequent", _ms(lambda: page(session, searched, Direction.FIRST, None, ROWS))
        yield (
            "search, one account",
            _ms(lambda: page(session, AccountFilter(search=somewhere()), Direction.FIRST, None, ROWS)),
        )
        paid = services.payments.page
        yield (
            "a customer's payments",
            _ms(lambda: paid(session, somewhere(), PaymentFilter.ALL, Direction.FIRST, None, ROWS)),
        )
        yield "a customer's dashboard", _ms(lambda: services.dashboards.show(session, somewhere()))


def _ms(act: Callable[[], object]) -> float:
    act()
    took = []
    for _ in range(TIMES):
        start_s = time.process_time()
        act()
        took.append((time.process_time() - start_s) * 1000)
    return median(took)


def drawn(costs: Costs) -> str:
    """Both axes by powers of ten: what grows with the book rises, what does not stays level."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for payments in PAYMENTS:
        parts.append(_line(_x(payments), _y(FASTEST_MS), _x(payments), _y(SLOWEST_MS)))
        parts.append(_text(_x(payments), HEIGHT - BOTTOM + 18, f"{payments:,}", "middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "payments in the book", "middle"))
    for power in range(round(math.log10(FASTEST_MS)), round(math.log10(SLOWEST_MS)) + 1):
        parts.append(_line(LEFT, _y(10.0**power), WIDTH - RIGHT, _y(10.0**power)))
        parts.append(_text(LEFT - 6, _y(10.0**power) + 4, f"{10.0**power:g} ms", "end"))
    for place, (name, series) in enumerate(costs.items()):
        colour = COLOURS[place]
        points = " ".join(f"{_x(many):.1f},{_y(ms):.1f}" for many, ms in zip(PAYMENTS, series, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        height = TOP + 16 + place * 22
        parts.append(f'<rect x="{WIDTH - RIGHT + 14}" y="{height - 9}" width="14" height="4" fill="{colour}"/>')
        parts.append(_text(WIDTH - RIGHT + 34, height - 3, f"{name}, {series[-1]:.1f} ms", "start"))
    return "\n".join((*parts, "</svg>", ""))


def _x(payments: int) -> float:
    share = math.log10(payments / PAYMENTS[0]) / math.log10(PAYMENTS[-1] / PAYMENTS[0])
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(ms: float) -> float:
    share = math.log10(max(ms, FASTEST_MS) / FASTEST_MS) / math.log10(SLOWEST_MS / FASTEST_MS)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333333">{words}</text>'


if __name__ == "__main__":
    main()
