"""What is written in fewer bytes looks the same on the screen."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.terminal.pty_desk import Emulator
from tui_billing.terminal.terse_styles import TerseStyles

CODES = ["1", "2", "3", "4", "7", "9", "31", "38;5;188", "38;2;216;222;233", "97", "44", "48;5;23", "48;2;46;52;64"]
styles = st.lists(st.sampled_from(CODES), unique=True, max_size=4).map(";".join)
texts = st.text("ab 日é›", min_size=1, max_size=6) | st.just("    ")
segments = st.tuples(styles, texts).map(lambda pair: f"\x1b[{pair[0]}m{pair[1]}\x1b[0m" if pair[0] else pair[1])
positions = st.tuples(st.integers(1, 5), st.integers(1, 20)).map(lambda at: f"\n\x1b[{at[0]};{at[1]}H")
others = st.sampled_from(
    ["\x1b[?2026h", "\x1b[?25l", "\x1b[K", "\x1b[2J", "\x1b]0;title\x07", "\r\n", "\x1b[31m", "\x1b[m"]
)
outputs = st.lists(st.lists(segments | positions | others, max_size=12).map("".join), min_size=1, max_size=3)


def cells(output: str) -> list[tuple[object, ...]]:
    emulator = Emulator(24, 6)
    emulator.feed(output.encode())
    buffer = emulator.screen.buffer
    found: list[tuple[object, ...]] = []
    for cell in (buffer[row][column] for row in range(6) for column in range(24)):
        seen = cell.data != " " or cell.underscore or cell.strikethrough or cell.reverse
        look = (cell.bold, cell.italics, cell.underscore, cell.strikethrough, cell.reverse)
        found.append((cell.data, cell.fg if seen else "", cell.bg, look if seen else ""))
    return found


@settings(max_examples=50, deadline=None)
@given(outputs)
def test_the_screen_is_the_same(written: list[str]) -> None:
    terse = TerseStyles()
    shortened = [terse.shorten(output) for output in written]
    assert cells("".join(shortened)) == cells("".join(written))


def test_neighbours_of_one_background_say_it_once() -> None:
    background = "48;2;46;52;64"
    written = f"\x1b[38;5;1;{background}mone\x1b[0m\x1b[38;5;2;{background}mtwo\x1b[0m"
    assert TerseStyles().shorten(written) == f"\x1b[38;5;1;{background}mone\x1b[38;5;2mtwo"


def test_an_attribute_ends_alone_and_the_colours_stay() -> None:
    colours = "38;5;1;48;5;2"
    written = f"\x1b[{colours}mone\x1b[0m\x1b[1;7;{colours}mtwo\x1b[0m\x1b[{colours}mthree\x1b[0m"
    assert TerseStyles().shorten(written) == f"\x1b[{colours}mone\x1b[1;7mtwo\x1b[22;27mthree"


def test_a_style_left_on_is_remembered_for_the_next_output() -> None:
    terse = TerseStyles()
    assert terse.shorten("\x1b[1mbold") == "\x1b[1mbold"
    assert terse.shorten("still\x1b[0m plain") == "still\x1b[0m plain"


def test_any_text_at_all_passes_through() -> None:
    chance = random.Random(7)
    for _ in range(500):
        text = "".join(chance.choice("\x1b[];0123456789mHh?\n\r ab") for _ in range(30))
        assert TerseStyles().shorten(text).replace("\x1b[0m", "").count("a") == text.count("a")
