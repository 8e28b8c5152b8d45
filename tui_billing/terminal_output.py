"""Bytes on their way to the terminal, in a thread that a dead or stalled line cannot turn against the desk."""

from __future__ import annotations

import os
import re
import threading
from typing import NamedTuple

MAX_WAITING = 64 * 1024
STALL_S = 0.25
LAST_BYTES_S = 0.3

TOKEN = re.compile(
    r"\x1b\[(?P<style>[0-9;]*)m"
    r"|(?P<position>\n?\x1b\[[0-9]+;[0-9]+H)"
    r"|(?P<sequence>\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\)|.))"
    r"|(?P<blanks> +(?![^\x1b]))"
    r"|(?P<text>(?:[^\x1b\n]|\n(?!\x1b\[[0-9]+;[0-9]+H))+)",
    re.DOTALL,
)
UNSEEN_ON_BLANKS = frozenset({"1", "2", "3"})
COLOUR = re.compile(r"(?:[34]8;(?:5;[0-9]+|2;[0-9]+;[0-9]+;[0-9]+)|[0-9]+)(?:;|$)")


class Style(NamedTuple):
    """Attributes, foreground and background as the terminal is told them; nothing is the terminal's own."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""


class TerseStyles:
    """Says only what changes between two texts: Textual sets and resets every attribute for each of them."""

    def __init__(self) -> None:
        self._wanted = self._told = Style()

    def shorten(self, output: str) -> str:
        """The same output in fewer bytes."""
        parts: list[str] = []
        for token in TOKEN.finditer(output):
            if token["style"] is not None:
                self._wanted = _with(self._wanted, token["style"])
            elif token["position"]:
                parts.append(token["position"])
            else:
                parts += (self._change(token["blanks"] is not None), token[0])
        parts.append(self._change())
        return "".join(parts)

    def _change(self, blank: bool = False) -> str:
        told, wanted = self._told, self._wanted
        if blank and told.attributes == wanted.attributes and UNSEEN_ON_BLANKS.issuperset(wanted.attributes):
            wanted = wanted._replace(foreground=told.foreground)
        self._told = wanted
        if told == wanted:
            return ""
        codes: list[str] = []
        if not set(told.attributes) <= set(wanted.attributes) or wanted == Style():
            codes, told = ["0"], Style()
        codes += [attribute for attribute in wanted.attributes if attribute not in told.attributes]
        if wanted.foreground != told.foreground:
            codes.append(wanted.foreground or "39")
        if wanted.background != told.background:
            codes.append(wanted.background or "49")
        return f"\x1b[{';'.join(codes)}m"


def _with(style: Style, codes: str) -> Style:
    for match in COLOUR.finditer(codes or "0"):
        code = match[0].rstrip(";")
        number = int(code.split(";")[0])
        if number == 0:
            style = Style()
        elif 30 <= number <= 39 or 90 <= number <= 97:
            style = style._replace(foreground="" if number == 39 else code)
        elif 40 <= number <= 49 or 100 <= number <= 107:
            style = style._replace(background="" if number == 49 else code)
        elif code not in style.attributes:
            style = style._replace(attributes=(*style.attributes, code))
    return style


class TerminalOutput(threading.Thread):
    """Writes in the background; past a limit the writer waits, but never long, and never for a line that is gone."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="terminal-output", daemon=True)
        self._descriptor = descriptor
        self._waiting: list[str] = []
        self._styles = TerseStyles()
        self._size = 0
        self._stalled = False
        self._ending = False
        self._changed = threading.Condition()

    def write(self, text: str) -> None:
        """Queue text; when the terminal is slow, wait a moment so that screens are skipped rather than queued."""
        with self._changed:
            if self._ending or not text:
                return
            self._waiting.append(text)
            self._size += len(text)
            self._changed.notify_all()
            if self._size > MAX_WAITING and not self._stalled:
                self._stalled = not self._changed.wait_for(lambda: self._size <= MAX_WAITING, STALL_S)

    def stop(self) -> None:
        """Take no more text, and give what is queued a moment to leave."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        self.join(LAST_BYTES_S)

    def run(self) -> None:
        """Write until stopped, or until the terminal is gone."""
        while data := self._next():
            try:
                while data:
                    # The descriptor's own call: a Python stream's lock, held in a stalled write, would block the exit.
                    data = data[os.write(self._descriptor, data) :]
            except OSError:
                break
        with self._changed:
            self._ending = True
            self._waiting.clear()
            self._size = 0
            self._changed.notify_all()

    def _next(self) -> bytes:
        with self._changed:
            self._stalled = False
            self._changed.wait_for(lambda: self._waiting or self._ending)
            text = "".join(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._changed.notify_all()
        return self._styles.shorten(text).encode(errors="replace")
