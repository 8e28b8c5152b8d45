"""No text can steer the terminal or hold a card number."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.text import FILLERS, checked_text, folded, has_card_number, shown

NEVER_SHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
ANY_TEXT = st.text(st.characters(), max_size=60)
NASTY_TEXT = st.text(st.characters(categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn")), max_size=30)
# Test numbers that card networks publish, of 13, 15, 16 and 19 digits.
CARD_NUMBERS = ("4222222222222", "378282246310005", "4242424242424242", "5555555555554444", "6304000000000000000")


@given(ANY_TEXT | NASTY_TEXT)
@example("\x1b]52;c;cGF5\x07")
@example("\u202egnirts\u2066")
@example("\x9b31m")
@example("\ud800")
def test_nothing_that_a_terminal_obeys_reorders_or_hides_is_shown(text: str) -> None:
    assert not [c for c in shown(text) if unicodedata.category(c) in NEVER_SHOWN]


@given(st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "M"), exclude_characters=FILLERS), max_size=100))
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    assert shown(text) == text


@given(ANY_TEXT, st.integers(1, 20))
def test_a_long_text_is_cut_and_says_so(text: str, max_length: int) -> None:
    cut = shown(text, max_length)
    assert len(cut) <= max_length + 1
    assert cut.endswith("…") or len(text) <= max_length


def test_a_pile_of_combining_marks_is_cut_to_four() -> None:
    assert shown("Z" + "\u0301" * 50 + "y") == "Z" + "\u0301" * 4 + "y"


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "a\nb",
        "a\tb",
        "\x1b[2J",
        "\x7f",
        "\x85",
        "\u202eabc",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\ud800",
        "\u2028",
        "\ue000",
        "\uffff",
        "\u3164",
        "\u2800",
    ],
)
def test_control_and_invisible_characters_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Memo contains a control or invisible character") as refusal:
        checked_text(f"before {text} after", "Memo")
    assert refusal.value.field == "Memo"


@pytest.mark.parametrize("text", ["", "  ", "\u00a0", "\u3000", "\u0301", "\ufe0f", "\u034f \u2003"])
def test_a_text_of_which_nothing_is_seen_is_no_text(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Reason is required\."):
        checked_text(text, "Reason", required=True)
    assert checked_text(f"a{text}", "Reason", required=True)


@given(ANY_TEXT | NASTY_TEXT)
def test_a_text_that_may_be_kept_is_shown_unchanged(text: str) -> None:
    try:
        kept = checked_text(text, "Memo")
    except InvalidInput:
        return
    assert kept == text.strip(" ")
    assert "�" not in shown(kept) or "�" in kept


@pytest.mark.parametrize("number", CARD_NUMBERS)
@pytest.mark.parametrize(
    "written",
    [
        "{}",
        "paid with {} today",
        "Nr.{}!",
        "{} 12/29",
        "12/29 {}",
        "ref 7 {}",
    ],
)
def test_a_card_number_is_refused_wherever_it_stands(number: str, written: str) -> None:
    with pytest.raises(InvalidInput, match="Memo contains what looks like a card number"):
        checked_text(written.format(number), "Memo")


@pytest.mark.parametrize(
    "written",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242.4242.4242.4242",
        "4242/4242/4242/4242",
        "4242_4242_4242_4242",
        "4242 - 4242 - 4242 - 4242",
        "4242\u00a04242\u00a04242\u00a04242",
        "4242–4242–4242–4242",
        "4242—4242—4242—4242",
        "4242\u20114242\u20114242\u20114242",
        "4242−4242−4242−4242",
        "3782 822463 10005",
        "４２４２４２４２４２４２４２４２",  # full-width
        "４２４２ ４２４２ ４２４２ ４２４２",
        "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢",  # Arabic-Indic
        "۴۲۴۲ ۴۲۴۲ ۴۲۴۲ ۴۲۴۲",  # Persian
        "४२४२४२४२४२४२४२४२",  # Devanagari
        "𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐",  # mathematical bold
        "⁴²⁴²⁴²⁴²⁴²⁴²⁴²⁴²",  # superscript
        "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
        "42424242·42424242",
        "4242424242+424242",
        "4242  –  4242  –  4242  –  4242",
        "4242 and 4242 and 4242 and 4242",
    ],
)
def test_a_card_number_is_refused_however_it_is_written(written: str) -> None:
    assert has_card_number(written)
    assert has_card_number(f"card: {written}, thanks")


@given(st.integers(10**11, 10**18 - 1).map(str), st.sampled_from(" -./"), st.integers(1, 4))
def test_every_luhn_valid_number_of_13_to_19_digits_is_found_in_groups(start: str, gap: str, group: int) -> None:
    doubled = [int(d) * (1 + (i + 1) % 2) for i, d in enumerate(reversed(start))]
    number = start + str(-sum(d // 10 + d % 10 for d in doubled) % 10)
    grouped = gap.join(number[i : i + group] for i in range(0, len(number), group))
    assert has_card_number(grouped)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4242424242424241",
        "424242424242",
        "Invoice 2026-03-17, USD 1,234.50",
        "INV-2026-000123",
        "+46 70 123 45 67",
        "49927398716",
        "2026-03-05 10:30:00",
    ],
)
def test_other_numbers_are_no_card_numbers(text: str) -> None:
    assert not has_card_number(text)
    assert checked_text(text, "Memo") == text


def test_a_text_is_trimmed_and_may_be_as_long_as_the_limit() -> None:
    assert checked_text("  x  ", "Memo") == "x"
    assert checked_text("x" * 255, "Memo") == "x" * 255
    with pytest.raises(InvalidInput, match=r"Memo is 256 characters long; at most 255 are kept\. Shorten it\."):
        checked_text("x" * 256, "Memo")


@pytest.mark.parametrize("text", ["", "   "])
def test_a_required_text_is_asked_for(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Reason is required\."):
        checked_text(text, "Reason", required=True)
    assert checked_text(text, "Reason") == ""


@pytest.mark.parametrize(("text", "found_by"), [("Ångström", "angstrom"), ("STRASSE", "straße"), ("ﬁne", "FINE")])
def test_a_search_ignores_case_and_accents(text: str, found_by: str) -> None:
    assert folded(text) == folded(found_by)
