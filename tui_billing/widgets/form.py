"""A form: what it says is drawn by one widget, and only what is filled in or pressed is a widget of its own.

Labels, notes, errors and previews as widgets would be most of a form, and of the time that it takes to open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.strip import Strip
from textual.widget import Widget

from tui_billing.widgets.button import Button
from tui_billing.widgets.fitting import fitted, wrapped
from tui_billing.widgets.line_widget import LineWidget, Run

BUTTON_GAP = 2

Line = list[Run]


class Part:
    """A part of a form: lines of text, and perhaps widgets that lie on them."""

    form: Form | None = None

    @property
    def widgets(self) -> Sequence[Widget]:
        """The widgets that lie on its lines."""
        return ()

    def lines(self, width: int) -> list[Line]:
        """Its text in this width."""
        raise NotImplementedError

    def places(self, width: int) -> Iterable[Region]:  # noqa: ARG002
        """Where its widgets are, from its first line on."""
        return ()

    def changed(self) -> None:
        """Other text is to be shown."""
        if self.form is not None:
            self.form.show_change()


class Words(Part):
    """Lines of text that is safe to show, wrapped or `cut`: at `least` so many, each with a mark before it."""

    def __init__(self, *text: str, style: str = "", least: int = 0, mark: str = "", cut: bool = False) -> None:
        self._text = text
        self._style, self._least, self._mark, self._cut = style, least, mark, cut

    def show(self, *text: str) -> None:
        """Show other text; none takes it away."""
        if text != self._text:
            self._text = text
            self.changed()

    def lines(self, width: int) -> list[Line]:
        """The text, with lines of nothing if it has too few."""
        room = max(1, width - len(self._mark))
        texts = [line for text in self._text for line in ([fitted(text, room)] if self._cut else wrapped(text, room))]
        texts += [""] * (self._least - len(texts))
        return [[("accent", self._mark), (self._style, text)] for text in texts]


class Buttons(Part):
    """Buttons side by side, at the right end or from a cell on."""

    def __init__(self, *buttons: Button, left: int | None = None) -> None:
        self._buttons, self._left = buttons, left

    @property
    def widgets(self) -> Sequence[Button]:
        """The buttons."""
        return self._buttons

    def lines(self, width: int) -> list[Line]:  # noqa: ARG002
        """The buttons' own."""
        return [[]]

    def places(self, width: int) -> Iterable[Region]:
        """One after the other."""
        ends = [*accumulate(button.cells + BUTTON_GAP for button in self._buttons)]
        left = width - ends[-1] + BUTTON_GAP if self._left is None else self._left
        for button, end in zip(self._buttons, ends, strict=True):
            yield Region(left + end - BUTTON_GAP - button.cells, 0, button.cells, 1)


class FormLayout(Layout):
    """Each widget on the line of its part."""

    name = "form"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],  # noqa: ARG002
        size: Size,
        greedy: bool = True,  # noqa: ARG002
    ) -> list[WidgetPlacement]:
        """Where the form says."""
        assert isinstance(parent, Form)
        return [
            WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, widget) for widget, region in parent.places(size.width)
        ]


class Form(LineWidget):
    """Parts below each other."""

    DEFAULT_CSS = """
    Form { height: auto; }
    """
    layout = FormLayout()

    def __init__(self, *parts: Part, **options: Any) -> None:
        super().__init__(**options)
        self.parts = parts
        for part in parts:
            part.form = self
        self._shown: tuple[int, list[Line]] = (0, [])

    def compose(self) -> ComposeResult:
        """The widgets of all parts."""
        for part in self.parts:
            yield from part.widgets

    def places(self, width: int) -> Iterable[tuple[Widget, Region]]:
        """Where each widget is."""
        top = 0
        for part in self.parts:
            for widget, place in zip(part.widgets, part.places(width), strict=True):
                yield widget, place.translate((0, top))
            top += len(part.lines(width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """All of its lines."""
        return len(self._lines(width))

    def draw_line(self, y: int) -> Strip:
        """What stands on this line around and beneath the widgets."""
        lines = self._lines(self.size.width)
        return self.strip(lines[y] if y < len(lines) else [])

    def show_change(self) -> None:
        """Draw what a part now says, and lay the form out anew if it takes more lines or fewer."""
        before = len(self._shown[1])
        self._shown = (0, [])
        if len(self._lines(self.size.width)) == before:
            self.repaint(range(self.size.height))
        else:
            # Textual forgets where widgets were in what is around the form, not in the form itself.
            self._clear_arrangement_cache()
            self.refresh(layout=True)

    def _lines(self, width: int) -> list[Line]:
        if self._shown[0] != width:
            self._shown = (width, [line for part in self.parts for line in part.lines(width)])
        return self._shown[1]
