"""A line to search a list with, out of sight until it is wanted."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui_billing.widgets.text_field import TextField


class SearchLine(TextField):
    """Opens over a list, and closes empty; each change is an `Input.Changed`."""

    DEFAULT_CSS = """
    SearchLine { display: none; width: 1fr; }
    SearchLine.-open { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.back", "Clear", key_display="Esc")]

    def open(self) -> None:
        """Appear, ready to be typed into."""
        self.add_class("-open")
        self.focus()

    def close(self) -> None:
        """Go away, and with it what was searched for."""
        self.value = ""
        self.remove_class("-open")
