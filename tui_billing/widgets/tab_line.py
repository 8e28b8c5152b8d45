"""One line of tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget, Run


class Tab(NamedTuple):
    """A tab: the name it is known by, the words on it, and the key that chooses it."""

    name: str
    label: str
    key: str = ""


class TabLine(LineWidget):
    """Tabs side by side, one of them active, and a note at the right end; a click chooses a tab."""

    DEFAULT_CSS = """
    TabLine { height: 1; }
    """

    class TabChosen(Message):
        """A tab was clicked; its name says which."""

        def __init__(self, tab_line: TabLine, name: str) -> None:
            super().__init__()
            self.tab_line = tab_line
            self.name = name

        @property
        def control(self) -> TabLine:
            """The tabs this comes from."""
            return self.tab_line

    def __init__(
        self,
        tabs: Sequence[Tab],
        active: str = "",
        note: str = "",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._tabs = tuple(tabs)
        self._active = active or self._tabs[0].name
        self._note = shown(note)

    @property
    def active(self) -> str:
        """The name of the active tab."""
        return self._active

    def show(self, active: str | None = None, note: str | None = None) -> None:
        """Mark another tab as active, or show another note."""
        before = self._active, self._note
        self._active = self._active if active is None else active
        self._note = self._note if note is None else shown(note)
        if before != (self._active, self._note):
            self.refresh()

    def draw_line(self, y: int) -> Strip:  # noqa: ARG002
        """The tabs, and the note as far as there is room."""
        runs: list[Run] = []
        for tab in self._tabs:
            runs += [("", "  " if runs else " "), ("muted", f"{tab.key} " if tab.key else "")]
            runs.append(("active" if tab.name == self._active else "", tab.label))
        room = self.size.width - sum(cell_len(text) for _, text in runs) - 1
        if room > 3:
            runs.append(("muted", fitted(f"  {self._note}", room, "right")))
        return self.strip(runs)

    async def _on_click(self, event: events.Click) -> None:
        left = 1
        for tab in self._tabs:
            width = cell_len(f"{tab.key} {tab.label}") if tab.key else cell_len(tab.label)
            if left <= event.get_content_offset_capture(self).x < left + width:
                self.post_message(self.TabChosen(self, tab.name))
            left += width + 2
