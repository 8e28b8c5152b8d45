"""The base of widgets drawn line by line: few segments, so few bytes on a slow line, and nothing parsed as markup."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Self

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from tui_billing.terminal.painting import paint_lines
from tui_billing.widgets.component_styles import matched

Run = tuple[str, str]
"""The name of a style, or nothing for the widget's own, and text that is safe to show."""


class Edges(NamedTuple):
    """How wide lines are, where the first of them is and how many, and what stands before and after each."""

    width: int
    top: int
    height: int
    before: tuple[Segment, ...] = ()
    after: tuple[Segment, ...] = ()


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
        self._measured: tuple[Size, Edges] | None = None
        super().__init__(*arguments, **options)
        self._looks: dict[str, Style] = {}
        self._looks_of: tuple[object, ...] = ()

    @property
    def cells(self) -> int:
        """How wide a line is."""
        return self._edges.width

    def draw_line(self, y: int) -> Strip:
        """One line of the widget as it should be now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line, drawn once for as long as it stays the same."""
        strip = self._drawn.get(y)
        if strip is None or strip.cell_length != self.cells:
            strip = self._drawn[y] = self.draw_line(y)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines with what stands beside them, for which Textual would work out everything anew for each."""
        edges = self._edges
        lines: list[Strip] = []
        for y in crop.line_range:
            if edges.top <= y < edges.top + edges.height:
                line = self.render_line(y - edges.top)
                if edges.before or edges.after:
                    line = Strip((*edges.before, *line, *edges.after), self.outer_size.width)
            else:
                (line,) = super().render_lines(Region(0, y, self.outer_size.width, 1))
            lines.append(line if crop.column_span == (0, self.outer_size.width) else line.crop(*crop.column_span))
        return lines

    def strip(self, runs: Iterable[Run]) -> Strip:
        """A line of the widget's width; neighbours of one style become one segment."""
        width = self.cells
        looks = self._looks_now()
        segments = [
            Segment("".join([text for _, text in same]), looks.get(name) or self._look(name))
            for name, same in groupby([run for run in runs if run[1]], key=itemgetter(0))
        ]
        left = width - sum([cell_len(text) for text, _, _ in segments])
        if left < 0:
            return Strip(segments).crop(0, width)
        if left:
            segments.append(Segment(" " * left, looks[""]))
        return Strip(segments, width)

    def repaint(self, lines: Iterable[int]) -> None:
        """Draw these lines anew with the next frame, which paints just the cells that are not as they were."""
        lines = tuple(lines)
        for y in lines:
            self._drawn.pop(y, None)
        if lines:
            paint_lines(self, lines)

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
        self._measured = None

    @property
    def _edges(self) -> Edges:
        size = self.outer_size
        if self._measured is None or self._measured[0] is not size:
            top, right, bottom, left = self.styles.gutter
            edges = Edges(max(0, size.width - left - right), top, max(0, size.height - top - bottom))
            self._measured = size, edges
            if (left or right) and edges.width and edges.height:
                (whole,) = super().render_lines(Region(0, top, size.width, 1))
                before, after = tuple(whole.crop(0, left)), tuple(whole.crop(size.width - right, size.width))
                self._measured = size, edges._replace(before=before, after=after)
        return self._measured[1]

    def _looks_now(self) -> dict[str, Style]:
        """The styles by their names, for as long as they are the same."""
        of = (self.visual_style, self.has_focus, self.app.theme)
        if of != self._looks_of:
            self._looks_of, self._looks = of, {}
            self._looks[""] = self._filtered(self.visual_style.rich_style)
        return self._looks

    def _look(self, name: str) -> Style:
        self._looks[name] = self._filtered(matched(self, f"line--{name}").rich_style)
        return self._looks[name]

    def _filtered(self, style: Style) -> Style:
        """The style as the terminal can show it, once and not for each line."""
        segments = [Segment(" ", style)]
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, self.background_colors[1])
        return segments[0].style or style
