"""A labelled field of a form, with room for what is wrong with it."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from tui_billing.domain.text import shown
from tui_billing.widgets.columns import fitted, wrapped
from tui_billing.widgets.line_widget import LineWidget, Run

LABEL_CELLS, NOTE_CELLS = 18, 26
GAP = 2


class Field(LineWidget):
    """A label, the widget to fill in, a note beside it, and below it the error, if there is one.

    It draws them itself: as widgets of their own they would be most of a form, and of the time that it takes to open.
    """

    DEFAULT_CSS = """
    Field { height: 1; }
    Field > * { width: 1fr; }
    """

    def __init__(
        self,
        label: str,
        widget: Widget,
        note: str = "",
        *,
        label_cells: int = LABEL_CELLS,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.widget = widget
        self._label, self._note, self._error = shown(label), shown(note), ""
        self._label_cells = label_cells
        self._note_cells = max(NOTE_CELLS, cell_len(self._note) + GAP) if note else 0
        self._error_lines: list[str] = []
        widget.styles.margin = (0, self._note_cells, 0, label_cells)

    @property
    def error(self) -> str:
        """The error that is shown, or nothing."""
        return self._error

    def compose(self) -> ComposeResult:
        """The widget, between the label and the note."""
        yield self.widget

    def draw_line(self, y: int) -> Strip:
        """Label and note, or the error."""
        runs: list[Run] = [("muted", fitted(self._label, self._label_cells))]
        if y == 0:
            room = max(0, self.size.width - self._label_cells - self._note_cells)
            runs += [("", " " * (room + GAP)), ("muted", self._note)]
            return self.strip(runs)
        return self.strip([("", " " * self._label_cells), ("negative", "".join(self._error_lines[y - 1 : y]))])

    def show_note(self, note: str) -> None:
        """Show another note where there was one."""
        if self._note:
            self._note = shown(note)
            self.repaint((0,))

    def show_error(self, text: str) -> None:
        """Say what is wrong with the field, and put the cursor into it; no text takes the error away."""
        if bool(text) or bool(self._error):
            self._error = f"! {shown(text)}" if text else ""
            self._lay_out_error()
        if text:
            self.widget.focus()

    def _on_resize(self) -> None:
        if self._error:
            self._lay_out_error()

    def _lay_out_error(self) -> None:
        room = max(1, self.size.width - self._label_cells)
        self._error_lines = wrapped(self._error, room) if self._error else []
        self.styles.height = 1 + len(self._error_lines)
        self.refresh()
