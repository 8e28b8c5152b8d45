"""The log in's frame, painted in the first milliseconds: long before there is a library that could lay it out."""

from __future__ import annotations

import os

TITLE = "tui-billing · the payments desk"
LABELS = ("Username", "Password")
BUTTON = "Log In"
WIDTH, HEIGHT, BUTTON_AT = 76, 8, 23
# What the screen shows below the box, and the line of keys.
BELOW, KEYS = {True: 14, False: 1}, 1
# Background, border and text of the theme in which the screen will appear.
TRUE_COLOURS = ("48;2;46;52;64", "38;2;136;192;208", "38;2;171;173;178")
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?1049l\x1b[?25h"


def first_frame(columns: int, lines: int, training: bool) -> str:
    """The sequence that clears the screen and draws the empty form where it will be."""
    background, border, text = _colours()
    width = min(WIDTH, columns)
    left = (columns - width) // 2
    top = max(0, -(-(lines - KEYS - HEIGHT - BELOW[training]) // 2))
    inside = width - 2
    head = f"╭─ {TITLE} "[: width - 1]
    rows = ["", *LABELS, " " * (BUTTON_AT - 2) + BUTTON, ""]
    box = [
        f"{border}{head.ljust(width - 1, '─')}╮",
        *(f"{border}│{text}{'  ' + row:<{inside}.{inside}}{border}│" for row in rows),
        f"{border}╰{'─' * inside}╯",
    ]
    drawn = "".join(f"\x1b[{top + y};{left + 1}H{line}" for y, line in enumerate(box, start=1))
    return f"{ENTER}{background}\x1b[2J{drawn}\x1b[0m"


def _colours() -> tuple[str, str, str]:
    if "NO_COLOR" in os.environ or os.environ.get("COLORTERM") not in ("truecolor", "24bit"):
        return "", "", ""
    background, border, text = (f"\x1b[{code}m" for code in TRUE_COLOURS)
    return background, border, text
