"""An application that shows one widget and writes down its messages and what it paints."""

from __future__ import annotations

import asyncio
from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.terminal.pty_desk import Emulator
from tui_billing.terminal.painting import Changes, Everything, paint_only_changes
from tui_billing.widgets.line_widget import LineWidget

DEADLINE_S = 15.0


class Painted(App[None]):
    """An application in front of an emulated terminal; which cells it was sent since is kept."""

    def __init__(self, size: tuple[int, int] = (80, 24)) -> None:
        super().__init__()
        paint_only_changes()
        self.terminal = Emulator(*size)
        self.stretches: list[tuple[int, int, int]] = []

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, Changes):
            self.stretches += renderable.stretches
        if isinstance(renderable, (Changes, Everything)) and not self._batch_count:
            self.terminal.feed(renderable.render_segments(self.console).replace("\n", "").encode())
        super()._display(screen, renderable)

    async def until_shown(self, pilot: Pilot[None], *expected: str) -> None:
        """Wait until the terminal shows all of this."""
        async with asyncio.timeout(DEADLINE_S):
            while not all(text in self.terminal.text for text in expected):
                await pilot.pause()


class Host(Painted):
    """Shows the widgets it is given, and keeps the messages of the kinds it is asked to keep."""

    def __init__(
        self, *widgets: Widget, keep: tuple[type[Message], ...] = (), size: tuple[int, int] = (80, 24)
    ) -> None:
        super().__init__(size)
        self.widgets = widgets
        self.keep = keep
        self.seen: list[Any] = []

    def compose(self) -> ComposeResult:
        yield from self.widgets

    async def _dispatch_message(self, message: Message) -> None:
        if isinstance(message, self.keep):
            self.seen.append(message)
        await super()._dispatch_message(message)


def lines(widget: LineWidget) -> list[str]:
    return [widget.render_line(y).text for y in range(widget.size.height)]
