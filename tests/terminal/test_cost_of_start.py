"""What the log in costs beside Textual alone, counted, so that no noise moves it: calls of functions, Python's and C's.

What the processor executes is counted by `python -m bench instructions`, where valgrind is installed; that takes too
long to be part of the tests.
"""

from __future__ import annotations

from pathlib import Path

from tests.terminal.demo_home import DemoHome
from tests.terminal.pty_desk import PtyDesk

# Some three in a hundred above what it is.
MOST_TO_TEXTUAL = 1.27


def calls_until_painted(program: str, demo: DemoHome, into: Path) -> int:
    with PtyDesk.python("bench.floors.to_log_in", program, str(into), env=demo.environment) as running:
        running.wait_for_exit()
    return int(into.read_text(encoding="utf-8"))


def test_the_log_in_costs_little_more_than_textual_with_one_label(demo: DemoHome, tmp_path: Path) -> None:
    textual, desk = (calls_until_painted(program, demo, tmp_path / program) for program in ("textual", "desk"))
    assert textual > 100_000, "Textual itself has been counted"
    assert desk / textual <= MOST_TO_TEXTUAL
