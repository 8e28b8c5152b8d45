"""Paints the cells that are not what the terminal shows; the one module that knows how Textual composes a screen.

For a changed line Textual draws every widget on the screen, and paints from the left edge of the changed one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from weakref import WeakKeyDictionary

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual._styles_cache import StylesCache
from textual.color import Color
from textual.dom import NoScreen
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tui_billing.terminal.cells import Cells

Picture = dict[int, Cells]
"""The lines of the screen as the terminal has been told them."""

BACKGROUNDS = 1024

_pictures: WeakKeyDictionary[Console, Picture] = WeakKeyDictionary()
_whole_screen = Compositor.render_full_update


class Everything(LayoutUpdate):
    """The whole screen to paint, whatever the terminal shows."""

    def render_segments(self, console: Console) -> str:
        """The text to write."""
        lines = {y: Cells(chain.from_iterable(strips)) for y, strips in enumerate(self.strips, self.region.y)}
        _pictures.pop(console, None)
        return Changes({}, lines).render_segments(console)


class Changes(CompositorUpdate):
    """Lines of the screen, of which those cells are to be painted that differ from the picture."""

    def __init__(self, picture: Mapping[int, Cells], lines: Picture) -> None:
        self._lines = lines
        self.stretches = [
            (y, first, end) for y, cells in lines.items() for first, end in cells.differences(picture.get(y))
        ]

    def render_segments(self, console: Console) -> str:
        """The text to write, with its positions."""
        # Not before: what is only composed may never come to the terminal.
        _pictures.setdefault(console, {}).update(self._lines)
        colours = console._color_system or ColorSystem.TRUECOLOR
        return "".join(
            [
                f"\x1b[{y + 1};{first + 1}H{self._lines[y].written(first, end, colours)}"
                for y, first, end in self.stretches
            ]
        )


def paint_only_changes() -> None:
    """Take the place of Textual's updates."""
    Compositor.render_partial_update = _changes  # type: ignore[assignment, method-assign]
    Compositor.render_full_update = _everything  # type: ignore[assignment, method-assign]


def keep_no_lines_of_what_has_gone() -> None:
    """Let the lines of a widget go with it: Textual keeps a thousand widgets', as it remembers two colours by them."""
    StylesCache.get_inner_outer = _backgrounds  # type: ignore[assignment, method-assign]


def paint_lines(widget: Widget, lines: Iterable[int]) -> None:
    """Paint these lines of a widget's content with the next frame, without a message on the way there."""
    try:
        screen = widget.screen
    except NoScreen:
        return
    # One that is out of sight is painted whole when it comes into sight.
    if widget in screen._compositor.visible_widgets:
        top, width = widget.styles.gutter.top, widget.outer_size.width
        widget._repaint_regions.update([Region(0, top + y, width, 1) for y in lines])
        screen._dirty_widgets.add(widget)
        screen._update_timer.resume()


def _everything(compositor: Compositor, simplify: bool = False) -> Everything:
    update = _whole_screen(compositor, simplify)
    return Everything(update.strips, update.region)


_remembered = lru_cache(BACKGROUNDS)(partial(StylesCache.get_inner_outer.__wrapped__, None))


def _backgrounds(lines: StylesCache, base: Color, own: Color) -> tuple[Style, Style]:  # noqa: ARG001
    return _remembered(base, own)


def _changes(compositor: Compositor) -> Changes | None:
    screen = compositor.size.region
    regions = [region.intersection(screen) for region in compositor._dirty_regions]
    compositor._dirty_regions.clear()
    lines = sorted({y for region in regions if region for y in region.line_range})
    if not lines or compositor.root is None:
        return None
    picture = _pictures.get(compositor.root.app.console, {})
    changes = Changes(picture, {y: Cells(composed(compositor, y)) for y in lines})
    return changes if changes.stretches else None


def composed(compositor: Compositor, y: int) -> list[Segment]:
    """A line of the screen, from the widgets that lie there, those in front first."""
    pieces: list[tuple[int, Iterable[Segment]]] = []
    bare = [(0, compositor.size.width)]
    for widget, seen, region in compositor.layers_visible[y]:
        if not bare:
            break
        still_bare = []
        for left, right in bare:
            start, end = max(left, seen.x), min(right, seen.right)
            if start >= end:
                still_bare.append((left, right))
                continue
            pieces.append((start, _drawn(widget, y - region.y, start - region.x, end - region.x)))
            still_bare += [(a, b) for a, b in ((left, start), (end, right)) if a < b]
        bare = still_bare
    pieces += [(left, [Segment(" " * (right - left))]) for left, right in bare]
    return [segment for _, piece in sorted(pieces, key=itemgetter(0)) for segment in piece]


def _drawn(widget: Widget, y: int, start: int, end: int) -> Strip:
    width = widget.outer_size.width
    (line,) = widget.render_lines(Region(0, y, width, 1))
    return line if (start, end) == (0, width) else line.crop(start, end)
