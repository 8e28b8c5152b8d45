"""How much memory the desk holds after a day of keys, beside Textual and SQLModel that have only been imported."""

from __future__ import annotations

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import press
from tests.terminal.pty_desk import PtyDesk

DOWN, PAGE_DOWN, END, HOME = "\x1b[B", "\x1b[6~", "\x1b[F", "\x1b[H"
A_MINUTE = (
    DOWN * 20,
    PAGE_DOWN * 10,
    END,
    HOME,
    "g",
    "\x1b",
    "/glo",
    "\x1b",
    "d",
    "u",
    DOWN * 10,
    "r",
    "\x1b",
    "\x1b",
    "\x1b",
)
MINUTES = 60
SETTLED_S = 0.02


def imported(book: Book) -> Samples:
    """A label, and SQLModel beside it."""
    with book.floor("textual_and_sqlmodel") as program:
        program.wait_for_raw(b"Ready")
        program.read_until_idle()
        return {"floor: memory": [_resident_mib(program)]}


def an_hour(book: Book) -> Samples:
    """An hour of an operator's keys, as fast as the desk takes them."""
    with book.signed_in() as desk:
        for _ in range(MINUTES):
            for keys in A_MINUTE:
                press(desk, keys, SETTLED_S)
        desk.read_until_idle()
        return {"desk: memory": [_resident_mib(desk)]}


def _resident_mib(desk: PtyDesk) -> float:
    return desk.resident_kib / 1024


MEASUREMENT = Measurement(
    scenarios=(imported, an_hour),
    figures=(
        Figure(
            "11", "memory after an hour of keys", "desk: memory", unit="MiB", floor="floor: memory", most_ratio=1.15
        ),
    ),
)
