"""Text tables and JSON documents."""

from __future__ import annotations

from tui_billing.commands.output import Result, as_text, cell_width, json_text, listing, sections, table


def test_columns_are_aligned_and_amounts_end_at_the_same_place() -> None:
    rows = [("Globex", "USD 1.00", "x"), ("日本橋商事", "USD 1,234.50", "y"), ("Zoë", "USD -5.00", "z")]
    text = table(("Name", "Balance>", "Note"), rows, "nothing").splitlines()
    assert text[0] == "Name             Balance  Note"
    assert {cell_width(row) for row in text[1:]} == {27}
    assert all(row[-3:-1] == "  " for row in text[1:])


def test_no_line_ends_in_blanks() -> None:
    text = table(("Name", "Note"), [("Globex", ""), ("A", "a long note")], "nothing")
    assert text.splitlines() == ["Name    Note", "Globex", "A       a long note"]


def test_long_text_is_not_cut_to_the_window() -> None:
    name = "x" * 300
    assert name in table(("Name",), [(name,)], "nothing")


def test_an_empty_table_is_a_sentence() -> None:
    assert table(("Name",), [], "There is nothing.") == "There is nothing."


def test_marks_that_combine_take_no_cell() -> None:
    assert cell_width("Zoe\u0308") == 3


def test_a_listing_has_one_label_a_line() -> None:
    assert listing([("Name", "Globex\nCorporation"), ("Memo", "")]) == "Name: Globex�Corporation\nMemo:"


def test_empty_sections_are_left_out() -> None:
    assert sections(("", "a"), ("Empty", ""), ("Last", "b")) == "a\n\nLast\nb"


def test_json_is_ascii_and_one_document() -> None:
    assert json_text({"name": "Ж\x1b\x7f"}).isprintable() is False
    assert "\\u0416\\u001b\\u007f" in json_text({"name": "Ж\x1b\x7f"})
    assert as_text(Result({"a": 1}, "text"), as_json=True) == '{\n  "a": 1\n}\n'


def test_text_ends_in_one_line_feed_and_nothing_stays_nothing() -> None:
    assert as_text(Result({"a": 1}, "text"), as_json=False) == "text\n"
    assert as_text(Result({}, ""), as_json=False) == as_text(Result({}, ""), as_json=True) == ""
