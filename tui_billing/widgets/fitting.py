"""Text in an exact number of terminal cells."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, chop_cells, set_cell_size

from tui_billing.domain.text import shown


@lru_cache(4096)
def fitted(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text, safe to show, in exactly `width` cells: padded, or cut with an ellipsis."""
    text = shown(text)
    cells = cell_len(text)
    if cells > width:
        return set_cell_size(text, width - 1) + "…" if width > 0 else ""
    padding = " " * (width - cells)
    return padding + text if align == "right" else text + padding


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken between words where that is possible."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            # A window of one cell leaves none within a frame.
            pieces = chop_cells(word, max(1, width))
            lines = [*lines, *pieces] if lines[-1] else pieces
    return lines
