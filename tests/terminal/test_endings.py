"""However the desk ends, the terminal is as it was, and a payment in flight is neither lost nor taken twice."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.store.tampering import tamper_file
from tests.terminal.demo_home import COMMAND, DemoHome
from tests.terminal.pty_desk import PtyDesk
from tests.terminal.test_driver import assert_terminal_as_before

GONE_WITHIN_S = 2
SLOW_CARD_USER, SLOW_CARD_OWNER = "ruta", "Rūta Šimkutė"
ENDINGS: Mapping[str, tuple[int, Callable[[PtyDesk], None]]] = {
    "SIGTERM": (128 + signal.SIGTERM, lambda desk: desk.signal(signal.SIGTERM)),
    "SIGHUP": (128 + signal.SIGHUP, lambda desk: desk.signal(signal.SIGHUP)),
    "SIGQUIT": (128 + signal.SIGQUIT, lambda desk: desk.signal(signal.SIGQUIT)),
    "a closed terminal": (128 + signal.SIGHUP, lambda desk: desk.close_master()),
}


@contextmanager
def on_the_log_in(demo: DemoHome) -> Iterator[PtyDesk]:
    with demo.open() as desk:
        desk.wait_for("F1 Help")
        yield desk


@contextmanager
def in_a_dialog(demo: DemoHome) -> Iterator[PtyDesk]:
    with demo.signed_in() as desk:
        desk.send("c")
        desk.wait_for("╭─ Issue Credit ─")
        desk.send("25")
        desk.wait_for("Balance USD")
        yield desk


@contextmanager
def with_a_payment_in_flight(demo: DemoHome) -> Iterator[PtyDesk]:
    with demo.signed_in(SLOW_CARD_USER, sees=SLOW_CARD_OWNER) as desk:
        desk.send("um")
        desk.wait_for("╭─ Make Payment ─")
        desk.send("\x01\x0b25\r")
        desk.wait_for("Working…")
        yield desk


@contextmanager
def in_all_accounts(demo: DemoHome) -> Iterator[PtyDesk]:
    with demo.signed_in(installed=True) as desk:
        yield desk


Place = Callable[[DemoHome], AbstractContextManager[PtyDesk]]
PLACES: Mapping[str, Place] = {"the log in": on_the_log_in, "All Accounts": in_all_accounts, "a dialog": in_a_dialog}


def end(desk: PtyDesk, ending: str) -> float:
    expected, how = ENDINGS[ending]
    how(desk)
    code, took_s = desk.wait_for_exit()
    assert code == expected
    if desk.master >= 0:
        assert_terminal_as_before(desk)
        assert desk.screen_text().strip() == ""
    return took_s


def end_in_time(demo: DemoHome, place: Place, ending: str) -> None:
    """One of three desks must be gone in time: on a busy machine one may have to wait for its turn."""
    times_s: list[float] = []
    while not times_s or times_s[-1] >= GONE_WITHIN_S:
        assert len(times_s) < 3, f"gone only after {times_s} seconds"
        with place(demo) as desk:
            times_s.append(end(desk, ending))


@pytest.mark.parametrize(
    ("place", "ending"), [*(("a dialog", e) for e in ENDINGS), ("the log in", "SIGTERM"), ("All Accounts", "SIGHUP")]
)
def test_the_terminal_is_given_back(demo: DemoHome, place: str, ending: str) -> None:
    end_in_time(demo, PLACES[place], ending)


def test_a_demo_database_that_is_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    home = DemoHome(tmp_path)
    being_made = f".{home.database.name}.*"
    with PtyDesk([COMMAND, "demo", "--payments", "1000000"], env=home.environment, cwd=tmp_path) as desk:
        desk.wait_until(lambda: any(home.database.parent.glob(being_made)), being_made)
        desk.signal(signal.SIGTERM)
        assert desk.wait_for_exit()[0] == 128 + signal.SIGTERM
        assert desk.attributes == desk.attributes_before
    assert not any(home.database.parent.glob(being_made))
    assert not home.database.exists()


def test_a_signal_at_the_first_password_gives_the_terminal_its_echo_back(tmp_path: Path) -> None:
    with PtyDesk([COMMAND], env=DemoHome(tmp_path).environment, cwd=tmp_path) as desk:
        desk.wait_for("assword")
        desk.wait_until(lambda: desk.attributes != desk.attributes_before, "no echo")
        desk.signal(signal.SIGTERM)
        assert desk.wait_for_exit()[0] == 128 + signal.SIGTERM
        assert desk.attributes == desk.attributes_before


@pytest.mark.parametrize("ending", ["SIGTERM", "a closed terminal"])
def test_a_payment_in_flight_is_neither_lost_nor_taken_twice(demo: DemoHome, ending: str) -> None:
    end_in_time(demo, with_a_payment_in_flight, ending)
    states = "SELECT key, state FROM payment WHERE amount_minor = 2500"
    sent = demo.query(states)
    assert sent
    assert {state for _, state in sent} <= {"pending", "completed"}
    # An hour later nothing is on its way any more.
    earlier = "strftime('%Y-%m-%d %H:%M:%f000', recorded_at, '-1 hour')"
    tamper_file(demo.database, f"UPDATE payment SET recorded_at = {earlier} WHERE amount_minor = 2500")
    assert demo.look_up_everything() == 0
    for key, state in demo.query(states):
        taken = demo.query("SELECT count(*) FROM transactions WHERE key = ? AND kind = 'charge'", [key], record=True)
        assert (state, taken[0][0]) in (("completed", 1), ("failed", 0))
    demo.assert_books_are_right()


def test_ctrl_q_asks_while_a_payment_is_in_flight_and_the_payment_still_arrives(demo: DemoHome) -> None:
    with with_a_payment_in_flight(demo) as desk:
        desk.send("\x11")
        desk.wait_for("Quit")
        desk.send("\x1b")
        desk.wait_for("EUR 25.00 charged")
        desk.send("\x11")
        assert desk.wait_for_exit()[0] == 0
    demo.assert_books_are_right()


@pytest.mark.parametrize("place", PLACES)
def test_ctrl_c_ctrl_z_and_ctrl_backslash_do_nothing_and_ctrl_q_leaves_the_terminal_as_it_was(
    demo: DemoHome, place: str
) -> None:
    with PLACES[place](demo) as desk:
        before = desk.screen_text()
        for number in (signal.SIGINT, signal.SIGTSTP):
            desk.signal(number)
        # The last key shows something in each of these places: what came before it has been taken by then.
        desk.send("\x03\x1a\x1c\x7f/")
        desk.wait_until(lambda: desk.screen_text() != before, "an answer to a key")
        assert desk.process.poll() is None
        assert desk.in_alternate_screen
        desk.send("\x11jj\r\tq")
        assert desk.wait_for_exit()[0] == 0
        assert_terminal_as_before(desk)
        assert desk.screen_text().strip() == ""
