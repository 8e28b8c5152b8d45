"""The smallest application on the desk's terminal layer: it says what was typed into its two fields."""

from __future__ import annotations

import os
import sys

from tui_billing.terminal.modes import drop_textual_environment, prepare_terminal


def main() -> int:
    prepare_terminal()
    drop_textual_environment()
    os.write(1, b"PREPARED\r\n")

    import asyncio

    from textual.app import App, ComposeResult
    from textual.binding import Binding
    from textual.events import Resize
    from textual.widgets import Input, Static

    from tui_billing.terminal.driver import DeskDriver, exit_on_signals

    class TinyDesk(App[None]):
        BINDINGS = [
            Binding("ctrl+q", "quit"),
            Binding("ctrl+z", "suspend_process"),
            Binding("tab", "app.focus_next", priority=True),
        ]

        def compose(self) -> ComposeResult:
            yield Static("", id="said", markup=False)
            for field in (Input(id="user"), Input(id="password", password=True)):
                # As on the desk: what blinks is never idle.
                field.cursor_blink = False
                yield field

        def on_load(self) -> None:
            exit_on_signals(self, asyncio.get_running_loop())

        def on_mount(self) -> None:
            self.say(f"READY {sorted(name for name in os.environ if name.startswith('TEXTUAL'))}")

        def on_input_changed(self, event: Input.Changed) -> None:
            self.say(f"{event.input.id}={event.value!r}" if not event.input.password else "password")

        def on_input_submitted(self) -> None:
            self.say("SUBMITTED " + self.query_one("#user", Input).value)

        def on_resize(self, event: Resize) -> None:
            self.say(f"{event.size.width}x{event.size.height}")

        def say(self, text: str) -> None:
            self.query_one("#said", Static).update(text)

    app = TinyDesk(driver_class=DeskDriver)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
