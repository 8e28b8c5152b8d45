"""The screen as plain text, and pictures of it that are kept in files."""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual._context import visible_screen_stack
from textual.app import App

from tui_billing.terminal.painting import composed

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "UPDATE_SNAPSHOTS"


def screen_segments(app: App[Any]) -> list[list[Segment]]:
    """What the terminal shows, line by line: the screen on top, over what it lets through of those below it."""
    visible_screen_stack.set(app._background_screens)
    compositor = app.screen._compositor
    return [composed(compositor, y) for y in range(compositor.size.height)]


def screen_lines(app: App[Any]) -> list[str]:
    """The same as plain text, with every cell."""
    return ["".join([segment.text for segment in line]) for line in screen_segments(app)]


def assert_same_picture(app: App[Any], name: str) -> None:
    """Compare the screen with the picture of this name; with UPDATE_SNAPSHOTS=1, make that picture anew."""
    taken = "\n".join(line.rstrip() for line in screen_lines(app)) + "\n"
    file = FOLDER / f"{name}.txt"
    if os.environ.get(UPDATE):
        file.write_text(taken, encoding="utf-8")
        return
    if not file.exists():
        pytest.fail(f"There is no picture {file.name}. Make it with {UPDATE}=1 and look at it:\n{taken}")
    before = file.read_text(encoding="utf-8").splitlines()
    changes = "\n".join(unified_diff(before, taken.splitlines(), "before", "now", lineterm=""))
    assert not changes, f"{file.name} looks different; {UPDATE}=1 takes it as right:\n{changes}"
