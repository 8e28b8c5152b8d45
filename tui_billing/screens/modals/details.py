"""Everything about one row, on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from tui_billing.domain.text import shown
from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.widgets.details import Detail, Details


class DetailsView(DeskModal[None]):
    """Shows details at full height; any of Esc and Enter closes it."""

    CSS_PATH = "details.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "leave", "Close", key_display="Esc"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", show=False),
        Binding("home", "scroll(-9999)", "Top", show=False),
        Binding("end", "scroll(9999)", "Bottom", show=False),
    ]

    def __init__(self, title: str, details: Sequence[Detail]) -> None:
        super().__init__()
        self._title = title
        self._shown = details

    def compose(self) -> ComposeResult:
        """The details in a frame."""
        with Vertical() as box:
            # A plain string would be parsed as markup.
            box.border_title = Content(shown(self._title))
            box.border_subtitle = "↑ ↓ scroll · Esc Close"
            yield Details("", self._shown, one_column=True)

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(Details).scroll_lines(lines)

    def action_leave(self) -> None:
        """Close the page."""
        self.finish(None)
