"""The base of the application: Textual's own, with our driver and themes, and without what a desk must not have."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Self

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import AwaitMount

from tui_billing.screens.plain_screen import PlainScreen
from tui_billing.terminal.driver import DeskDriver
from tui_billing.terminal.frames import happened
from tui_billing.terminal.key_gate import KeyGate

KEY_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End", "enter": "Enter", "escape": "Esc"}
KEY_NAMES |= {"f5": "F5", "left": "←", "right": "→"}
# The dark and the light theme that stay calm in as many colours as the terminal has.
THEMES = {"truecolor": ("nord", "solarized-light"), "standard": ("ansi-dark", "ansi-light")}
NEUTRAL = ("textual-dark", "textual-light")
# What is not painted by then has nothing to paint.
PAINTED_S = 0.1


class PlainApp(App[None]):
    """An application without Textual's palette, its way to a shell and its report of a crash; keys come in order."""

    # The desk has one of its own.
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "nothing", show=False, system=True),
        # With priority, since other bindings of the application end at a modal.
        Binding("tab", "app.focus_next", show=False, priority=True, system=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True, system=True),
    ]

    def __init__(self, log_file: Path) -> None:
        super().__init__(driver_class=DeskDriver)
        # Not by assignment, which would parse every style a second time once the screen is there.
        self._themes = THEMES.get(self.console.color_system or "", NEUTRAL)
        self.set_reactive(App.theme, self._themes[0])
        self.stylesheet.set_variables(self.get_css_variables())
        self._log_file = log_file
        self._gate = KeyGate(self, super().on_event, self._holds_keys)
        self._last_key_s = time.time()
        # Set once what lay beneath a screen that goes is painted.
        self._uncovered = asyncio.Event()

    @property
    def idle_s(self) -> float:
        """How long nobody has typed or clicked, by the wall clock: a laptop that slept counts too."""
        return time.time() - self._last_key_s

    async def on_event(self, event: events.Event) -> None:
        """Pass keys through the gate, and notice that somebody is there."""
        if isinstance(event, (events.Key, events.Paste, events.MouseDown)) and not event.is_forwarded:
            self._last_key_s = time.time()
            if isinstance(event, (events.Key, events.Paste)):
                await self._gate.take(event)
                return
        await super().on_event(event)

    def get_key_display(self, binding: Binding) -> str:
        """A key as keyboards name it."""
        if binding.key_display:
            return binding.key_display
        *held, key = binding.key.split("+")
        name = KEY_NAMES.get(key) or (key.upper() if held else super().get_key_display(binding))
        return "+".join([*(part.capitalize() for part in held), name])

    def action_nothing(self) -> None:
        """Take a key that would do something else elsewhere."""

    def action_light_or_dark(self) -> None:
        """Change between the dark and the light theme."""
        dark, light = self._themes
        self.theme = dark if self.theme == light else light

    def action_suspend_process(self) -> None:
        """Never: behind a stopped desk there is the operator's shell."""

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Not when a screen has gone: the one beneath is laid out and painted already."""
        return self if layout else super().refresh(repaint=repaint, recompose=recompose)

    def _fatal_error(self) -> None:
        """A bug: the details go to the log file, without local variables, and one sentence to the terminal."""
        from rich.text import Text

        from tui_billing.failure_log import told_of_failure, write_failure

        error = sys.exc_info()[1] or self._exception or RuntimeError()
        written = write_failure(self._log_file, error, "the desk")
        self._return_code = 1
        self._exit_renderables.append(Text(f"{told_of_failure(error, written)} No payment is lost."))
        self._close_messages_no_wait()

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """With its styles from the start; Textual adds them later, and parses and matches all there are anew."""
        new = [path for path in self.get_screen(screen).css_path if not self.stylesheet.has_source(str(path), "")]
        if new:
            self.stylesheet.read_all(new)
            self.stylesheet.parse()
        return super()._get_screen(screen)

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leave, and wait for no frame any more."""
        super().exit(result, return_code, message)
        self._uncovered.set()

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        """Paint what lies beneath a screen before it is taken apart, which takes as long again; keys wait for that."""
        if not self._screen_stack or self.is_screen_installed(screen) or screen in self.screen_stack:
            return await super()._replace_screen(screen)
        # The one beneath asks for its frame as it resumes.
        screen.post_message(events.ScreenSuspend())
        self.capture_mouse(None)
        if not self._exit:
            self._uncovered.clear()
            self.screen.call_after_refresh(self._uncovered.set)
            await happened(self._uncovered, PAINTED_S)
        await screen.remove()
        return screen

    def _holds_keys(self) -> bool:
        return isinstance(self.screen, PlainScreen) and self.screen.holds_keys
