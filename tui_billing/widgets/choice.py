"""A field that takes one of a few values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget


class ChoiceMessage(Message):
    """A message about a choice and its value."""

    def __init__(self, choice: Choice, value: str) -> None:
        super().__init__()
        self.choice = choice
        self.value = value

    @property
    def control(self) -> Choice:
        """The choice this comes from."""
        return self.choice


class Choice(LineWidget, can_focus=True):
    """One line with the chosen value between arrows; ← → Space, a first letter or a click choose another one."""

    DEFAULT_CSS = """
    Choice { height: 1; padding: 0 1; background: $surface; }
    """
    STEPS: ClassVar[dict[str, int]] = {"left": -1, "right": 1, "space": 1}

    class Changed(ChoiceMessage):
        """Another value was chosen."""

    class Submitted(ChoiceMessage):
        """Enter: the form is complete."""

    def __init__(
        self,
        values: Sequence[str],
        value: str | None = None,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._values = tuple(values)
        self._index = 0 if value is None else self._values.index(value)

    @property
    def value(self) -> str:
        """The chosen value."""
        return self._values[self._index]

    @value.setter
    def value(self, value: str) -> None:
        self._choose(self._values.index(value))

    def draw_line(self, y: int) -> Strip:  # noqa: ARG002
        """The chosen value, between arrows while it can be changed."""
        width = max(len(shown(value)) for value in self._values)
        text = fitted(self.value, min(width, max(1, self.size.width - 4)))
        return self.strip([("cursor", f"‹ {text} ›") if self.has_focus else ("", f"  {text}")])

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters choose, so no key of the screen may take them."""
        return key in self.STEPS or (character is not None and character.isprintable())

    async def _on_key(self, event: events.Key) -> None:
        if event.key in self.STEPS:
            self._choose((self._index + self.STEPS[event.key]) % len(self._values))
        elif event.key == "enter":
            self.post_message(self.Submitted(self, self.value))
        elif event.character is not None and event.character.isprintable():
            self._choose_letter(event.character.casefold())
        else:
            return
        event.stop()
        event.prevent_default()

    async def _on_click(self, event: events.Click) -> None:
        back = event.get_content_offset_capture(self).x <= 1
        self._choose((self._index + (-1 if back else 1)) % len(self._values))

    def _choose_letter(self, letter: str) -> None:
        following = [(self._index + step) % len(self._values) for step in range(1, len(self._values) + 1)]
        for index in following:
            if self._values[index].casefold().startswith(letter):
                self._choose(index)
                return

    def _choose(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self.refresh()
            self.post_message(self.Changed(self, self.value))
