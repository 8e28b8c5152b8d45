"""`python -m bench`: every figure beside its floor of the same run, as medians of interleaved rounds."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from bench.book import Book
from bench.figures import MISSED, Measurement, Results

MODULES = (
    "starting",
    "instructions",
    "painting",
    "screens",
    "memory",
    "growing",
    "searching",
    "posting",
    "sharing",
    "importing",
    "billing",
)
ON_A_SERVER = ("posting_on_a_server", "reading_on_a_server")
PEERS = "peers"
HEADINGS = ("#", "figure", "median", "floor", "ratio", "p95", "bound", "")


def main() -> None:
    """Measure, and print the table."""
    given = _arguments()
    book = Book(given.home / f"{given.accounts}-{given.payments}", given.accounts, given.payments, given.size)
    book.make()
    if given.peers:
        given.measure = (*given.measure, PEERS)
        importlib.import_module(f"bench.{PEERS}").make(book)
    measurements = [_measurement(name) for name in given.measure]
    results = Results()
    for round_number in range(1, given.rounds + 1):
        for measurement in measurements:
            for scenario in measurement.scenarios:
                print(f"\r\x1b[Kround {round_number} of {given.rounds}: {scenario.__name__}", end="", flush=True)
                results.take(scenario(book))
    print("\r\x1b[K", end="")
    rows = [results.row(figure) for measurement in measurements for figure in measurement.figures]
    _print_table([HEADINGS, *(row for row in rows if row is not None)])
    if given.hold and any(row is not None and row[-1] == MISSED for row in rows):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "measure", nargs="*", metavar="MEASURE", default=MODULES, help=f"of: {', '.join((*MODULES, *ON_A_SERVER))}"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--payments", type=int, default=10_000_000)
    parser.add_argument("--size", type=_size, default=(80, 24), help="of the terminal, such as 120x40")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--home", type=Path, default=cache / "tui-billing-bench", help="where books are kept")
    parser.add_argument("--peers", action="store_true", help="other programs too, installed below the home")
    parser.add_argument("--hold", action="store_true", help="end with exit code 1 if a bound is missed")
    given = parser.parse_args()
    for name in given.measure:
        if name not in (*MODULES, *ON_A_SERVER):
            parser.error(f"There is no {name}. Choose of: {', '.join((*MODULES, *ON_A_SERVER))}.")
    return given


def _size(text: str) -> tuple[int, int]:
    columns, rows = text.split("x")
    return int(columns), int(rows)


def _measurement(name: str) -> Measurement:
    measurement: Measurement = importlib.import_module(f"bench.{name}").MEASUREMENT
    return measurement


def _print_table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
