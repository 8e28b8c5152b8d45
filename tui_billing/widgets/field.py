"""A labelled field of a form, with room for what is wrong with it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui_billing.domain.text import shown


class Field(Vertical):
    """A label, the widget to fill in, a note beside it, and below it the error, if there is one."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        & > Horizontal { height: 1; }
        & .field--label { width: 18; color: $text-muted; }
        & .field--widget { width: 1fr; }
        & .field--note { width: auto; padding: 0 0 0 2; color: $text-muted; }
        & > .field--error { display: none; padding: 0 0 0 18; color: $text-error; }
        &.-invalid > .field--error { display: block; }
    }
    """

    def __init__(
        self,
        label: str,
        widget: Widget,
        note: str = "",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.widget = widget
        self._label = Static(shown(label), classes="field--label", markup=False)
        self._note = Static(shown(note), classes="field--note", markup=False)
        self._error = Static("", classes="field--error", markup=False)

    @property
    def error(self) -> str:
        """The error that is shown, or nothing."""
        return str(self._error.content) if self.has_class("-invalid") else ""

    def compose(self) -> ComposeResult:
        """Label, widget and note in a line, and the error below."""
        with Horizontal():
            yield self._label
            yield self.widget.add_class("field--widget")
            if self._note.content:
                yield self._note
        yield self._error

    def show_note(self, note: str) -> None:
        """Show another note where there was one."""
        if self._note.is_attached and str(self._note.content) != shown(note):
            self._note.update(shown(note))

    def show_error(self, text: str) -> None:
        """Say what is wrong with the field, and put the cursor into it; no text takes the error away."""
        self._error.update(f"! {shown(text)}" if text else "")
        self.set_class(bool(text), "-invalid")
        if text:
            self.widget.focus()
