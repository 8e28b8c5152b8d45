"""A labelled field of a form, with room for what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.geometry import Region

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted, wrapped
from tui_billing.widgets.form import Line, Part

if TYPE_CHECKING:
    from tui_billing.widgets.choice import Choice
    from tui_billing.widgets.text_field import TextField

LABEL_CELLS, NOTE_CELLS = 18, 26
GAP = 2


class Field(Part):
    """A label, the widget to fill in, a note beside it, and below it the error, if there is one.

    Errors name it by its label, or by `name`; a `fixed` one is there to be read.
    """

    def __init__(
        self,
        label: str,
        widget: TextField | Choice,
        note: str = "",
        *,
        label_cells: int = LABEL_CELLS,
        name: str = "",
        fixed: bool = False,
    ) -> None:
        self.name = name or label
        self.widget = widget
        self._label, self._note, self._error = shown(label), shown(note), ""
        self._label_cells = label_cells
        self._note_cells = max(NOTE_CELLS, cell_len(self._note) + GAP) if note else 0
        self._fixed = fixed
        self.enable(True)

    @property
    def value(self) -> str:
        """What is in it."""
        return self.widget.value

    @property
    def error(self) -> str:
        """The error that is shown, or nothing."""
        return self._error

    @property
    def widgets(self) -> Sequence[TextField | Choice]:
        """The one to fill in."""
        return (self.widget,)

    def lines(self, width: int) -> list[Line]:
        """Label and note, and the error below."""
        label = ("muted", fitted(self._label, self._label_cells))
        note = [("", " " * (self._room(width) + GAP)), ("muted", self._note)]
        room = max(1, width - self._label_cells)
        errors = wrapped(self._error, room) if self._error else []
        return [[label, *note], *([("", " " * self._label_cells), ("negative", error)] for error in errors)]

    def places(self, width: int) -> Iterable[Region]:
        """Between label and note."""
        yield Region(self._label_cells, 0, self._room(width), 1)

    def enable(self, enabled: bool) -> None:
        """Let it be filled in, unless it is fixed, or not."""
        self.widget.disabled = self._fixed or not enabled

    def show_note(self, note: str) -> None:
        """Show another note where there was one."""
        if self._note:
            self._note = shown(note)
            self.changed()

    def show_error(self, text: str) -> None:
        """Say what is wrong with the field, and put the cursor into it; no text takes the error away."""
        error = f"! {shown(text)}" if text else ""
        if error != self._error:
            self._error = error
            self.changed()
        if text:
            self.widget.focus()

    def _room(self, width: int) -> int:
        return max(0, width - self._label_cells - self._note_cells)
