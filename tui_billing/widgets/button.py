"""A button of one line; Textual's own has ten times the styles to match."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget

KEYS = ("enter", "space")
MARGIN = 3
LEAST_CELLS = 10


class Button(LineWidget, can_focus=True):
    """Pressed by Enter, Space or a click."""

    DEFAULT_CSS = """
    Button { height: 1; background: $panel; }
    Button.-primary { color: $text-primary; text-style: bold; }
    Button:focus { background: $background; color: $primary; text-style: bold reverse; }
    Button:disabled { text-style: dim; }
    """

    class Pressed(Message):
        """The button was pressed."""

        def __init__(self, button: Button) -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> Button:
            """The button this comes from."""
            return self.button

    def __init__(
        self,
        label: str,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._label = ""
        self.label = label

    @property
    def label(self) -> str:
        """What it does."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = shown(label)
        self.styles.width = self.cells
        self.refresh()

    @property
    def cells(self) -> int:
        """How wide it is."""
        return max(LEAST_CELLS, len(self._label) + 2 * MARGIN)

    def draw_line(self, y: int) -> Strip:  # noqa: ARG002
        """The label between brackets, and a mark when Enter would press it: both can be seen without colour."""
        inside = self.size.width - len("[]")
        text = f"› {self._label}  " if self.has_focus else self._label
        return self.strip([("", f"[{fitted(text.center(inside), inside)}]")])

    async def _on_key(self, event: events.Key) -> None:
        if event.key in KEYS:
            event.stop()
            event.prevent_default()
            self.post_message(self.Pressed(self))

    async def _on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Pressed(self))
