"""The first frame is where the log in will be, in its colours, and is cleared away if there is to be none."""

from __future__ import annotations

import pyte
import pytest

from tests.terminal.demo_home import COMMAND, DemoHome
from tests.terminal.pty_desk import Emulator, PtyDesk
from tui_billing.terminal.first_frame import BUTTON, LABELS, TITLE, first_frame

TRUE_COLOURS = {"COLORTERM": "truecolor"}


def looks(screen: pyte.Screen, words: str) -> list[tuple[int, int, str, str]]:
    """Where the words stand, and in which colours."""
    found = []
    for y, line in enumerate(screen.display):
        x = line.find(words)
        if x >= 0:
            cell = screen.buffer[y][x]
            found.append((x, y, str(cell.fg), str(cell.bg)))
    return found


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("colours", [TRUE_COLOURS, {}], ids=["truecolor", "few"])
def test_the_log_in_comes_up_where_the_first_frame_has_drawn_it(
    demo: DemoHome, size: tuple[int, int], colours: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLORTERM", raising=False)
    for name, value in colours.items():
        monkeypatch.setenv(name, value)
    frame = Emulator(*size)
    frame.feed(first_frame(*size, training=True).encode())
    with demo.open(size=size, env=colours) as desk:
        desk.wait_for("Training database")
        desk.read_until_idle()
        log_in = desk.screen
    for words in ("╭─ ", "╰─", TITLE, *LABELS, BUTTON):
        drawn, shown = looks(frame.screen, words), looks(log_in, words)
        assert drawn, words
        same = slice(0, 2) if words in (TITLE, BUTTON) or not colours else slice(0, 4)
        assert drawn[0][same] == shown[0][same], words


def test_the_first_frame_is_there_at_once_and_nothing_blanks_it(demo: DemoHome) -> None:
    with demo.open_installed(env=TRUE_COLOURS) as desk:
        desk.wait_for("Training database")
        assert TITLE in next(picture for picture in desk.pictures() if picture.strip())
        assert desk.raw_output.count(b"\x1b[?1049h") == 1
        desk.send("\x11")
        assert desk.wait_for_exit()[0] == 0
        assert not desk.in_alternate_screen


def test_a_command_line_that_cannot_be_carried_out_leaves_the_ordinary_screen_behind(demo: DemoHome) -> None:
    with PtyDesk([COMMAND, "demo", "--no-such-option"], env=demo.environment) as desk:
        assert desk.wait_for_exit()[0] == 2
        assert "no-such-option" in desk.screen_text()
        assert not desk.in_alternate_screen
        assert desk.attributes == desk.attributes_before


def test_the_first_run_makes_its_database_on_the_ordinary_screen(demo: DemoHome) -> None:
    demo.database.unlink()
    with demo.open() as desk:
        desk.wait_for("Training database")
        assert b"Making the demo database" in desk.raw_output.split(b"\x1b[?1049h")[0]
