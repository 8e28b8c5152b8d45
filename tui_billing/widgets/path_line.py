"""The two lines at the top: where one is, who one is, and on which database."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.strip import Strip

from tui_billing.domain.text import shown
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.line_widget import LineWidget, Run

ARROW = " › "
CUT = "…"


class PathLine(LineWidget):
    """The path to this screen, and below it the user with the profile and the database."""

    DEFAULT_CSS = """
    PathLine { height: 2; dock: top; padding: 0 1; background: $surface; }
    """

    def __init__(
        self,
        *parts: str,
        who: str = "",
        database: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._parts, self._who, self._database = tuple(map(shown, parts)), shown(who), shown(database)
        self._notice = ""

    def show(self, *parts: str, who: str | None = None, database: str | None = None) -> None:
        """Show another path, and another user or database if given."""
        self._parts = tuple(map(shown, parts))
        self._who = self._who if who is None else shown(who)
        self._database = self._database if database is None else shown(database)
        self.refresh()

    def show_notice(self, sentence: str) -> None:
        """Say this on the second line instead of who and where; nothing brings them back."""
        self._notice = shown(sentence)
        self.repaint((1,))

    def draw_line(self, y: int) -> Strip:
        """The path, or who and where."""
        width = self.size.width
        if y == 0:
            return self.strip(path_runs(self._parts, width))
        if self._notice:
            return self.strip([("banner", fitted(f" ! {self._notice}", width))])
        left = fitted(self._who, min(cell_len(self._who), width))
        room = width - cell_len(left)
        right = f"  {_end_of(self._database, room - 2)}" if room > 4 else ""
        right = fitted(right, room, "right")
        return self.strip([("muted", left), ("muted", right)])


def path_runs(parts: Sequence[str], width: int) -> list[Run]:
    """The path in this width: parts in the middle give way first, then the first one; the last one stays."""
    if not parts:
        return []
    *lead, last = _shortened(parts, width)
    before = "".join(part + ARROW for part in lead)
    return [("muted", before), ("strong", fitted(last, min(cell_len(last), width - cell_len(before))))]


def _end_of(text: str, width: int) -> str:
    """The text, or its last characters: files are told apart by their names."""
    while cell_len(text) > width:
        text = CUT + text[2:]
    return text


def _shortened(parts: Sequence[str], width: int) -> list[str]:
    candidates = [list(parts)]
    candidates += [[parts[0], CUT, *parts[kept:]] for kept in range(2, len(parts))]
    if len(parts) > 1:
        candidates.append([CUT, parts[-1]])
    return next((c for c in candidates if cell_len(ARROW.join(c)) <= width), [parts[-1]])
