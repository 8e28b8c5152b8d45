"""Documents as PDF: what they say, in any script, and the same bytes each time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from tui_billing.documents.document import Column, Document, Table
from tui_billing.documents.pdf import pdf_of

COLUMNS = (Column("Invoice", 3), Column("Amount (EUR)", 1, right=True))
RECEIPT = Document(
    name="receipt-1",
    title="Payment receipt",
    number="786caf02",
    dated=date(2026, 3, 17),
    account_number="10000093",
    account_name="Mara Lindqvist",
    amount_label="Amount received",
    amount="EUR 1,234.50",
    facts=(("Reference", "SEPA 4711"),),
    tables=(Table("Invoices paid", COLUMNS, (("INV-2026-000001", "1,234.50"),), (("Left", "0.00"),)),),
)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_everything_a_document_says_is_on_its_page() -> None:
    (page,) = pages_of(pdf_of(RECEIPT))
    for text in ("Payment receipt", "786caf02", "2026-03-17", "Account 10000093", "Mara Lindqvist", "EUR 1,234.50"):
        assert text in page
    for text in ("Reference", "SEPA 4711", "Invoices paid", "INV-2026-000001", "Amount (EUR)", "Left", "Page 1 of 1"):
        assert text in page


def test_the_same_document_gives_the_same_bytes_dated_by_the_document() -> None:
    content = pdf_of(RECEIPT)
    assert content == pdf_of(RECEIPT)
    about = PdfReader(io.BytesIO(content)).metadata
    assert about is not None
    assert about.creation_date is not None
    assert (about.title, about.creation_date.date()) == ("Payment receipt 786caf02", RECEIPT.dated)


def test_names_in_many_scripts_are_set() -> None:
    names = ("佐藤 健", "김민준", "Łódź Đức Růžička", "Ελένη", "Дмитрий", "გიორგი", "Արմեն")
    (page,) = pages_of(pdf_of(replace(RECEIPT, account_name=names[0], facts=tuple(("Name", name) for name in names))))
    assert [name for name in names if name not in page] == []
    assert "Unicode number" not in page


def test_names_from_right_to_left_are_set_with_their_letters_joined() -> None:
    (page,) = pages_of(pdf_of(replace(RECEIPT, account_name="فاطمة الصباح")))
    assert "فاطمة" in page
    assert "Unicode number" not in page


def test_a_character_that_no_typeface_has_is_not_lost() -> None:
    (page,) = pages_of(pdf_of(replace(RECEIPT, account_name="ไทย Ltd")))
    assert "‹U+0E44›‹U+0E17›‹U+0E22› Ltd" in page
    assert "is given by its Unicode number" in page


@pytest.mark.parametrize(
    "hostile", ["a\x1b[31mb", "a\u202eb", "a\x00b", "a\ud800b", "**a** {nb} [x](y)", "a\nb\tc", "́" * 300]
)
def test_hostile_text_crashes_nothing_and_hides_nothing(hostile: str) -> None:
    wide = replace(RECEIPT, account_name=hostile, facts=(("Reference", hostile),), number=hostile[:9])
    (page,) = pages_of(pdf_of(wide))
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "EUR 1,234.50" in page


def test_an_invoice_of_many_lines_runs_over_many_pages_with_titles_on_each() -> None:
    rows = tuple((f"INV-{n:06d}", f"{n}.00") for n in range(200))
    pages = pages_of(pdf_of(replace(RECEIPT, tables=(Table("Lines", COLUMNS, rows, (("Total", "19,900.00"),)),))))
    assert len(pages) == 6
    assert all("Amount (EUR)" in page and f"of {len(pages)}" in page for page in pages)
    text = "\n".join(pages)
    assert [n for n in range(200) if f"INV-{n:06d}" not in text] == []
    assert "19,900.00" in pages[-1]


def test_long_text_is_wrapped_and_nothing_of_it_is_cut() -> None:
    words = " ".join(f"word{n}" for n in range(36))
    table = Table("Lines", COLUMNS, ((words, "1.00"),))
    (page,) = pages_of(pdf_of(replace(RECEIPT, facts=(("Reference", words),), tables=(table,))))
    assert page.replace("\n", " ").count(words) == 2
