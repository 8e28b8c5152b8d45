"""The typefaces that documents are set in, and what becomes of a character that none of them has."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import TTFFont

from tui_billing.domain.text import shown

FOLDER = Path(__file__).parent / "fonts"
MAIN, ASIAN = "main", "asian"
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
MISSING_NOTE = (
    "A character that the typefaces of this document do not have is given by its Unicode number, as ‹U+0E01›."
)
# They print what they think of a font, and the desk has the terminal.
for name in ("fontTools", "fpdf"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class Typefaces:
    """Adds typefaces to a document as its texts need them, and makes those texts safe to set."""

    def __init__(self, pdf: FPDF, texts: Iterable[str]) -> None:
        pdf.add_font(MAIN, "", FOLDER / "DejaVuSansCondensed.ttf")
        pdf.add_font(MAIN, "B", FOLDER / "DejaVuSansCondensed-Bold.ttf")
        self._known = _characters(pdf, MAIN, "") & _characters(pdf, MAIN, "B")
        used = frozenset("".join(map(shown, texts)))
        if used - self._known:
            # Four times as large as the others, so it is read for those who need it.
            pdf.add_font(ASIAN, "", FOLDER / "DroidSansFallback.ttf")
            pdf.set_fallback_fonts([ASIAN], exact_match=False)
            self._known |= _characters(pdf, ASIAN, "")
        self.misses_characters = bool(used - self._known)
        if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in used):
            pdf.set_text_shaping(use_shaping_engine=True)

    def settable(self, text: str) -> str:
        """The text without what a reader would obey or hide, and with the number of what cannot be set."""
        return "".join(c if c in self._known else f"‹U+{ord(c):04X}›" for c in shown(text))


def _characters(pdf: FPDF, family: str, style: str) -> frozenset[str]:
    font = pdf.fonts[f"{family}{style}"]
    assert isinstance(font, TTFFont)
    return frozenset(map(chr, font.cmap))
