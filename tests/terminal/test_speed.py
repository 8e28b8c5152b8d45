"""How fast and how quiet the desk is, measured from outside; a busy machine gets more rounds, not wider bounds."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

import pytest

from tests.terminal.demo_home import COMMAND, DemoHome
from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.demo_users import DEMO_PASSWORD

BARE_LOGIN = Path(__file__).with_name("bare_login.py")
ROUNDS, MOST_ROUNDS = 5, 20
LOGIN_RATIO = 1.25
SIGN_IN_S = 1.0
MOVE_BYTES = 1024
IDLE_S = 2


def painted_after(argv: list[str], demo: DemoHome) -> float:
    """The seconds from the start of a command to the log in on the screen."""
    start = time.monotonic()
    with PtyDesk(argv, env=demo.environment, cwd=demo.path) as desk:
        # The desk's first frame has the button too, but no demo users.
        desk.wait_until(lambda: b"Training" in desk.chunks[-1][1] if desk.chunks else False, "the log in")
        return desk.chunks[-1][0] - start


def sign_in_s(demo: DemoHome) -> float:
    """The seconds from Enter on the password to the accounts on the screen, had the machine nothing else to do."""
    with demo.open_installed() as desk:
        starting_s = desk.wait_for("F1 Help")
        # Starting needs the processor all the time, so what it lacked of it others had.
        share = min(1.0, desk.processor_s / starting_s)
        desk.read_until_idle()
        desk.send(f"finance\t{DEMO_PASSWORD}")
        desk.read_until_idle()
        desk.send("\r")
        return desk.wait_for("10000056") * share


def test_the_log_in_is_painted_almost_as_soon_as_textual_itself_can(demo: DemoHome) -> None:
    bare: list[float] = []
    desk: list[float] = []
    while len(desk) < ROUNDS or median(desk) > LOGIN_RATIO * median(bare):
        assert len(desk) < MOST_ROUNDS, f"{median(desk):.3f} s, and Textual itself {median(bare):.3f} s"
        bare.append(painted_after([sys.executable, str(BARE_LOGIN)], demo))
        desk.append(painted_after([COMMAND, "demo"], demo))


def test_all_accounts_are_there_within_a_second_of_the_password(demo: DemoHome) -> None:
    rounds: list[float] = []
    while len(rounds) < ROUNDS or median(rounds) > SIGN_IN_S:
        assert len(rounds) < MOST_ROUNDS, rounds
        rounds.append(sign_in_s(demo))


@pytest.mark.parametrize("colours", ["truecolor", ""])
def test_an_idle_desk_writes_nothing_and_a_move_of_the_cursor_little(demo: DemoHome, colours: str) -> None:
    with demo.open(env={"COLORTERM": colours}) as desk:
        desk.wait_for("Training database")
        desk.read_until_idle()
        assert not desk.read(IDLE_S)
        desk.send(f"finance\t{DEMO_PASSWORD}\r")
        desk.wait_for("Credit limit")
        desk.read_until_idle()
        assert not desk.read(IDLE_S)
        assert most_bytes_of_a_move(desk) <= MOVE_BYTES
        desk.send("\x1b[Hdu")
        desk.wait_for("r Record Payment")
        desk.wait_for("Recorded by")
        assert most_bytes_of_a_move(desk) <= MOVE_BYTES


def most_bytes_of_a_move(desk: PtyDesk) -> int:
    """The most of several moves that scroll nothing, with the details following each."""
    written = []
    for _ in range(5):
        desk.read_until_idle()
        before = len(desk.raw_output)
        desk.send("j")
        desk.read_until_idle()
        written.append(len(desk.raw_output) - before)
    assert min(written) > 0
    return max(written)
