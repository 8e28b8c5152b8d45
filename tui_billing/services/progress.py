"""How far long work is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

# Called with how much is done, and how much there is.
Progress = Callable[[int, int], None]


def ignore_progress(done: int, total: int) -> None:
    """Take no interest in how far it is."""
