"""Whatever arrives from the keyboard, the window or the environment, the desk stays usable."""

from __future__ import annotations

import random
from pathlib import Path

from tests.terminal.demo_home import DemoHome
from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.demo_users import DEMO_PASSWORD

QUIT = 0x11
RANDOM_STRINGS = 100
ESCAPE = "\x1b[27u"
EMPTIES = "\x01\x0b\t"
HARMLESS = {
    "bytes that are no UTF-8": b"\xff\xfe\xc3\x28\x80\xed\xa0\x80",
    "an escape sequence that never ends": b"\x1b[",
    "impossible numbers": b"\x1b[1;1;99999999999u\x1b[<9999999999;99999999999;1M\x1b[9999999999999;1;1u\x1b[<0;-5;0M",
    "answers to questions nobody asked": b"\x1b[?2026;9$y\x1b[?62;c\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[200;9999R",
    "zeros": bytes(40),
}


def signs_in(desk: PtyDesk) -> None:
    """Sign in from a log in whose fields may hold anything, and which a palette or the help may cover."""
    # Longer than the pause after which a sequence that was begun is taken as it stands.
    desk.read_for(0.5)
    # Without a password, Enter leads to its field.
    desk.send(ESCAPE * 3 + EMPTIES * 3 + f"\r\x1b[Zops\t{DEMO_PASSWORD}\r")
    desk.wait_for("ops · Ops Admin", timeout_s=30)


def test_no_bytes_and_no_random_strings_do_harm(demo: DemoHome) -> None:
    chance = random.Random(20260316)
    strings = [
        bytes(byte for byte in chance.randbytes(chance.randint(1, 16)) if byte != QUIT) for _ in range(RANDOM_STRINGS)
    ]
    with demo.open() as desk:
        desk.wait_for("F1 Help")
        for said, what in HARMLESS.items():
            desk.send(what)
            desk.read_for(0.2)
            assert desk.process.poll() is None, said
        for string in strings:
            desk.send(string)
            assert desk.process.poll() is None, string
        # The end of a paste that the last bytes may have begun.
        desk.send("\x1b[201~")
        signs_in(desk)
        desk.wait_for("Globex Corporation")
        for said, what in HARMLESS.items():
            desk.send(what)
            desk.read_for(0.5)
            desk.send(ESCAPE * 3 + "/lindqvist")
            desk.wait_until(lambda: "› ⚙ ▤ 10000093" in desk.screen_text(), f"Mara in spite of {said}")
            desk.send(ESCAPE * 3)
            desk.wait_for("10000056")
        desk.send("\x11")
        assert desk.wait_for_exit()[0] == 0


def test_a_tiny_window_and_a_storm_of_sizes_leave_the_desk_usable(demo: DemoHome) -> None:
    with demo.signed_in() as desk:
        desk.resize(20, 5)
        desk.wait_until(lambda: max(map(len, desk.screen_text().splitlines())) <= 20, "a narrow screen")
        desk.send("jjkdup")
        desk.wait_for("Payments")
        for columns in [*range(20, 200, 3), *range(200, 20, -7)]:
            desk.resize(columns, 5 + columns % 45)
            desk.read(0)
        desk.resize(80, 24)
        desk.send("c")
        desk.wait_for("╭─ Issue Credit ─")
        desk.send(ESCAPE)
        desk.wait_for("r Record Payment")
        desk.send(ESCAPE * 2 + "/globex")
        desk.wait_for("› ⚙ ▤ 10000056")


def test_textual_variables_do_nothing(demo: DemoHome, tmp_path: Path) -> None:
    written = tmp_path / "written"
    written.mkdir()
    variables = {
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_PRESS": "x,tab,y,ctrl+q",
        "TEXTUAL_DRIVER": "no.such.module:Driver",
        "TEXTUAL_LOG": str(written / "textual.log"),
        "TEXTUAL_SCREENSHOT": "0",
        "TEXTUAL_SCREENSHOT_LOCATION": str(written),
        "TEXTUAL_THEME": "no-such-theme",
        "TEXTUAL_ANIMATIONS": "nonsense",
    }
    before = set(demo.path.iterdir())
    with demo.signed_in(installed=True, env=variables) as desk:
        desk.read_until_quiet()
        desk.send("\x11")
        assert desk.wait_for_exit()[0] == 0
        assert desk.screen_text().strip() == ""
    assert list(written.iterdir()) == []
    assert {path.name for path in set(demo.path.iterdir()) - before} <= {"state"}
