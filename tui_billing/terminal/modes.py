"""The terminal before and after the desk: quiet from the first milliseconds, and as it was at the end.

It is imported before everything else, so it imports next to nothing itself; `typing` alone would cost a third more.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import signal
import sys
import termios

from tui_billing.terminal.first_frame import LEAVE, first_frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
# Before the desk is there, Ctrl+C ends it too.
STARTING_SIGNALS = (*ENDING_SIGNALS, signal.SIGINT)
IFLAG, LFLAG, CC = 0, 3, 6
TRANSLATIONS = termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF
WIPE_LINE = b"\r\x1b[K"
WIPE_LINE_ABOVE = b"\x1b[A\x1b[K"


class _Terminal:
    def __init__(self) -> None:
        self.original: list[Any] | None = None
        self.type_ahead = b""
        self.painted = False


_terminal = _Terminal()


def prepare_terminal() -> None:
    """Stop echo and line editing, so that what is typed from now on waits unseen and unchanged for the desk.

    What was typed earlier may be a password: its echo is wiped. Call `restore_terminal()` before any prompt.
    """
    descriptor = _input_descriptor()
    if descriptor is None or _terminal.original is not None:
        return
    _terminal.original = termios.tcgetattr(descriptor)
    atexit.register(restore_terminal)
    for number in STARTING_SIGNALS:
        signal.signal(number, _end)
    # Behind a stopped desk there is the operator's shell, on a screen that is not its own.
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)
    quiet = termios.tcgetattr(descriptor)
    quiet[LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    quiet[IFLAG] &= ~TRANSLATIONS
    quiet[CC][termios.VMIN], quiet[CC][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    typed = _read_waiting(descriptor)
    if typed:
        _wipe_echo(typed)
    # Until a moment ago the terminal turned each Enter into a line feed.
    _terminal.type_ahead = typed.replace(b"\n", b"\r")


def paint_first_frame(training: bool) -> None:
    """Show the log in, which takes no keys yet; what is typed meanwhile waits."""
    descriptor = screen_descriptor()
    if _terminal.original is None or not os.isatty(descriptor):
        return
    size = os.get_terminal_size(descriptor)
    _terminal.painted = True
    os.write(descriptor, first_frame(size.columns, size.lines, training).encode())


def take_first_frame() -> bool:
    """Whether the first frame is on the screen; from now on that is another's to clear away."""
    painted, _terminal.painted = _terminal.painted, False
    return painted


def leave_first_frame() -> None:
    """Clear the first frame away, to write lines of text."""
    if take_first_frame():
        os.write(screen_descriptor(), LEAVE.encode())


def restore_terminal() -> None:
    """Give the terminal back the screen and the attributes it had; what was typed ahead is forgotten."""
    descriptor, original = _input_descriptor(), _terminal.original
    try:
        leave_first_frame()
        if descriptor is not None and original is not None:
            termios.tcsetattr(descriptor, termios.TCSANOW, original)
    except (OSError, termios.error):
        # The terminal is gone.
        pass
    # Not before: a signal that comes meanwhile does all of it again.
    _terminal.original, _terminal.type_ahead = None, b""


def end_at_once(return_code: int) -> NoReturn:
    """End the process with nothing left to do: taking every module apart again would take as long as the rest."""
    restore_terminal()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(return_code)


def end_as_it_stands(return_code: int) -> NoReturn:
    """End the process from wherever it is, a signal's handler or another thread: nothing is flushed."""
    restore_terminal()
    os._exit(return_code)


class Unwinding:
    """While something is under way that must not be left half done, such as a prompt without echo, or a new database.

    A signal raises `SystemExit` meanwhile, so that it is undone; one that is ignored stays so.
    """

    def __enter__(self) -> None:
        heeded = [number for number in STARTING_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        self._otherwise = {number: signal.signal(number, _unwind) for number in heeded}

    def __exit__(self, *_: object) -> None:
        for number, handler in self._otherwise.items():
            signal.signal(number, handler)


def original_attributes() -> list[Any] | None:
    """The terminal's attributes from before `prepare_terminal()`, or none."""
    return _terminal.original


def take_type_ahead() -> bytes:
    """What was typed before the terminal was quiet; it can be taken once."""
    typed, _terminal.type_ahead = _terminal.type_ahead, b""
    return typed


def drop_textual_environment() -> None:
    """Forget variables that press keys, choose the driver, write logs or set a size in the operator's session."""
    # Rich lays out as many columns and lines as these two say, however many the terminal has.
    for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in ("COLUMNS", "LINES")]:
        del os.environ[name]


def screen_descriptor() -> int:
    """The descriptor of the terminal that shows the desk."""
    streams = [stream for stream in (sys.__stderr__, sys.__stdout__) if stream is not None and stream.isatty()]
    return streams[0].fileno() if streams else 2


def _input_descriptor() -> int | None:
    if sys.__stdin__ is None or sys.__stdin__.closed:
        return None
    descriptor = sys.__stdin__.fileno()
    return descriptor if os.isatty(descriptor) else None


def _read_waiting(descriptor: int) -> bytes:
    waiting = int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)
    return os.read(descriptor, waiting) if waiting else b""


def _wipe_echo(typed: bytes) -> None:
    if sys.__stdout__ is not None and sys.__stdout__.isatty():
        os.write(sys.__stdout__.fileno(), WIPE_LINE + WIPE_LINE_ABOVE * typed.count(b"\n"))


def _unwind(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    # What is undone now is not to be interrupted in its turn.
    for other in STARTING_SIGNALS:
        # Not ignored: of one that has come already Python would say so on the terminal.
        signal.signal(other, _stay)
    raise SystemExit(128 + number)


def _stay(number: int, frame: FrameType | None) -> None:
    pass


def _end(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    # What is raised in the midst of an import is swallowed there, or comes out as another error.
    end_as_it_stands(128 + number)
