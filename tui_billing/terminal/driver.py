"""The desk's hold on the terminal. It knows Textual's private names, which a test watches."""

from __future__ import annotations

import asyncio
import os
import re
import selectors
import signal
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from tui_billing.terminal.modes import (
    ENDING_SIGNALS,
    end_as_it_stands,
    original_attributes,
    screen_descriptor,
    take_first_frame,
    take_type_ahead,
)
from tui_billing.terminal.output import TerminalOutput
from tui_billing.terminal.painting import keep_no_lines_of_what_has_gone, paint_only_changes
from tui_billing.terminal.paste import Pastes

GRACE_S = 1.5
READY_CHECK_S = 0.01
READY_DEADLINE_S = 2.0
ALTERNATE_SCREEN = "\x1b[?1049h"
READ_BYTES = 16 * 1024
ESCAPE_DELAY_S = constants.ESCAPE_DELAY * 1.05
UNENDED_PASTE_S = 1.0
LARGEST_SIDE = 1000
# Esc and a key right behind it, in one reading; what else begins so is a sequence, or a key that is sent with it.
ESC_BEFORE_KEY = re.compile(r"\x1b(?=[\x01-\x08\x0a-\x1a/ac-eg-zA-MQ-WYZ])")


class DeskDriver(LinuxDriver):
    """A driver no byte can kill, that leaves at once when told to or when the terminal hangs up, and never suspends."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        paint_only_changes()
        keep_no_lines_of_what_has_gone()
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)
        signal.signal(signal.SIGCONT, signal.SIG_DFL)
        self._wake_reader, self._wake_writer = os.pipe()
        self._may_read = threading.Event()
        self._pastes = Pastes()
        self._ready_deadline_s = self._loop.time() + READY_DEADLINE_S
        self._screen_descriptor = screen_descriptor()
        self._output: TerminalOutput | None = None

    @property
    def can_suspend(self) -> bool:
        """Never: behind a stopped desk there is the operator's shell."""
        return False

    def start_application_mode(self) -> None:
        """Take the terminal, and give keys to the screen as soon as it has a focus to receive them."""
        self._output = TerminalOutput(self._screen_descriptor)
        self._output.start()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # Textual's own handler takes locks that the code it interrupts may hold.
        _call_on_signal(self._loop, signal.SIGWINCH, self._post_size)
        self.attrs_before = original_attributes() or self.attrs_before
        self._await_focus()

    def write(self, data: str) -> None:
        """Send to the terminal, or nowhere once it has hung up."""
        # Entered anew, the alternate screen would be blank for a moment.
        if self._output is not None and not (data == ALTERNATE_SCREEN and take_first_frame()):
            self._output.write(data)

    def disable_input(self) -> None:
        """End the input thread now."""
        self._may_read.set()
        os.write(self._wake_writer, b"!")
        super().disable_input()

    def close(self) -> None:
        """Let the last bytes out."""
        if self._output is not None:
            self._output.stop()
        super().close()

    def run_input_thread(self) -> None:
        """Feed the application with what is typed until told to stop, or the terminal hangs up."""
        self._may_read.wait()
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        parser = self._feed(XTermParser(), decode(take_type_ahead()))
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            delay_s: float | None = ESCAPE_DELAY_S
            while True:
                ready = {key.fd for key, _ in selector.select(delay_s)}
                if self._wake_reader in ready:
                    return
                if not ready:
                    delay_s = None
                    self._end_waiting(parser)
                    continue
                data = self._read()
                if not data:
                    self._loop.call_soon_threadsafe(partial(self._app.exit, return_code=128 + signal.SIGHUP))
                    return
                parser = self._feed(parser, decode(data))
                delay_s = UNENDED_PASTE_S if self._pastes.inside else ESCAPE_DELAY_S

    def _feed(self, parser: XTermParser, text: str) -> XTermParser:
        for piece in self._pastes.feed(text):
            if piece.pasted:
                self.process_message(events.Paste(piece.text))
            else:
                parser = self._feed_keys(parser, piece.text)
        return parser

    def _feed_keys(self, parser: XTermParser, keys: str) -> XTermParser:
        for place, part in enumerate(ESC_BEFORE_KEY.split(keys)):
            if place:
                # The parser would take it for a sequence that it does not know, and press ^ instead.
                self.process_message(events.Key("escape", "\x1b"))
            try:
                for event in parser.feed(part) if part else ():
                    # The parser presses keys for an escape byte inside a paste, so it is given empty pastes only.
                    if not isinstance(event, events.Paste) and not _is_beyond_any_window(event):
                        self.process_message(event)
            except (ValueError, OverflowError):
                # A sequence with an impossible number in it; the keys around it are lost with it.
                parser = XTermParser()
        return parser

    def _end_waiting(self, parser: XTermParser) -> None:
        # Nothing followed an escape byte: it was the Esc key.
        for event in parser.tick():
            self.process_message(event)
        for piece in self._pastes.idle():
            self.process_message(events.Paste(piece.text))

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _post_size(self) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._app.post_message(events.Resize(size, size))
        # Smaller for a moment and as large again, the window has lost what it showed.
        for screen in self._app.screen_stack[-1:]:
            screen.refresh()

    def _await_focus(self) -> None:
        focused = bool(self._app.screen_stack) and self._app.screen.focused is not None
        if focused or self._loop.time() > self._ready_deadline_s:
            self._may_read.set()
        else:
            self._loop.call_later(READY_CHECK_S, self._await_focus)

    def _get_terminal_size(self) -> tuple[int, int]:
        """Ask the terminal alone: exported COLUMNS and LINES would freeze the size."""
        try:
            return os.get_terminal_size(self._screen_descriptor)
        except OSError:
            return 80, 24


def exit_on_signals(app: App[Any], loop: asyncio.AbstractEventLoop, grace_s: float = GRACE_S) -> None:
    """Make SIGTERM, SIGHUP and SIGQUIT end the application with its terminal restored; SIGINT does nothing.

    A process that is still there after `grace_s` ends as it stands: a payment in flight then stays Pending.
    """
    told_reader, told_writer = os.pipe()
    threading.Thread(target=_last_resort, args=(told_reader, grace_s), name="last-resort", daemon=True).start()

    def leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        # A handler interrupts anything, so it takes no lock: neither of these does.
        os.write(told_writer, bytes([number]))
        # Once its loop is closed the application has been left already.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(app.exit, None, 128 + number)

    for number in ENDING_SIGNALS:
        # Not loop.add_signal_handler(): its pipe drops signals when a storm of them, say of resizes, has filled it.
        signal.signal(number, leave)
    # Ctrl+C is a key here, and a stray SIGINT is not a wish to leave.
    _call_on_signal(loop, signal.SIGINT, int)


def _is_beyond_any_window(event: object) -> bool:
    # A terminal, or what writes in its name, may report any size, and every cell of it would be painted.
    return isinstance(event, events.Resize) and max(event.size) > LARGEST_SIDE


def _call_on_signal(loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[], object]) -> None:
    loop.add_signal_handler(number, callback)
    # To report that the loop's pipe is full, the interpreter's own handler takes a lock: in a storm it would hang.
    signal.set_wakeup_fd(signal.set_wakeup_fd(-1), warn_on_full_buffer=False)


def _last_resort(told_reader: int, grace_s: float) -> None:
    number = os.read(told_reader, 1)[0]
    time.sleep(grace_s)
    end_as_it_stands(128 + number)
