"""Pastes, taken out of what is typed: nothing inside one can become a key press."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

START = "\x1b[200~"
END = "\x1b[201~"
MAX_PASTE = 1_000_000
LINE_END = re.compile("\r\n?")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Piece(NamedTuple):
    """A piece of the input: keys, or the whole of a paste."""

    text: str
    pasted: bool


class Pastes:
    """Tells pastes from keys; the markers around a paste may come in several reads.

    Keys are never held back, so the start of a marker may already have been handed on when its rest arrives: a marker
    is handed on whole, followed at once by its end, which leaves an empty paste for whoever parses the keys to drop.
    """

    def __init__(self) -> None:
        self._held = ""
        self._given_up = False
        self._paste: str | None = None

    @property
    def inside(self) -> bool:
        """Whether a paste has begun and not ended."""
        return self._paste is not None

    def feed(self, text: str) -> Iterator[Piece]:
        """Take in what was read; give out keys, and each paste once it has ended."""
        while text:
            if self._paste is None:
                keys, text = self._until_start(text)
                if keys:
                    yield Piece(keys, pasted=False)
            else:
                ended, text = self._until_end(self._paste, text)
                if ended:
                    yield self._taken()

    def idle(self) -> Iterator[Piece]:
        """Nothing has come for a while: a paste without an end ends here, and what looked like a marker was keys."""
        self._given_up = True
        if self._paste is not None:
            yield self._taken()

    def _until_start(self, text: str) -> tuple[str, str]:
        before = len(self._held)
        whole = self._held + text
        start = whole.find(START)
        if start < 0:
            self._held = _beginning_of(START, whole)
            self._given_up = self._given_up and len(self._held) > len(text)
            return text, ""
        rest = start + len(START) - before
        # A parser that has taken the first half for keys would take the second half for keys too.
        keys = "" if self._given_up and start < before else text[:rest] + END
        self._held, self._given_up, self._paste = "", False, ""
        return keys, text[rest:]

    def _until_end(self, paste: str, text: str) -> tuple[bool, str]:
        whole = self._held + text
        end = whole.find(END)
        self._held = _beginning_of(END, whole) if end < 0 else ""
        content = whole[: len(whole) - len(self._held) if end < 0 else end]
        self._paste = paste + content[: MAX_PASTE - len(paste)]
        return end >= 0, "" if end < 0 else whole[end + len(END) :]

    def _taken(self) -> Piece:
        text, self._held, self._paste = self._paste or "", "", None
        # Terminals send the line ends of a paste as carriage returns.
        return Piece(CONTROL.sub(" ", LINE_END.sub("\n", text)), pasted=True)


def _beginning_of(marker: str, text: str) -> str:
    """The longest end of the text with which the marker may begin."""
    lengths = range(min(len(marker) - 1, len(text)), 0, -1)
    return next((marker[:length] for length in lengths if text.endswith(marker[:length])), "")
