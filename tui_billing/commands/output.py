"""What a command says: lines of text for people, or one JSON document for scripts."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui_billing.domain.text import shown

GAP = "  "


@dataclass(frozen=True, slots=True)
class Result:
    """What a command found or did: the same as a JSON document and as text, and the exit code."""

    document: Mapping[str, Any]
    text: str
    exit_code: int = 0


def as_text(result: Result, as_json: bool) -> str:
    """What goes to standard output, ending in a line feed unless it is empty."""
    text = json_text(result.document) if as_json and result.document else result.text
    return f"{text}\n" if text else ""


def json_text(document: Mapping[str, Any]) -> str:
    """One JSON document in ASCII alone, so that no terminal obeys a character of it."""
    # Only now, as the desk writes none.
    import json

    return json.dumps(document, indent=2, ensure_ascii=True).replace("\x7f", "\\u007f")


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> str:
    """Aligned columns under their titles, or the sentence for an empty list; a title that ends in `>` aligns right."""
    if not rows:
        return nothing
    cells = [[title.removesuffix(">") for title in titles], *([shown(cell) for cell in row] for row in rows)]
    widths = [max(map(cell_width, column)) for column in zip(*cells, strict=True)]
    rights = [title.endswith(">") for title in titles]
    return "\n".join(GAP.join(map(_padded, row, widths, rights)).rstrip() for row in cells)


def listing(pairs: Sequence[tuple[str, str]]) -> str:
    """One `label: value` a line, for one thing with many fields."""
    return "\n".join(f"{label}: {shown(value)}".rstrip() for label, value in pairs)


def sections(*parts: tuple[str, str]) -> str:
    """Titled blocks of text with a line between them; a block without a title comes as it is."""
    return "\n\n".join(f"{title}\n{block}" if title else block for title, block in parts if block)


def cell_width(text: str) -> int:
    """How many terminal cells the text takes."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _padded(cell: str, width: int, right: bool) -> str:
    padding = " " * (width - cell_width(cell))
    return padding + cell if right else cell + padding
