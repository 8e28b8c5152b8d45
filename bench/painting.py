"""From a key in a list to what it painted, in time and bytes; and how a list keeps up with many keys.

The bounds are held against the first thing painted, the cursor or the page; the figures below each bound say when the
details are there too, and what it takes of the processor, which others that run meanwhile change least.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import Painted, ms_until, press
from tests.terminal.pty_desk import PATIENCE_S, PtyDesk

MOVES = 12
DOWN, UP = "\x1b[B", "\x1b[A"
PAGE_DOWN, PAGE_UP, HOME, END, WHEEL = "\x1b[6~", "\x1b[5~", "\x1b[H", "\x1b[F", "\x1b[<65;10;8M"
PAGES = (PAGE_DOWN, PAGE_DOWN, PAGE_DOWN, PAGE_UP, WHEEL, WHEEL, END, PAGE_UP, HOME, PAGE_DOWN)
BURST = 200
PAID, QUIET_S = 5, 0.5
CORPORATE = (
    "SELECT number FROM account WHERE type = 'corporate' AND currency = 'USD' AND state = 'active' ORDER BY number"
)
HELD_S, KEYS_PER_S = 3.0, 30


def one_character(book: Book) -> Samples:
    """One character for each key."""
    with book.floor("painted_keys") as program:
        program.wait_for_raw(b"0")
        program.read_until_idle()
        return _floor("one character", [press(program, "a") for _ in range(MOVES)])


def whole_screen(book: Book) -> Samples:
    """The whole screen for each key."""
    with book.floor("painted_keys", "all") as program:
        program.wait_for_raw(b"0")
        program.read_until_idle()
        return _floor("whole screen", [press(program, "a") for _ in range(MOVES)])


def _floor(name: str, painted: Sequence[Painted]) -> Samples:
    return {
        f"floor: {name}": [each.ms for each in painted],
        f"floor: {name}, processor": [each.processor_ms for each in painted],
    }


def lists(book: Book) -> Samples:
    """All Accounts, and the Payments of the first customer."""
    with book.signed_in() as desk:
        accounts = _list(desk)
        burst = _burst(book, desk)
        held = _held(desk)
        desk.send(HOME + "\r")
        desk.wait_for("Twelve months")
        desk.send("u")
        desk.wait_for("Recorded by")
        desk.read_until_idle()
        payments = _list(desk)
    return {name: accounts[name] + payments[name] for name in accounts} | burst | held


def typing(book: Book) -> Samples:
    """Characters typed into the log in and into a search that finds nothing more."""
    with book.desk() as desk:
        desk.wait_for_raw(b"Username")
        desk.read_until_idle()
        pressed = [press(desk, character) for character in "abcdefgh"]
    return {
        "desk: typed character": [painted.ms for painted in pressed],
        "desk: bytes of a character": [painted.size for painted in pressed],
    }


def paying(book: Book) -> Samples:
    """Enter in Record Payment, for amounts that differ, until the row is in the list and the dialog gone."""
    paid: list[float] = []
    with book.signed_in() as desk:
        press(desk, f"/{book.rows(f'{CORPORATE} LIMIT 1')[0][0]}")
        desk.read_until_idle()
        press(desk, "\r")
        desk.wait_for("Twelve months")
        press(desk, "u")
        desk.wait_for("Recorded by")
        for amount in range(PAID):
            paid.append(_paid(desk, f"{time.time_ns() // 1_000_000 % 1_000}.{amount:02}"))
    return {"desk: paid": paid}


def _paid(desk: PtyDesk, amount: str) -> float:
    desk.read_until_idle()
    desk.send(f"r{amount}")
    desk.wait_for("Balance USD")
    desk.wait_for("→ USD")
    desk.read_until_idle()
    start_s = time.monotonic()
    desk.send("\r")
    # Looking at what has come would keep what comes next waiting.
    desk.read(PATIENCE_S)
    desk.read_until_quiet(QUIET_S)
    return ms_until(desk, start_s, lambda picture: f"USD {amount}  " in picture and "Enter OK" not in picture)


def _list(desk: PtyDesk) -> dict[str, list[float]]:
    moves = [press(desk, DOWN if move < MOVES // 2 else UP) for move in range(MOVES)]
    pages = [press(desk, key) for key in PAGES]
    press(desk, HOME)
    return {
        "desk: move": [painted.first_ms for painted in moves],
        "desk: details": [painted.ms for painted in moves],
        "desk: move, processor": [painted.processor_ms for painted in moves],
        "desk: bytes of a move": [painted.size for painted in moves],
        "desk: page": [painted.first_ms for painted in pages],
        "desk: page and details": [painted.ms for painted in pages],
        "desk: page, processor": [painted.processor_ms for painted in pages],
        "desk: bytes of a page": [painted.size for painted in pages],
    }


def _burst(book: Book, desk: PtyDesk) -> dict[str, list[float]]:
    row = book.account(min(BURST, book.accounts - 1) + 1)
    desk.read_until_idle()
    start_s = time.monotonic()
    desk.send(DOWN * BURST)
    desk.read_until_idle()
    return {"desk: burst": [ms_until(desk, start_s, lambda picture: f"› ⚙ ▤ {row}" in picture)]}


def _held(desk: PtyDesk) -> dict[str, list[float]]:
    press(desk, HOME)
    desk.read_until_idle()
    lags: list[float] = []
    last_lags: list[float] = []
    used_s, start_s = desk.processor_s, time.monotonic()
    for key in range(int(HELD_S * KEYS_PER_S)):
        due_s = start_s + key / KEYS_PER_S
        desk.read_for(due_s - time.monotonic())
        before = len(desk.chunks)
        pressed_s = time.monotonic()
        desk.send(DOWN)
        desk.read_for(0.9 / KEYS_PER_S)
        painted = [(at_s - pressed_s) * 1000 for at_s, _ in desk.chunks[before:]]
        lags += painted[:1]
        last_lags += painted[-1:]
    took_s = time.monotonic() - start_s
    return {"desk: lag": lags, "desk: last lag": last_lags, "desk: held": [100 * (desk.processor_s - used_s) / took_s]}


MEASUREMENT = Measurement(
    scenarios=(one_character, whole_screen, lists, typing, paying),
    figures=(
        Figure(
            *("6", "cursor key → painted", "desk: move"),
            floor="floor: one character",
            most_ratio=1.5,
            most_p95_ratio=3,
        ),
        Figure("6", "… until its details are painted too", "desk: details", floor="floor: one character"),
        Figure("6", "… of the processor", "desk: move, processor", floor="floor: one character, processor"),
        Figure(
            *("7", "page, wheel, Home, End → painted", "desk: page"),
            floor="floor: whole screen",
            most_ratio=1.5,
            most_p95_ratio=3,
        ),
        Figure("7", "… until the details are painted too", "desk: page and details", floor="floor: whole screen"),
        Figure("7", "… of the processor", "desk: page, processor", floor="floor: whole screen, processor"),
        Figure("9", "200 Downs at once → the right row", "desk: burst", most=150),
        Figure("9", "30 keys a second: lag", "desk: lag", most=12),
        Figure("9", "… until the details are painted too", "desk: last lag"),
        Figure("9", "30 keys a second: processor", "desk: held", unit="%", most=25),
        Figure("10", "bytes of a cursor key", "desk: bytes of a move", unit="B", most=300),
        Figure("10", "bytes of a page", "desk: bytes of a page", unit="B", most=3_100),
        Figure("10", "bytes of a typed character", "desk: bytes of a character", unit="B", most=250),
        Figure("13", "Enter in the dialog → its row painted", "desk: paid", floor="floor: whole screen", most_ratio=4),
    ),
)
