"""What stands in each cell of a line of the screen, and which cells are not as they were."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

CHEAPER_THAN_A_JUMP = 6
"""So many cells of one style that have not changed are written along; to skip them takes more bytes."""

# Equal styles as one object, as telling one object from another takes no comparison.
_styles: dict[Style | None, Style | None] = {}
MOST_STYLES = 4096

# Nearly all lines of the desk: each character takes one cell, which one look at the whole line finds out.
NARROW = re.compile(
    "[ -~\u00a0-\u02ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2319\u2500-\u25fc\u2699]*"
)


class Cells:
    """A line, cell by cell; the cells after the first of a wide character hold a tuple, not text."""

    __slots__ = ("characters", "styles")

    def __init__(self, segments: Iterable[Segment]) -> None:
        segments = list(segments)
        self.styles: list[Style | None] = []
        self.characters: str | list[object] = "".join([text for text, _, _ in segments])
        if NARROW.fullmatch(self.characters):
            for text, style, _ in segments:
                self.styles += [_one(style)] * len(text)
            return
        self.characters = []
        for text, style, _ in segments:
            if NARROW.fullmatch(text):
                self.characters += text
                self.styles += [_one(style)] * len(text)
            else:
                self._add(text, _one(style))

    def differences(self, before: Cells | None) -> list[tuple[int, int]]:
        """The stretches that are not as before: where each begins and ends."""
        styles = self.styles
        if before is None or len(styles) != len(before.styles):
            return [(0, len(styles))] if styles else []
        pairs = zip(before.characters, self.characters, strict=True)
        if before.styles == styles:
            changed = [x for x, (was, now) in enumerate(pairs) if was != now]
        else:
            looks = zip(pairs, before.styles, styles, strict=True)
            changed = [x for x, ((was, now), old, new) in enumerate(looks) if was != now or old is not new]
        stretches: list[tuple[int, int]] = []
        end = -CHEAPER_THAN_A_JUMP - 1
        for x in changed:
            along = styles[end - 1 : x]
            if x - end > CHEAPER_THAN_A_JUMP or along.count(along[0]) < len(along):
                stretches.append((x, x + 1))
            else:
                stretches[-1] = (stretches[-1][0], x + 1)
            end = x + 1
        return stretches

    def written(self, first: int, end: int, colours: ColorSystem) -> str:
        """A stretch as it is sent to a terminal of so many colours."""
        runs: list[str] = []
        styles = self.styles
        while first < end:
            style = styles[first]
            next_one = first + 1
            while next_one < end and styles[next_one] is style:
                next_one += 1
            text = self._text(first, next_one)
            runs.append(text if style is None else Strip.render_style(style, text, colours))
            first = next_one
        return "".join(runs)

    def _text(self, first: int, end: int) -> str:
        """The text of some cells; behind others than narrow ones with the place at which it goes on.

        Terminals differ in how wide they take an emoji or a mark, and a figure must stand where it belongs.
        """
        characters = self.characters
        if isinstance(characters, str):
            return characters[first:end]
        parts: list[str] = []
        for x in range(first, end):
            character = characters[x]
            if isinstance(character, str):
                place = f"\x1b[{x + 1}G"
                if self._is_unsure(x):
                    parts.append(place)
                elif len(character) > 1 and x + 1 < end and not isinstance(characters[x + 1], str):
                    # In a terminal that takes it for narrower, what stood there would stay behind it.
                    parts.append(f"  {place}")
                parts.append(character)
        return "".join(parts)

    def _is_unsure(self, x: int) -> bool:
        """Whether a terminal may think that a narrow cell is elsewhere, by what stands before it."""
        return x > 0 and _is_narrow(self.characters[x]) and not _is_narrow(self.characters[x - 1])

    def _add(self, text: str, style: Style | None) -> None:
        assert isinstance(self.characters, list)
        cells = 0
        for end, character in enumerate(text, 1):
            # Of all up to here, as a mark may make the character before it wider.
            before, cells = cells, cell_len(text[:end])
            more = cells - before
            if cell_len(character):
                self.characters.append(character)
                self.styles.append(style)
                more -= 1
            elif self.styles:
                self._mark(character)
            self.characters += [(character, part) for part in range(more)]
            self.styles += [style] * more

    def _mark(self, mark: str) -> None:
        """A combining mark stands in the cell of the character before it."""
        assert isinstance(self.characters, list)
        at = next(x for x in range(len(self.characters) - 1, -1, -1) if isinstance(self.characters[x], str))
        self.characters[at] = f"{self.characters[at]}{mark}"


def _is_narrow(character: object) -> bool:
    return isinstance(character, str) and NARROW.fullmatch(character) is not None


def _one(style: Style | None) -> Style | None:
    if len(_styles) >= MOST_STYLES:
        _styles.clear()
    return _styles.setdefault(style, style)
