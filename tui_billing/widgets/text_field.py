"""Fields one types into: light on the line, and without a way for their text to become a command or leak."""

from __future__ import annotations

import unicodedata
from time import monotonic

from textual import events
from textual.binding import Binding
from textual.css.styles import RenderStyles
from textual.widgets import Input

from tui_billing.domain.text import UNPRINTABLE
from tui_billing.widgets.component_styles import matched

MAX_LENGTH = 400
MAX_PASSWORD_LENGTH = 1_000
BELL_PAUSE_S = 1.0
EDITING_ACTIONS = {binding.key: binding.action for binding in Binding.make_bindings(Input.BINDINGS)}


class TextField(Input):
    """A line to type into, without border, blinking or suggestions; more than `max_length` is refused with a bell."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TextField {
        border: none;
        height: 1;
        padding: 0 1;
        background: $surface;
        text-style: underline;
        &:focus { border: none; background: $surface-lighten-1; background-tint: $foreground 0%; }
    }
    """

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        max_length: int = MAX_LENGTH,
        password: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        self._next_bell_s = 0.0
        super().__init__(
            value, placeholder, password=password, max_length=max_length, id=id, classes=classes, compact=False
        )
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Make what a terminal would obey or hide visible, wherever the text comes from."""
        if self.password:
            return value
        spaced = value.replace("\t", " ")
        return "".join("�" if unicodedata.category(character) in UNPRINTABLE else character for character in spaced)

    async def _on_key(self, event: events.Key) -> None:
        # As bindings they would run only after later characters are in: 1 2 Backspace 3 in one go must give 13.
        if event.key in EDITING_ACTIONS and await self.app.run_action(EDITING_ACTIONS[event.key], self):
            event.stop()
            event.prevent_default()

    def validate(self, value: str) -> None:
        """Whoever asked for the text judges it; a class for its being valid would only be one more match of styles."""

    @classmethod
    def _get_component_classes(cls) -> frozenset[str]:  # type: ignore[override]
        return frozenset()

    def get_component_styles(self, *names: str) -> RenderStyles:
        """The styles of the cursor and the like, when they are drawn."""
        for name in names:
            if name not in self._component_styles:
                self._component_styles[name] = matched(self, name).styles
        return super().get_component_styles(*names)

    def notify_style_update(self) -> None:
        """Those of the parts may be others too."""
        self._component_styles.clear()
        super().notify_style_update()

    def restricted(self) -> None:
        """Ring the bell for refused text, but once for a whole paste."""
        if monotonic() >= self._next_bell_s:
            self._next_bell_s = monotonic() + BELL_PAUSE_S
            self.app.bell()


class PasswordField(TextField):
    """A field whose text is never shown, copied or cut."""

    def __init__(
        self,
        *,
        max_length: int = MAX_PASSWORD_LENGTH,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(password=True, max_length=max_length, id=id, classes=classes)

    def action_copy(self) -> None:
        """Copying would send the password in clear to the terminal's clipboard."""

    def action_cut(self) -> None:
        """Cutting would copy."""
