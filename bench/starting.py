"""From the start of the process to the first rows, and from the key that quits to the end."""

from __future__ import annotations

import os
import termios
import time

from bench.book import FIRST_ACCOUNT, PATIENCE_S, SIGNS_IN, Book
from bench.figures import Figure, Measurement, Samples
from bench.keys import ms_until
from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.demo_users import DEMO_PASSWORD

DELAYS_S = (0.0, 0.03, 0.15, 0.3)
QUIT = "\x11"
LOCAL_FLAGS = 3


def python_tty(book: Book) -> Samples:
    """Python alone."""
    with book.floor("python_tty") as program:
        program.wait_for_exit()
        return {"python: first byte": [ms_until(program, program.started_s, lambda picture: "Ready" in picture)]}


def bare_textual(book: Book) -> Samples:
    """Textual alone, until its label is there, and then until it is gone."""
    with book.floor("bare_textual") as program:
        program.wait_for_raw(b"Ready")
        program.read_until_idle()
        painted_ms = ms_until(program, program.started_s, lambda picture: "Ready" in picture)
        return {"textual: label": [painted_ms], "textual: quit": [_quit_ms(program)]}


def log_in(book: Book) -> Samples:
    """The desk until its first frame, then until a character typed since has come up in the field."""
    with book.desk() as desk:
        desk.wait_for_raw(b"Username", PATIENCE_S)
        desk.send("x")
        desk.read_until_idle()
        start_s = desk.started_s
        return {
            "desk: first frame": [ms_until(desk, start_s, lambda picture: "Username" in picture)],
            "desk: usable": [ms_until(desk, start_s, _shows_typed)],
            "desk: quit from log in": [_quit_ms(desk)],
        }


def sign_in_at_once(book: Book) -> Samples:
    """The desk with everything typed ahead, at several moments of its start."""
    samples: dict[str, list[float]] = {"desk: first rows": [], "desk: sign-ins gone wrong": [], "desk: quit": []}
    first = book.account(FIRST_ACCOUNT)
    for delay_s in DELAYS_S:
        with book.desk() as desk:
            desk.read_for(delay_s)
            quiet = not desk.attributes[LOCAL_FLAGS] & termios.ECHO
            desk.send(SIGNS_IN)
            desk.wait_for_raw(first.encode(), PATIENCE_S)
            desk.read_until_idle()
            leaked = quiet and any(_leaks(picture) for picture in desk.pictures())
            right = "finance · Finance Admin" in desk.screen_text() and not leaked
            samples["desk: sign-ins gone wrong"].append(0.0 if right else 1.0)
            if not delay_s:
                rows_ms = ms_until(desk, desk.started_s, lambda picture: f"› ⚙ ▤ {first}" in picture)
                samples["desk: first rows"].append(rows_ms)
            samples["desk: quit"].append(_quit_ms(desk))
    return samples


def _shows_typed(picture: str) -> bool:
    return any("Username" in line and "x" in line for line in picture.splitlines())


def _leaks(picture: str) -> bool:
    # The log in of a demo lists the password once.
    return picture.count(DEMO_PASSWORD) > 1


def _quit_ms(desk: PtyDesk) -> float:
    start_s = time.monotonic()
    os.write(desk.master, QUIT.encode())
    desk.wait_for_exit()
    gone_s = time.monotonic()
    assert desk.attributes == desk.attributes_before, "the terminal is not as it was"
    return (gone_s - start_s) * 1000


MEASUREMENT = Measurement(
    scenarios=(python_tty, bare_textual, log_in, sign_in_at_once),
    figures=(
        Figure("1", "start → first frame", "desk: first frame", floor="python: first byte", most_ratio=2),
        Figure("2", "start → log in usable", "desk: usable", floor="textual: label", most_ratio=1.15),
        Figure("3", "typed ahead, gone wrong", "desk: sign-ins gone wrong", unit="of all", most=0, worst_counts=True),
        Figure("4", "start → first rows", "desk: first rows", floor="textual: label", most_ratio=2.5),
        Figure("5", "quit → gone", "desk: quit", floor="textual: quit", most=40),
        Figure("5", "quit → gone, from the log in", "desk: quit from log in", floor="textual: quit", most=40),
    ),
)
