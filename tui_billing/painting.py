"""Paints the cells that have changed and draws no others; the one module that knows how Textual composes a screen.

For a changed line Textual draws every widget on the screen, and paints from the left edge of the changed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console
from textual._compositor import Compositor, CompositorUpdate
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

DRAWN_LINES = 200
BACKGROUNDS = 1024
Draw = Callable[[Widget, int], Strip]


class Piece(NamedTuple):
    """A piece of a line, and where it begins."""

    x: int
    y: int
    strip: Strip


class PiecesUpdate(CompositorUpdate):
    """Pieces of lines to paint."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = tuple(pieces)

    def render_segments(self, console: Console) -> str:
        """The text to write, with its positions."""
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.pieces)


def paint_only_changes() -> None:
    """Take the place of Textual's partial update; those of the whole screen stay its own."""
    Compositor.render_partial_update = _changes  # type: ignore[assignment, method-assign]


def keep_no_lines_of_what_has_gone() -> None:
    """Let the lines of a widget go with it: Textual keeps a thousand widgets', as it remembers two colours by them."""
    StylesCache.get_inner_outer = _backgrounds  # type: ignore[assignment, method-assign]


_remembered = lru_cache(BACKGROUNDS)(partial(StylesCache.get_inner_outer.__wrapped__, None))


def _backgrounds(lines: StylesCache, base: Color, own: Color) -> tuple[Style, Style]:  # noqa: ARG001
    return _remembered(base, own)


def _changes(compositor: Compositor) -> PiecesUpdate | None:
    screen = compositor.size.region
    regions = [region.intersection(screen) for region in compositor._dirty_regions]
    compositor._dirty_regions.clear()
    spans = compositor._regions_to_spans(region for region in regions if region)
    # A line may have changed in several places, and is drawn once.
    draw = lru_cache(DRAWN_LINES)(_drawn)
    pieces = [piece for y, first, last in spans for piece in _pieces(compositor, draw, y, first, last)]
    return PiecesUpdate(sorted(pieces, key=lambda piece: (piece.y, piece.x))) if pieces else None


def _drawn(widget: Widget, y: int) -> Strip:
    (line,) = widget.render_lines(Region(0, y, widget.outer_size.width, 1))
    return line


def _pieces(compositor: Compositor, draw: Draw, y: int, first: int, last: int) -> Iterator[Piece]:
    """A stretch of a line, from the widgets that lie there, those in front first."""
    bare = [(first, last)]
    for widget, (region, clip) in compositor.visible_widgets.items():
        if not bare:
            return
        seen = region.intersection(clip)
        if not seen.y <= y < seen.bottom:
            continue
        still_bare = []
        for left, right in bare:
            start, end = max(left, seen.x), min(right, seen.right)
            if start >= end:
                still_bare.append((left, right))
                continue
            yield _piece(draw(widget, y - region.y), region, seen, y, start, end)
            still_bare += [(a, b) for a, b in ((left, start), (end, right)) if a < b]
        bare = still_bare


def _piece(line: Strip, region: Region, seen: Region, y: int, start: int, end: int) -> Piece:
    whole = max(seen.x, region.x + _character_at(line, start - region.x))
    return Piece(whole, y, line.crop(whole - region.x, end - region.x))


def _character_at(line: Strip, cell: int) -> int:
    """The cell at which the character begins that stands in this cell."""
    x = 0
    for text, _, _ in line:
        cells = cell_len(text)
        if x + cells <= cell:
            x += cells
            continue
        for character in text:
            width = cell_len(character)
            if x + width > cell:
                return x
            x += width
    return cell
