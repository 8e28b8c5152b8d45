"""What the processor executes up to the log in, counted by callgrind: no noise moves it."""

from __future__ import annotations

import re
import shutil
import sys

from bench.book import PATIENCE_S, Book
from bench.figures import Figure, Measurement, Samples
from tests.terminal.pty_desk import PtyDesk

COUNTED = re.compile(r"Collected : (\d+)")
MILLION = 1_000_000
# Under callgrind everything takes some fifty times as long.
SLOWER = 10


def to_log_in(book: Book) -> Samples:
    """Textual with one label, and the desk, each until its first screen is painted; nothing without valgrind."""
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: instructions are not counted.", file=sys.stderr)
        return {}
    return {f"{program}: instructions": [_counted(book, program)] for program in ("textual", "desk")}


def _counted(book: Book, program: str) -> float:
    log = book.home / f"callgrind-{program}.log"
    callgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}")
    argv = (*callgrind, sys.executable, "-m", "bench.floors.to_log_in", program)
    with PtyDesk(argv, env=book.environment, size=book.size) as running:
        running.wait_for_exit(PATIENCE_S * SLOWER)
    found = COUNTED.search(log.read_text(encoding="utf-8"))
    assert found is not None, f"nothing was counted; see {log}"
    return int(found[1]) / MILLION


MEASUREMENT = Measurement(
    scenarios=(to_log_in,),
    figures=(
        Figure(
            *("2", "start → log in, instructions", "desk: instructions", "million"),
            floor="textual: instructions",
            most_ratio=1.18,
        ),
    ),
)
