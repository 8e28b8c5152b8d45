"""Keys typed before their screen is there: they end where they should, and the password is seen nowhere."""

from __future__ import annotations

import termios
from collections.abc import Iterator

import pytest

from tests.terminal.demo_home import TYPIST, TYPISTS_PASSWORD, DemoHome
from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.demo_users import DEMO_PASSWORD

SIGNS_IN = f"{TYPIST}\t{TYPISTS_PASSWORD}\r"
LOCAL_FLAGS = 3


def is_quiet(desk: PtyDesk) -> bool:
    """Whether the terminal shows nothing of what is typed."""
    return not desk.attributes[LOCAL_FLAGS] & termios.ECHO


def pictures_of_the_desk(desk: PtyDesk) -> Iterator[str]:
    """What was on the screen since the desk wrote its first line; the terminal's own echo came before."""
    yield from (picture for picture in desk.pictures() if "tui-billing" in picture or "Accounts" in picture)


def assert_signed_in_without_a_trace(desk: PtyDesk) -> None:
    desk.wait_for(f"{TYPIST} · Finance Admin")
    pictures = list(pictures_of_the_desk(desk))
    assert pictures
    assert not any(TYPISTS_PASSWORD in picture for picture in pictures)
    desk.send("\x11")
    assert desk.wait_for_exit()[0] == 0
    assert TYPISTS_PASSWORD not in desk.screen_text()


@pytest.mark.parametrize("delay_s", [0, 0.03, 0.15, 0.3])
def test_name_tab_password_enter_in_one_go_signs_in_and_keys_for_the_screens_behind_go_to_them(
    demo: DemoHome, delay_s: float
) -> None:
    (third,) = demo.query("SELECT number FROM account WHERE type <> 'system' ORDER BY number LIMIT 1 OFFSET 2")[0]
    with demo.open_installed() as desk:
        desk.read_for(delay_s)
        quiet_before = is_quiet(desk)
        desk.send(f"{SIGNS_IN}jj\rp")
        desk.wait_for("› Payments")
        desk.wait_for(f"· {third} ·")
        assert_signed_in_without_a_trace(desk)
        # What is typed into a terminal that still echoes is beyond the desk, which can only wipe it.
        assert not quiet_before or TYPISTS_PASSWORD.encode() not in desk.raw_output


def test_from_the_moment_the_terminal_is_quiet_no_byte_of_the_password_is_written(demo: DemoHome) -> None:
    with demo.open_installed() as desk:
        desk.wait_until(lambda: is_quiet(desk), "a quiet terminal")
        desk.send(SIGNS_IN)
        assert_signed_in_without_a_trace(desk)
        assert TYPISTS_PASSWORD.encode() not in desk.raw_output


def test_what_is_typed_before_the_command_reads_anything_signs_in_too(demo: DemoHome) -> None:
    with demo.open_installed(type_ahead=SIGNS_IN.encode()) as desk:
        assert_signed_in_without_a_trace(desk)


def test_a_whole_payment_in_one_go_is_recorded_once(demo: DemoHome) -> None:
    count = "SELECT count(*), coalesce(max(sequence), 0) FROM payment"
    before = demo.query(count)[0][0]
    with demo.open() as desk:
        desk.send(f"finance\t{DEMO_PASSWORD}\r/globex\rpr125.50\r")
        desk.wait_for("USD 125.50 recorded")
    after, last = demo.query(count)[0]
    assert after == before + 1
    assert demo.query("SELECT amount_minor FROM payment WHERE sequence = ?", [last]) == [(125_50,)]
