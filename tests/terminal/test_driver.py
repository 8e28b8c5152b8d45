"""The terminal layer seen from outside: a tiny application in a real pseudo-terminal."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from textual import _compositor, _xterm_parser, constants, driver, screen, widget
from textual import strip as _strip
from textual.app import App
from textual.drivers import linux_driver

from tests.terminal import tiny_desk
from tests.terminal.pty_desk import PATIENCE_S, PtyDesk
from tui_billing.terminal import modes
from tui_billing.terminal.driver import exit_on_signals
from tui_billing.terminal.modes import Unwinding, drop_textual_environment, prepare_terminal

TINY_DESK = "tests.terminal.tiny_desk"
ENDINGS = [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]


@contextmanager
def started() -> Iterator[PtyDesk]:
    with PtyDesk.forked(tiny_desk.main) as desk:
        desk.wait_for("80x24")
        desk.read_until_quiet()
        yield desk


@pytest.fixture
def desk() -> Iterator[PtyDesk]:
    with started() as desk:
        yield desk


@pytest.fixture(scope="module")
def desk_of_many() -> Iterator[PtyDesk]:
    with started() as desk:
        yield desk


@pytest.fixture
def typed_at(desk_of_many: PtyDesk) -> PtyDesk:
    """A desk that outlives what is typed at it, with an empty field."""
    desk_of_many.send("x")
    desk_of_many.wait_until(lambda: bool(re.search("user='.*x", desk_of_many.screen_text())), "an x in the field")
    # Only now: a key that is bound to an action is acted upon after text that was typed behind it.
    desk_of_many.send("\x05\x15")
    desk_of_many.wait_for("user=''")
    return desk_of_many


def assert_terminal_as_before(desk: PtyDesk) -> None:
    assert not desk.in_alternate_screen
    assert desk.attributes == desk.attributes_before
    for mode in (b"1000", b"1003", b"1006", b"2004", b"1004"):
        assert desk.raw_output.rfind(b"\x1b[?%sl" % mode) > desk.raw_output.rfind(b"\x1b[?%sh" % mode)
    assert desk.raw_output.rfind(b"\x1b[?25h") > desk.raw_output.rfind(b"\x1b[?25l")
    assert b"Traceback" not in desk.raw_output


def test_ctrl_q_leaves_at_once_and_gives_the_terminal_back(desk: PtyDesk) -> None:
    desk.send("\x11")
    code, took_s = desk.wait_for_exit()
    assert code == 0
    assert took_s < 1
    assert_terminal_as_before(desk)


def test_bytes_that_are_not_utf8_kill_nothing(typed_at: PtyDesk) -> None:
    typed_at.send(b"a\xff\xfe\xc3b\x80")
    typed_at.wait_for("user='a\N{REPLACEMENT CHARACTER}")
    typed_at.send("\x15")
    typed_at.wait_for("user=''")
    typed_at.send("ok")
    typed_at.wait_for("user='ok'")


def test_a_character_split_between_two_reads_arrives_whole(typed_at: PtyDesk) -> None:
    typed_at.send("é".encode()[:1])
    typed_at.read_until_quiet()
    typed_at.send("é".encode()[1:])
    typed_at.wait_for("user='é'")


def test_sequences_with_impossible_numbers_kill_nothing(typed_at: PtyDesk) -> None:
    typed_at.send("\x1b[1;1;99999999999u\x1b[9999999999999;1;1u")
    typed_at.read_until_quiet()
    typed_at.send("ok")
    typed_at.wait_for("user='ok'")


def test_a_report_of_a_size_that_no_window_has_changes_nothing(typed_at: PtyDesk) -> None:
    typed_at.send("\x1b[48;10000;10000;0;0t\x1b[48;24;1001;0;0t")
    typed_at.read_until_quiet()
    assert not re.search(r"10000x10000|1001x24", typed_at.screen_text())
    typed_at.send("ok")
    typed_at.wait_for("user='ok'")


def test_a_lone_escape_is_the_escape_key_and_does_not_swallow_the_next_one(typed_at: PtyDesk) -> None:
    typed_at.send("\x1b")
    typed_at.read_until_quiet()
    typed_at.send("ok")
    typed_at.wait_for("user='ok'")


def test_an_escape_with_a_key_right_behind_it_is_both_keys(typed_at: PtyDesk) -> None:
    typed_at.send("\x1bac\x1b\x05d")
    typed_at.wait_for("user='acd'")


def test_an_escape_and_a_return_inside_a_paste_press_nothing(typed_at: PtyDesk) -> None:
    typed_at.send("\x1b[200~a\x1bZb\x1b\x11\rc\x1b[201~")
    typed_at.wait_for("user='a Zb  '")
    typed_at.read_until_quiet()
    assert "SUBMITTED" not in typed_at.screen_text()
    typed_at.send("\r")
    typed_at.wait_for("SUBMITTED a Zb")


def test_after_a_paste_without_an_end_keys_work_again(typed_at: PtyDesk) -> None:
    typed_at.send("\x1b[200~ab\x1bZ\r")
    typed_at.wait_for("user='ab Z'")
    typed_at.send("c\r")
    typed_at.wait_for("SUBMITTED ab Zc")


@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_ends_the_desk_and_gives_the_terminal_back(desk: PtyDesk, number: int) -> None:
    desk.signal(number)
    code, took_s = desk.wait_for_exit()
    assert code == 128 + number
    assert took_s < 2
    assert_terminal_as_before(desk)


@pytest.mark.parametrize("number", ENDINGS)
def test_a_signal_while_the_desk_is_still_starting_gives_the_terminal_back(number: int) -> None:
    with PtyDesk.python(TINY_DESK) as desk:
        desk.wait_for_raw(b"PREPARED")
        desk.signal(number)
        code, took_s = desk.wait_for_exit()
        assert code == 128 + number
        assert took_s < 2
        assert desk.attributes == desk.attributes_before


class Swallows:
    """Says nothing of what is raised as it goes, as some steps of an import do."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


def signalled_where_nothing_can_be_raised() -> int:
    prepare_terminal()
    Swallows()
    return 0


def signalled_again_while_the_terminal_is_given_back() -> int:
    prepare_terminal()
    again = [signal.SIGTERM]
    modes.leave_first_frame = lambda: os.kill(os.getpid(), again.pop()) if again else None
    os.kill(os.getpid(), signal.SIGTERM)
    return 0


def signalled_again_while_something_is_undone() -> int:
    with Unwinding():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
    return 0


def signalled_once_it_has_been_left() -> int:
    loop = asyncio.new_event_loop()
    exit_on_signals(App(), loop, grace_s=0.1)
    loop.close()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    return 0


@pytest.mark.parametrize(
    "program",
    [
        signalled_where_nothing_can_be_raised,
        signalled_again_while_the_terminal_is_given_back,
        signalled_again_while_something_is_undone,
        signalled_once_it_has_been_left,
    ],
)
def test_a_signal_is_heeded_wherever_it_comes(program: Callable[[], int]) -> None:
    with PtyDesk.forked(program) as desk:
        assert desk.wait_for_exit()[0] == 128 + signal.SIGTERM
        assert desk.attributes == desk.attributes_before


def deaf_to_its_terminal() -> int:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Unwinding():
        os.kill(os.getpid(), signal.SIGHUP)
    return 0


def test_what_is_made_without_a_terminal_is_made_though_that_has_hung_up() -> None:
    with PtyDesk.forked(deaf_to_its_terminal) as desk:
        assert desk.wait_for_exit()[0] == 0


def test_a_signal_ends_a_desk_whose_terminal_takes_no_more_bytes(desk: PtyDesk) -> None:
    for columns in [70, 80] * 100:
        desk.resize(columns, 24)
        select.select([], [], [], 0.003)
    desk.signal(signal.SIGTERM)
    assert desk.process.wait(timeout=2) == 128 + signal.SIGTERM
    desk.read_until_quiet()
    assert desk.in_alternate_screen, "the terminal was not stalled"
    assert desk.attributes == desk.attributes_before


def test_a_signal_is_not_lost_in_a_storm_of_others(desk: PtyDesk) -> None:
    for _ in range(20_000):
        desk.signal(signal.SIGWINCH)
    desk.signal(signal.SIGTERM)
    assert desk.wait_for_exit()[0] == 128 + signal.SIGTERM


def test_a_hang_up_ends_the_desk(desk: PtyDesk) -> None:
    desk.close_master()
    code, took_s = desk.wait_for_exit()
    assert code == 128 + signal.SIGHUP
    assert took_s < 2


def test_sigint_and_ctrl_z_do_nothing(typed_at: PtyDesk) -> None:
    typed_at.signal(signal.SIGINT)
    typed_at.signal(signal.SIGTSTP)
    typed_at.send("\x1ahere")
    typed_at.wait_for("user='here'")


def test_what_is_typed_ahead_goes_to_the_right_field_and_is_never_echoed() -> None:
    with PtyDesk.python(TINY_DESK) as desk:
        desk.wait_for_raw(b"PREPARED")
        desk.send("mara\tsecret\r")
        desk.wait_for("SUBMITTED mara")
        assert b"secret" not in desk.raw_output
        assert "••••••" in desk.screen_text()


def test_what_is_typed_before_the_program_runs_is_wiped_and_still_arrives() -> None:
    with PtyDesk.python(TINY_DESK, type_ahead=b"mara\tsecret\r") as desk:
        desk.wait_for("SUBMITTED mara")
        desk.send("\x11")
        desk.wait_for_exit()
        assert "secret" not in desk.screen_text()


def test_textual_variables_neither_press_keys_nor_choose_a_driver() -> None:
    variables = {"TEXTUAL_PRESS": "x,ctrl+q", "TEXTUAL_DRIVER": "no.such:Driver", "TEXTUAL_ALLOW_SIGNALS": "1"}
    with PtyDesk.python(TINY_DESK, env=variables) as desk:
        desk.wait_for("80x24")
        desk.send("here")
        desk.wait_for("user='here'")


@pytest.mark.parametrize("exported", [{"COLUMNS": "40", "LINES": "10"}, {"COLUMNS": "99999999", "LINES": "99999999"}])
def test_exported_columns_neither_freeze_the_size_nor_hang_the_desk(exported: dict[str, str]) -> None:
    with PtyDesk.forked(tiny_desk.main, env=exported) as desk:
        desk.wait_for("80x24")
        desk.resize(100, 30)
        desk.wait_for("100x30")


def test_variables_that_steer_the_desk_are_dropped_and_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = ("TEXTUAL_PRESS", "TEXTUAL", "COLUMNS", "LINES", "COLUMNS_OF_MINE")
    for name in variables:
        monkeypatch.setenv(name, "99999999")
    drop_textual_environment()
    assert [name for name in variables if name in os.environ] == ["COLUMNS_OF_MINE"]


def test_a_storm_of_sizes_ends_in_the_last_one(desk: PtyDesk) -> None:
    for columns in range(20, 120):
        desk.resize(columns, 5 + columns % 40)
        desk.read(0)
    desk.resize(20, 5)
    desk.wait_for("20x5")
    desk.send("\x11")
    assert desk.wait_for_exit()[0] == 0


def test_a_window_that_was_smaller_for_a_moment_shows_everything_again(desk: PtyDesk) -> None:
    desk.resize(3, 24)
    desk.resize(80, 24)
    assert "80x24" not in desk.screen_text()
    desk.wait_for("80x24")


def test_an_idle_desk_uses_no_processor(typed_at: PtyDesk) -> None:
    # What was typed is on the screen before all is done that it leads to.
    typed_at.read_until_idle()
    before_s = typed_at.processor_s
    typed_at.read_until_quiet(0.5)
    assert typed_at.processor_s - before_s <= 0.02


PRIVATE_NAMES: list[tuple[object, str]] = [
    (linux_driver.LinuxDriver, "_run_input_thread"),
    (linux_driver.LinuxDriver, "_get_terminal_size"),
    (linux_driver.LinuxDriver, "run_input_thread"),
    (_xterm_parser.XTermParser, "tick"),
    (_xterm_parser.XTermParser, "feed"),
    (constants, "ESCAPE_DELAY"),
    (App, "_build_driver"),
    (_compositor.CompositorUpdate, "render_segments"),
    (_compositor.Compositor, "render_partial_update"),
    (_compositor.Compositor, "render_full_update"),
    (_compositor.Compositor, "visible_widgets"),
    (_compositor.Compositor, "layers_visible"),
    (_strip.Strip, "render_style"),
]


@pytest.mark.parametrize(("owner", "name"), PRIVATE_NAMES, ids=lambda value: str(value))
def test_the_private_names_the_driver_relies_on_are_still_there(owner: object, name: str) -> None:
    assert hasattr(owner, name)


def test_textual_still_uses_what_the_driver_overrides() -> None:
    source: Callable[[object], str] = inspect.getsource  # type: ignore[assignment]
    text = source(linux_driver.LinuxDriver)
    for use in (
        "target=self._run_input_thread",
        "self.run_input_thread()",
        "self._get_terminal_size()",
        "self.attrs_before",
        "self._key_thread.join()",
        "self.write(",
        "self._in_band_window_resize",
    ):
        assert use in text
    assert "self._loop =" in source(driver.Driver)
    compositor = source(_compositor.Compositor)
    assert "return self.render_partial_update()" in compositor
    assert "return self.render_full_update(" in compositor
    assert "self._dirty_regions.update(regions)" in compositor
    assert "widget._exchange_repaint_regions()" in compositor
    assert "self._repaint_regions.copy()" in source(widget.Widget)
    assert "self._compositor.update_widgets(self._dirty_widgets)" in source(screen.Screen)
