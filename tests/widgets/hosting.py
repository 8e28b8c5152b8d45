"""An application that shows one widget and writes down its messages."""

from __future__ import annotations

from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from tui_billing.widgets.line_widget import LineWidget


class Host(App[None]):
    """Shows the widgets it is given, and keeps the messages of the kinds it is asked to keep."""

    def __init__(self, *widgets: Widget, keep: tuple[type[Message], ...] = ()) -> None:
        super().__init__()
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
