"""Bytes on their way to the terminal: at once if it takes them, and else in a thread that no dead line can stop."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from tui_billing.terminal.terse_styles import TerseStyles

MAX_WAITING = 64 * 1024
STALL_S = 0.25
LAST_BYTES_S = 0.3
SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
WHOLE_ANYWAY = 1024


def _framed(frame: str) -> str:
    """A frame that the terminal is to show at once; a short one comes in one piece, and needs no marks for that."""
    return frame if len(frame) <= WHOLE_ANYWAY else f"{SYNC_START}{frame}{SYNC_END}"


class TerminalOutput(threading.Thread):
    """Writes what can leave at once, and the rest in the background; past a limit the writer waits, but never long."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(name="terminal-output", daemon=True)
        self._descriptor = descriptor
        self._at_once = _opened_again(descriptor)
        self._styles = TerseStyles()
        self._frame: list[str] | None = None
        self._waiting = b""
        self._under_way = self._stalled = self._ending = False
        self._changed = threading.Condition()

    def write(self, text: str) -> None:
        """Send text; when the terminal is slow, wait a moment so that screens are skipped rather than queued."""
        if text == SYNC_START:
            self._frame = []
        elif self._frame is None:
            self._send(text)
        elif text != SYNC_END:
            self._frame.append(text)
        else:
            frame, self._frame = _framed("".join(self._frame)), None
            self._send(frame)

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
            self._waiting = b""
            self._changed.notify_all()

    def _send(self, text: str) -> None:
        with self._changed:
            data = self._styles.shorten(text).encode(errors="replace")
            if self._ending or not data:
                return
            if not self._waiting and not self._under_way:
                data = data[self._taken_at_once(data) :]
            if data:
                self._queue(data)

    def _queue(self, data: bytes) -> None:
        self._waiting += data
        self._changed.notify_all()
        if len(self._waiting) > MAX_WAITING and not self._stalled:
            self._stalled = not self._changed.wait_for(lambda: len(self._waiting) <= MAX_WAITING, STALL_S)

    def _taken_at_once(self, data: bytes) -> int:
        # The thread would have to wait until this one, which has just drawn and draws on, lets go of the interpreter.
        with suppress(OSError):
            return 0 if self._at_once is None else os.write(self._at_once, data)
        return 0

    def _next(self) -> bytes:
        with self._changed:
            self._stalled = self._under_way = False
            self._changed.wait_for(lambda: self._waiting or self._ending)
            data, self._waiting = self._waiting, b""
            self._under_way = True
            self._changed.notify_all()
        return data


def _opened_again(descriptor: int) -> int | None:
    """The terminal under a descriptor that never waits; the operator's shell shares the first one."""
    with suppress(OSError):
        return os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    return None
