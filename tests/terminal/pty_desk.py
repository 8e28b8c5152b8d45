"""A command in a real pseudo-terminal: keys go in, bytes come out, and an emulator says what an operator sees."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyte

from tests.fork_server import Forked, start_forked

PATIENCE_S = 30.0
IDLE_S = 0.15
NEXT_TO_NOTHING_S = 0.001
ROOT = Path(__file__).parents[2]
TAKES_TERMINAL = 'exec "$@" <>"$0" >&0 2>&0'
QUERIES = re.compile(rb"\x1b\[\?(2026|2048)\$p|\x1b\[(0?c)|\x1b\[(6n)")
UNKNOWN_TO_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9]+\$p")
PARTIAL_SEQUENCE = re.compile(r"\x1b(\[[^a-zA-Z]*)?$")
SWITCH = re.compile(r"(\x1b\[\?1049[hl])")


class Emulator:
    """A terminal with its two screens, fed with bytes."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screens = {name: pyte.Screen(columns, rows) for name in ("main", "alternate")}
        self.screen = self._screens["main"]
        self._waiting = b""
        self._text: str | None = None

    @property
    def text(self) -> str:
        """What is on the screen, line by line, without the blanks at line ends."""
        if self._text is None:
            self._text = "\n".join(line.rstrip() for line in self.screen.display)
        return self._text

    def feed(self, data: bytes) -> None:
        """Take in what was written; a character or sequence that is cut off waits for its rest."""
        self._text = None
        self._waiting += data
        text = self._waiting.decode(errors="ignore")
        if partial := PARTIAL_SEQUENCE.search(text):
            text = text[: partial.start()]
        self._waiting = self._waiting[len(text.encode()) :]
        for part in SWITCH.split(text):
            if SWITCH.fullmatch(part):
                self.screen = self._screens["alternate" if part.endswith("h") else "main"]
            else:
                pyte.Stream(self.screen).feed(UNKNOWN_TO_PYTE.sub("", part))

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of both screens."""
        self._text = None
        for screen in self._screens.values():
            screen.resize(rows, columns)


def _started(argv: Sequence[str], environment: Mapping[str, str], cwd: Path, terminal: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        # A session leader without a terminal makes the first one it opens its own.
        ["/bin/sh", "-c", TAKES_TERMINAL, terminal, *argv],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class PtyDesk:
    """A process with a terminal of its own; use it in a `with` block, which ends it."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
        cwd: Path = ROOT,
        type_ahead: bytes = b"",
        program: Callable[[], int] | None = None,
    ) -> None:
        self.master, self._slave = pty.openpty()
        self._size = size
        self._emulator = Emulator(*size)
        self._fed = 0
        self.chunks: list[tuple[float, bytes]] = []
        self._set_size(*size)
        self.attributes_before = self.attributes
        if type_ahead:
            os.write(self.master, type_ahead)
        self.started_s = time.monotonic()
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})}
        terminal = os.ttyname(self._slave)
        self.process: subprocess.Popen[bytes] | Forked
        if program is None:
            self.process = _started(argv, environment, cwd, terminal)
        else:
            self.process = start_forked(program, argv, environment, cwd, (terminal, terminal, terminal))

    @classmethod
    def python(cls, module: str, *arguments: str, **options: Any) -> Self:
        """Run a module with this Python."""
        return cls([sys.executable, "-m", module, *arguments], **options)

    @classmethod
    def forked(cls, program: Callable[[], int], *arguments: str, **options: Any) -> Self:
        """Run a program in a process that has everything imported already."""
        return cls(arguments, program=program, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminate()

    @property
    def raw_output(self) -> bytes:
        """Everything written so far."""
        return b"".join(data for _, data in self.chunks)

    @property
    def attributes(self) -> list[Any]:
        """The terminal's attributes."""
        return termios.tcgetattr(self._slave)

    @property
    def in_alternate_screen(self) -> bool:
        """Whether the program has taken the whole screen."""
        return self.raw_output.rfind(b"\x1b[?1049h") > self.raw_output.rfind(b"\x1b[?1049l")

    def send(self, keys: str | bytes) -> None:
        """Write all keys at once, as a paste, a script or a slow line does."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            self.read(0)
            _, writable, _ = select.select([], [self.master], [], 1)
            if writable:
                data = data[os.write(self.master, data[:1024]) :]

    def read(self, timeout_s: float) -> bool:
        """Read what is there, waiting for it at most this long; false if nothing came."""
        readable, _, _ = select.select([self.master], [], [], max(0.0, timeout_s))
        if not readable:
            return False
        data = os.read(self.master, 65536)
        self.chunks.append((time.monotonic(), data))
        self._answer(data)
        return True

    def read_until_idle(self) -> None:
        """Read until the process has nothing left to do."""
        since_s, used_s = time.monotonic(), 0.0
        while time.monotonic() - since_s < IDLE_S:
            # Textual's own driver looks for keys ten times a second.
            works = self.processor_s - used_s > NEXT_TO_NOTHING_S
            used_s = self.processor_s
            if self.read(IDLE_S / 10) or works or self._wants_to_run():
                since_s = time.monotonic()

    @property
    def processor_s(self) -> float:
        """How many seconds of processor time the process has used."""
        # The kernel's number for the processor clock of another process.
        return time.clock_gettime(~self.process.pid << 3 | 2)

    @property
    def resident_kib(self) -> int:
        """How much memory the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii", errors="replace")
        return int(re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)[0])

    def _wants_to_run(self) -> bool:
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return any(_stat(thread)[0] == "R" for thread in threads)

    def read_until_quiet(self, quiet_s: float = 0.2) -> None:
        """Read until nothing has come for this long."""
        while self.read(quiet_s):
            pass

    def wait_for(self, text: str, timeout_s: float = PATIENCE_S) -> float:
        """Read until the text is on the screen; the answer is how many seconds that took."""
        return self.wait_until(lambda: text in self.screen_text(), f"{text!r} on the screen", timeout_s)

    def wait_until(self, holds: Callable[[], bool], said: str, timeout_s: float = PATIENCE_S) -> float:
        """Read until something holds, which `said` names; the answer is how many seconds that took."""
        start = time.monotonic()
        while not holds():
            left = start + timeout_s - time.monotonic()
            if not self.read(min(left, 0.05)) and (left <= 0 or self.process.poll() is not None):
                raise AssertionError(f"waited in vain for {said}; the screen:\n{self.screen_text()}")
        return time.monotonic() - start

    def wait_for_raw(self, data: bytes, timeout_s: float = PATIENCE_S) -> None:
        """Read until these bytes have been written."""
        deadline = time.monotonic() + timeout_s
        while data not in self.raw_output:
            left = deadline - time.monotonic()
            if not self.read(min(left, 0.05)) and left <= 0:
                raise AssertionError(f"{data!r} was not written")

    def read_for(self, duration_s: float) -> None:
        """Read for just this long."""
        end_s = time.monotonic() + duration_s
        while (left := end_s - time.monotonic()) > 0:
            self.read(left)

    def wait_for_exit(self, timeout_s: float = PATIENCE_S) -> tuple[int, float]:
        """Read until the process has ended; the answer is its return code and the seconds that took."""
        start = time.monotonic()
        sources = [self.master] if self.master >= 0 else []
        with self._end() as ended:
            while ended not in (ready := select.select([ended, *sources], [], [], timeout_s)[0]):
                if not ready or time.monotonic() - start > timeout_s:
                    raise AssertionError(f"still there after {timeout_s} s; the screen:\n{self.screen_text()}")
                self.read(0)
        took_s = time.monotonic() - start
        code = self.process.wait()
        assert code is not None
        if self.master >= 0:
            while self.read(0):
                pass
        return code, took_s

    def screen_text(self) -> str:
        """What an operator sees, line by line, without the blanks at line ends."""
        self._feed()
        return self._emulator.text

    def pictures(self) -> Iterator[str]:
        """What an operator has seen so far, chunk by chunk."""
        replay = Emulator(*self._size)
        for _, data in self.chunks:
            replay.feed(data)
            yield replay.text

    @property
    def screen(self) -> pyte.Screen:
        """The emulated screen, for looking at colours and the cursor."""
        self._feed()
        return self._emulator.screen

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size, as its user does with the mouse."""
        self._feed()
        self._emulator.resize(columns, rows)
        self._set_size(columns, rows)

    def signal(self, number: int) -> None:
        """Send the process a signal."""
        self.process.send_signal(number)

    def close_master(self) -> None:
        """Hang up, as a dropped line does."""
        os.close(self.master)
        self.master = -1

    def terminate(self) -> None:
        """End the process, if it is still there, and whatever it started."""
        if self.process.poll() is None:
            # One that has only just been forked leads no group yet.
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if self.master >= 0:
            self.close_master()
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1

    @contextmanager
    def _end(self) -> Iterator[int]:
        """What can be read as soon as the process has ended."""
        if isinstance(self.process, Forked):
            yield self.process.process.sentinel
        else:
            with os.fdopen(os.pidfd_open(self.process.pid), "rb") as process:
                yield process.fileno()

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _answer(self, data: bytes) -> None:
        for mode, device, cursor in QUERIES.findall(data):
            if mode:
                self._reply(b"\x1b[?%s;%d$y" % (mode, 2 if mode == b"2026" else 0))
            elif device:
                self._reply(b"\x1b[?62;22c")
            elif cursor:
                self._reply(b"\x1b[%d;%dR" % (self.screen.cursor.y + 1, self.screen.cursor.x + 1))

    def _reply(self, data: bytes) -> None:
        os.write(self.master, data)

    def _feed(self) -> None:
        while self._fed < len(self.chunks):
            self._fed += 1
            self._emulator.feed(self.chunks[self._fed - 1][1])


def _stat(process: Path) -> list[str]:
    """The fields of a process or thread from its state on; one that has just ended sleeps for good."""
    try:
        text = (process / "stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return ["S"]
    return text.rsplit(")", 1)[1].split()
