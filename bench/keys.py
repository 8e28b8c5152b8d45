"""From a key to what it painted: when the last byte came, how many there were, and what they look like afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from tests.terminal.pty_desk import PtyDesk

QUIET_S = 0.06


class Painted(NamedTuple):
    """What a key caused: the milliseconds to the end of the first thing painted and of the last one, and the bytes."""

    first_ms: float
    ms: float
    size: int


def press(desk: PtyDesk, keys: str | bytes, quiet_s: float = QUIET_S) -> Painted:
    """Press keys, and wait until nothing more is written."""
    before = len(desk.chunks)
    pressed_s = time.monotonic()
    desk.send(keys)
    desk.read_until_quiet(quiet_s)
    caused = desk.chunks[before:]
    if not caused:
        return Painted(0.0, 0.0, 0)
    first_ms, last_ms = ((at_s - pressed_s) * 1000 for at_s, _ in (caused[0], caused[-1]))
    return Painted(first_ms, last_ms, sum(len(data) for _, data in caused))


def ms_until(desk: PtyDesk, since_s: float, seen: Callable[[str], bool]) -> float:
    """The milliseconds until a picture of this kind was on the screen, from the record of what was written."""
    for (at_s, _), picture in zip(desk.chunks, desk.pictures(), strict=True):
        if at_s >= since_s and seen(picture):
            return (at_s - since_s) * 1000
    raise AssertionError(f"never seen; the screen at last:\n{desk.screen_text()}")
