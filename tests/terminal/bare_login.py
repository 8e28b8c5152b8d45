"""What Textual itself takes: the log in's widgets and words in an application with nothing behind it."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Button, Input, Static


class BareLogin(App[None]):
    """Two fields, a button and some text, all of them Textual's own."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("ctrl+q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Static("Username")
        yield Input()
        yield Static("Password")
        yield Input(password=True)
        yield Button("Log In")
        yield Static("Training database, nothing is real.")


if __name__ == "__main__":
    BareLogin().run()
