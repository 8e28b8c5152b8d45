"""From a key to what it painted: when the last byte came, how many there were, and what they look like afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from tests.terminal.pty_desk import PtyDesk

QUIET_S = 0.06


class Painted(NamedTuple):
    """What a key caused: milliseconds to the first thing painted and to the last, bytes, and the processor's share."""

    first_ms: float
    ms: float
    size: int
    processor_ms: float


def press(desk: PtyDesk, keys: str | bytes, quiet_s: float = QUIET_S) -> Painted:
    """Press keys, and wait until nothing more is written."""
    before, used_s = len(desk.chunks), desk.processor_s
    pressed_s = time.monotonic()
    desk.send(keys)
    desk.read_until_quiet(quiet_s)
    processor_ms = (desk.processor_s - used_s) * 1000
    caused = desk.chunks[before:]
    if not caused:
        return Painted(0.0, 0.0, 0, processor_ms)
    first_ms, last_ms = ((at_s - pressed_s) * 1000 for at_s, _ in (caused[0], caused[-1]))
    return Painted(first_ms, last_ms, sum(len(data) for _, data in caused), processor_ms)


def ms_until(desk: PtyDesk, since_s: float, seen: Callable[[str], bool]) -> float:
    """The milliseconds until a picture of this kind was on the screen, from the record of what was written."""
    for (at_s, _), picture in zip(desk.chunks, desk.pictures(), strict=True):
        if at_s >= since_s and seen(picture):
            return (at_s - since_s) * 1000
    raise AssertionError(f"never seen; the screen at last:\n{desk.screen_text()}")
