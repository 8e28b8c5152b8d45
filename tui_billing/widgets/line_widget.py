"""The base of widgets drawn line by line: few segments, so few bytes on a slow line, and nothing parsed as markup."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import Any, Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui_billing.widgets.component_styles import matched

Run = tuple[str, str]
"""The name of a style, or nothing for the widget's own, and text that is safe to show."""

CHEAPER_THAN_A_JUMP = 6
"""So many cells of one style that have not changed are painted along; to skip them takes more bytes."""


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
        &:focus > .line--cursor { text-style: bold reverse; background: initial; }
    }
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._drawn: dict[int, Strip] = {}
        # What the terminal has been given; what was only drawn may never have come there.
        self._painted_lines: dict[int, Strip] = {}
        super().__init__(*arguments, **options)
        self._looks: dict[tuple[str, Style, bool, str], Style] = {}

    def draw_line(self, y: int) -> Strip:
        """One line of the widget as it should be now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line, drawn once for as long as it stays the same."""
        strip = self._drawn.get(y)
        if strip is None or strip.cell_length != self.size.width:
            strip = self._drawn[y] = self.draw_line(y)
        self._painted_lines[y] = strip
        return strip

    def strip(self, runs: Iterable[Run]) -> Strip:
        """A line of the widget's width; neighbours of one style become one segment."""
        base = self.visual_style.rich_style
        segments = [
            Segment("".join(text for _, text in same), self._style(name, base))
            for name, same in groupby((run for run in runs if run[1]), key=itemgetter(0))
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def repaint(self, lines: Iterable[int]) -> None:
        """Draw these lines anew, and paint just the cells that are not as they were."""
        for y in lines:
            before, after = self._painted_lines.get(y), self.draw_line(y)
            if before is None or before.cell_length != after.cell_length:
                self.refresh(Region(0, y, self.size.width, 1))
            elif before != after:
                self.refresh(*(Region(x, y, cells, 1) for x, cells in differences(before, after)))
            self._drawn[y] = after

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Without regions all lines are drawn anew."""
        if not regions:
            self._forget()
        return super().refresh(*regions, **options)

    def notify_style_update(self) -> None:
        """Lines of another style are other lines."""
        self._forget()
        super().notify_style_update()

    def _forget(self) -> None:
        self._drawn.clear()
        self._painted_lines.clear()

    def _style(self, name: str, base: Style) -> Style:
        look = (name, base, self.has_focus, self.app.theme)
        if name and look not in self._looks:
            self._looks[look] = matched(self, f"line--{name}").rich_style
        return self._looks[look] if name else base


def differences(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The stretches of a line that have changed: where each begins, and its cells."""
    cells = _cells(after)
    changed = [x for x, (was, now) in enumerate(zip_longest(_cells(before), cells)) if was is not now and was != now]
    stretches: list[tuple[int, int]] = []
    for x in changed:
        first, length = stretches[-1] if stretches else (x, 0)
        skipped = cells[first + length - 1 : x]
        if len(skipped) > CHEAPER_THAN_A_JUMP or len({style for _, _, style in skipped}) > 1:
            stretches.append((x, 1))
        else:
            stretches[-1:] = [(first, x + 1 - first)]
    return stretches


def _cells(strip: Strip) -> list[tuple[str, int, Style | None]]:
    """What stands in each cell, and which cell of its character it is; a combining mark stands in that before it."""
    cells: list[tuple[str, int, Style | None]] = []
    for text, style, _ in strip:
        if text.isascii():
            cells += [(character, 0, style) for character in text]
            continue
        for character in text:
            width = cell_len(character)
            if width or not cells:
                cells += [(character, part, style) for part in range(width)]
            else:
                mark = cells[-1][0] + character
                cells[-1] = (mark, cells[-1][1], cells[-1][2])
    return cells
