"""The base of widgets drawn line by line: few segments, so few bytes on a slow line, and nothing parsed as markup."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Run = tuple[str, str]
"""The name of a style, or nothing for the widget's own, and text that is safe to show."""


class LineWidget(Widget):
    """A widget that draws its lines as runs of named styles."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineWidget {
        width: 1fr;
        & > .line--accent { color: $text-primary; }
        & > .line--active { color: $text-primary; text-style: bold underline; }
        & > .line--banner { background: $warning; color: $background; text-style: bold; }
        & > .line--cursor { background: $surface-lighten-2; text-style: bold; }
        & > .line--header { color: $text-muted; text-style: bold; }
        & > .line--muted { color: $text-muted; }
        & > .line--negative { color: $text-error; }
        & > .line--positive { color: $text-success; }
        & > .line--strong { text-style: bold; }
        & > .line--warning { color: $text-warning; }
        &:focus > .line--cursor { color: $block-cursor-foreground; background: $block-cursor-background; }
    }
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._looks: dict[tuple[str, Style, bool, str], Style] = {}

    def strip(self, runs: Iterable[Run]) -> Strip:
        """A line of the widget's width; neighbours of one style become one segment."""
        base = self.rich_style
        segments = [
            Segment("".join(text for _, text in same), self._style(name, base))
            for name, same in groupby((run for run in runs if run[1]), key=itemgetter(0))
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def refresh_lines(self, *lines: int) -> None:
        """Paint these lines anew, and nothing else."""
        self.refresh(*(Region(0, line, self.size.width, 1) for line in lines))

    def refresh_difference(self, y: int, before: Strip, after: Strip) -> None:
        """Paint just the cells of a line that are not as they were."""
        changed = [x for x, (was, now) in enumerate(zip_longest(_cells(before), _cells(after))) if was != now]
        if changed:
            self.refresh(Region(changed[0], y, changed[-1] + 1 - changed[0], 1))

    def _style(self, name: str, base: Style) -> Style:
        look = (name, base, self.has_focus, self.app.theme)
        if name and look not in self._looks:
            self._looks[look] = self._matched(name)
        return self._looks[look] if name else base

    def _matched(self, name: str) -> Style:
        # Not by component classes, which Textual matches all anew, in every widget, whenever the focus moves.
        node = DOMNode(classes=f"line--{name}")
        node._attach(self)
        self.app.stylesheet.apply(node)
        return node.rich_style


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """What stands in each cell; a wide character stands in both of its cells, a combining mark in that before it."""
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        for character in text:
            width = cell_len(character)
            if width or not cells:
                cells += [(character, style)] * width
            else:
                cells[-1] = (cells[-1][0] + character, cells[-1][1])
    return cells
