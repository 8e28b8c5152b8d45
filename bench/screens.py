"""How long each screen and dialog takes until it has settled, the first time and again; and what it costs at rest."""

from __future__ import annotations

import time
from typing import NamedTuple

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import Painted, press
from tests.terminal.pty_desk import PtyDesk

SETTLED_S = 0.3
REST_S = 10.0
LOADED_S = 3.0


class Place(NamedTuple):
    """A screen or dialog: the key that opens it from the one before, and something that stands on it."""

    name: str
    key: str
    shows: str
    returns: str = "\x1b"


OVER_ALL_ACCOUNTS = (
    Place("gear menu", "g", "Gear menu"),
    Place("Issue Credit", "c", "Issue Credit ─"),
    Place("help", "\x1bOP", "Esc"),
    Place("palette", "\x10", "Search for commands"),
    Place("Exceptions", "e", "Exceptions"),
    Place("dashboard", "d", "Twelve months"),
)
OVER_THE_DASHBOARD = (
    Place("Invoices", "i", "Issued", "h"),
    Place("Activity", "a", "Period", "h"),
    Place("Payments", "u", "Recorded by", ""),
)
OVER_PAYMENTS = (
    Place("payment's details", "\r", "Ledger entries"),
    Place("Record Payment", "r", "Record Payment ─"),
    Place("gear menu of Payments", "g", "Gear menu"),
)


def opening(book: Book) -> Samples:
    """Every screen and dialog twice, each from its own neighbour."""
    samples: dict[str, list[float]] = {}
    with book.signed_in() as desk:
        for places in (OVER_ALL_ACCOUNTS, OVER_THE_DASHBOARD, OVER_PAYMENTS):
            if places is OVER_THE_DASHBOARD:
                _open(desk, OVER_ALL_ACCOUNTS[-1])
            for turn in ("first", "again"):
                for place in places:
                    painted = _open(desk, place)
                    samples[f"{turn}: {place.name}"] = [painted.ms]
                    samples[f"{turn}: {place.name}: processor"] = [painted.processor_ms]
                    samples.setdefault(f"{turn}: all", []).append(painted.ms)
                    last = turn == "again" and place is places[-1]
                    if not last or place.returns == "\x1b":
                        press(desk, place.returns or "h", SETTLED_S)
    return samples


def resting(book: Book) -> Samples:
    """What is written, and how much of the processor is used, with nobody at the keys."""
    written: list[float] = []
    used: list[float] = []
    with book.signed_in() as desk:
        # What other screens need is loaded beside the first one.
        desk.read_for(LOADED_S)
        for key in ("", "c", "\x1bd", "u", "r"):
            press(desk, key, SETTLED_S)
            desk.read_until_idle()
            before, used_s, start_s = len(desk.raw_output), desk.processor_s, time.monotonic()
            desk.read_for(REST_S)
            took_s = time.monotonic() - start_s
            written.append((len(desk.raw_output) - before) / took_s)
            used.append(100 * (desk.processor_s - used_s) / took_s)
    return {"desk: bytes at rest": written, "desk: processor at rest": used}


def _open(desk: PtyDesk, place: Place) -> Painted:
    desk.read_until_idle()
    painted = press(desk, place.key, SETTLED_S)
    assert place.shows in desk.screen_text(), f"{place.name} did not open:\n{desk.screen_text()}"
    return painted


MEASUREMENT = Measurement(
    scenarios=(opening, resting),
    figures=(
        Figure("15", "a screen or dialog for the first time: the slowest", "first: all", most=150, worst_counts=True),
        Figure("15", "the same again: the slowest", "again: all", most=60, worst_counts=True),
        *(
            figure
            for turn, most in (("first", 150), ("again", 60))
            for place in (*OVER_ALL_ACCOUNTS, *OVER_THE_DASHBOARD, *OVER_PAYMENTS)
            for figure in (
                Figure("15", f"{turn}: {place.name}", f"{turn}: {place.name}", most=most),
                Figure("15", "… the processor's share of it", f"{turn}: {place.name}: processor"),
            )
        ),
        Figure("10", "bytes a second at rest", "desk: bytes at rest", unit="B", most=0, worst_counts=True),
        Figure("10", "processor at rest", "desk: processor at rest", unit="%", most=0.5, worst_counts=True),
    ),
)
