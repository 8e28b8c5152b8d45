"""A bare Textual application with one label."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Label


class BareTextual(App[None]):
    """One label."""

    BINDINGS = [("ctrl+q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        """The label."""
        yield Label("Ready")


if __name__ == "__main__":
    BareTextual().run()
