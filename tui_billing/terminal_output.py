"""Bytes on their way to the terminal, in a thread that a dead or stalled line cannot turn against the desk."""

from __future__ import annotations

import os
import threading

MAX_WAITING = 64 * 1024
STALL_S = 0.25
LAST_BYTES_S = 0.3


class TerminalOutput(threading.Thread):
    """Writes in the background; past a limit the writer waits, but never long, and never for a line that is gone."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="terminal-output", daemon=True)
        self._descriptor = descriptor
        self._waiting: list[str] = []
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
            return text.encode(errors="replace")
