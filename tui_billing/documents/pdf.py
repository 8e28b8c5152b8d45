"""A document laid out on A4: the same document gives the same bytes. Only imported when one is made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from tui_billing.documents.document import Column, Document, Table
from tui_billing.documents.typefaces import MAIN, MISSING_NOTE, Typefaces
from tui_billing.domain.text import shown

Colour = tuple[int, int, int]
ACCENT: Colour = (17, 94, 112)
TINT: Colour = (233, 242, 244)
INK: Colour = (33, 37, 41)
MUTED: Colour = (108, 117, 125)
RULE: Colour = (206, 212, 218)
# Millimetres, as all lengths here.
MARGIN = 18.0
FOOT = 20.0
LINE = 5.2
LABEL = 40.0
PADDING = 1.6


def pdf_of(document: Document) -> bytes:
    """The document as a PDF."""
    return bytes(_Sheets(document).made().output())


class _Sheets(FPDF):
    """The pages of one document."""

    def __init__(self, document: Document) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._document = document
        self._typefaces = Typefaces(self, _texts(document))
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=False)
        self.set_title(shown(f"{document.title} {document.number}"))
        self.set_producer("tui-billing")
        self.set_lang("en")
        self.set_creation_date(datetime.combine(document.dated, time(), UTC))
        self.c_margin = 0

    def made(self) -> _Sheets:
        """Every page, in order."""
        self.add_page()
        self._heading()
        self._account()
        self._amount()
        for label, value in self._document.facts:
            self._fact(label, value)
        for table in self._document.tables:
            self._table(table)
        self._notes()
        return self

    def header(self) -> None:
        """The accent on top of every page."""
        self.set_fill_color(*ACCENT)
        self.rect(0, 0, self.w, 3, style="F")
        self.set_y(MARGIN - 4)

    def footer(self) -> None:
        """Which document this is a page of."""
        self.set_y(-FOOT + 6)
        self._ink(MUTED, 8)
        document = self._document
        # On the left: how wide the number of pages will be is not known yet.
        self.cell(self.epw / 4, LINE, f"Page {self.page_no()} of {{nb}}")
        self.cell(self.epw * 3 / 4, LINE, self._safe(f"{document.title} {document.number}"), align="R")

    def _heading(self) -> None:
        self._ink(ACCENT, 21, "B")
        self.cell(self.epw * 0.6, 10, self._safe(self._document.title))
        self._ink(MUTED, 9)
        x = self.get_x()
        for line in (self._document.number, f"{self._document.dated:%Y-%m-%d}"):
            self.set_x(x)
            self.cell(self.epw * 0.4, LINE, self._safe(line), align="R", new_x=XPos.LEFT, new_y=YPos.NEXT)
        self.ln(7)

    def _account(self) -> None:
        self._ink(INK, 13, "B")
        self._paragraph(self._document.account_name, 6.5)
        self._ink(MUTED, 9)
        self._paragraph(f"Account {self._document.account_number}")
        self.ln(4)

    def _amount(self) -> None:
        y = self.get_y()
        self.set_fill_color(*TINT)
        self.rect(MARGIN, y, self.epw, 15, style="F")
        self.set_fill_color(*ACCENT)
        self.rect(MARGIN, y, 1.2, 15, style="F")
        self.set_xy(MARGIN + 6, y)
        self._ink(MUTED, 10)
        self.cell(self.epw / 2 - 6, 15, self._safe(self._document.amount_label))
        self._ink(ACCENT, 18, "B")
        self.cell(self.epw / 2 - 6, 15, self._safe(self._document.amount), align="R")
        self.set_xy(MARGIN, y + 20)

    def _fact(self, label: str, value: str) -> None:
        self._ink(INK, 9.5)
        lines = self._lines(value, self.epw - LABEL)
        self._need(LINE * len(lines))
        self._ink(MUTED, 9.5)
        self.cell(LABEL, LINE, self._safe(label))
        self._ink(INK, 9.5)
        for line in lines:
            self.set_x(MARGIN + LABEL)
            self.cell(self.epw - LABEL, LINE, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _table(self, table: Table) -> None:
        self.ln(6)
        self._need(LINE * 4)
        self._ink(ACCENT, 11, "B")
        self._paragraph(table.title, 7)
        widths = [self.epw * column.share / sum(c.share for c in table.columns) for column in table.columns]
        self._titles(table.columns, widths)
        for row in table.rows:
            self._row(table, row, widths)
        for label, figure in table.sums:
            self._sum(label, figure, widths[-1])

    def _titles(self, columns: tuple[Column, ...], widths: list[float]) -> None:
        self._ink(MUTED, 8.5, "B")
        for column, width in zip(columns, widths, strict=True):
            self.cell(width - PADDING, LINE, self._safe(column.title), align="R" if column.right else "L")
            self.set_x(self.get_x() + PADDING)
        self.ln(LINE)
        self._rule(ACCENT)

    def _row(self, table: Table, row: tuple[str, ...], widths: list[float]) -> None:
        self._ink(INK, 9)
        cells = [self._lines(text, width - PADDING) for text, width in zip(row, widths, strict=True)]
        height = LINE * max(map(len, cells)) + PADDING
        if self._need(height):
            self._titles(table.columns, widths)
            self._ink(INK, 9)
        x, y = MARGIN, self.get_y() + PADDING / 2
        for column, width, lines in zip(table.columns, widths, cells, strict=True):
            for number, line in enumerate(lines):
                self.set_xy(x, y + number * LINE)
                self.cell(width - PADDING, LINE, line, align="R" if column.right else "L")
            x += width
        self.set_xy(MARGIN, y + height - PADDING / 2)
        self._rule(RULE)

    def _sum(self, label: str, figure: str, width: float) -> None:
        self._need(LINE + PADDING)
        self._ink(INK, 9.5, "B")
        self.set_y(self.get_y() + PADDING / 2)
        self.cell(self.epw - max(width, 45) - PADDING, LINE, self._safe(label), align="R")
        self.cell(max(width, 45), LINE, self._safe(figure), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _notes(self) -> None:
        notes = self._document.notes + ((MISSING_NOTE,) if self._typefaces.misses_characters else ())
        self.ln(6)
        for note in notes:
            self._ink(MUTED, 8.5)
            self._paragraph(note, 4.6)

    def _paragraph(self, text: str, height: float = LINE) -> None:
        for line in self._lines(text, self.epw):
            self._need(height)
            self.cell(self.epw, height, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _need(self, height: float) -> bool:
        """Begin a page if what comes next would reach into the foot of this one, and say whether."""
        if self.get_y() + height <= self.h - FOOT:
            return False
        style, size = self.font_style, self.font_size_pt
        colour = self.text_color
        self.add_page()
        self.set_font(MAIN, style, size)
        self.text_color = colour
        return True

    def _lines(self, text: str, width: float) -> list[str]:
        """The text in lines of this width, in the typeface that is set."""
        safe = self._safe(text)
        if self.get_string_width(safe) <= width:
            return [safe]
        found = self.multi_cell(width, LINE, safe, align="L", dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(found, list)
        return found

    def _ink(self, colour: Colour, size: float, style: str = "") -> None:
        self.set_font(MAIN, style, size)
        self.set_text_color(*colour)

    def _rule(self, colour: Colour) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(0.2)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())

    def _safe(self, text: str) -> str:
        return self._typefaces.settable(text)


def _texts(document: Document) -> Iterator[str]:
    """Every text that somebody else may have written."""
    yield from (document.title, document.number, document.account_name, document.account_number, *document.notes)
    for label, value in document.facts:
        yield from (label, value)
    for table in document.tables:
        for row in table.rows:
            yield from row
