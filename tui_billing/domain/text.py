"""Free text: what may be typed, and how any text is made safe to show."""

from __future__ import annotations

import re
import unicodedata

from tui_billing.domain.errors import InvalidInput

UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Patterns are compiled when they are first needed: the log in has no need of them.
# Groups of digits; between them also the dashes that documents and messengers make of a hyphen. Neither a comma nor a
# colon: one in ten of all days with an amount or a time behind them would pass for a card number.
DIGIT_RUN = r"\d+(?:[ ._/\-\u2010-\u2015\u2212+*|=~\u00b7\u2022]{1,3}\d+)*"
DIGIT = r"\d"
DIGITS = r"\d+"
MARKS = frozenset({"Mn", "Me", "Cf"})
# Letters and a symbol that show nothing: the fillers of Hangul, and Braille without a dot.
FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
BLANK = MARKS | {"Zs"}
# Groups as cards are printed in, 4-4-4-4 and its kin or 4-6-5, whatever stands between them.
CARD_SHAPES = r"(?<!\d)(?:\d{4}(?:\D{1,6}\d{4}){2,3}\D{1,6}\d{1,4}|\d{4}\D{1,6}\d{6}\D{1,6}\d{4,5})(?!\d)"
MAX_COMBINING = 4
FEWEST_DIGITS = 13


def shown(text: str, max_length: int = 400) -> str:
    """The text with everything a terminal would obey, reorder or hide made visible, cut after `max_length` characters.

    Each such character becomes `�`; a pile of combining marks is cut to four.
    """
    if len(text) <= max_length and _is_plain(text):
        return str(text)
    out: list[str] = []
    marks = 0
    for character in text[:max_length]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > MAX_COMBINING:
            continue
        out.append("�" if _is_hidden(character) else character)
    if len(text) > max_length:
        out.append("…")
    return "".join(out)


def checked_text(text: str, label: str, max_length: int = 255, required: bool = False) -> str:
    """The text, trimmed, if it may be kept; raises `InvalidInput` naming the field `label` if it may not.

    Refused are control and other invisible characters, card numbers, and more than `max_length` characters; where it
    is required, also a text of which nothing would be seen.
    """
    text = text.strip(" ")
    fault = ""
    if required and all(unicodedata.category(character) in BLANK for character in text):
        fault = "is required."
    elif len(text) > max_length:
        fault = f"is {len(text):,} characters long; at most {max_length} are kept. Shorten it."
    elif not _is_plain(text) and any(map(_is_hidden, text)):
        fault = "contains a control or invisible character. Type it again without it."
    elif has_card_number(text):
        fault = "contains what looks like a card number. Card numbers are never stored here."
    if fault:
        raise InvalidInput(f"{label} {fault}", field=label)
    return text


def has_card_number(text: str) -> bool:
    """Whether the text holds a number of 13 to 19 digits, in one piece or in groups, that passes the Luhn check.

    Source: ISO/IEC 7812-1. Groups are tried in every run of neighbours, so an expiry date behind it hides no number.
    """
    if _is_plain(text):
        plain = text
        # Files of a hundred thousand lines are looked through, and few texts have so many digits.
        if sum(map(text.count, "0123456789")) < FEWEST_DIGITS:
            return False
    else:
        plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in MARKS)
    for run in re.findall(CARD_SHAPES, plain):
        if _luhn_valid("".join(re.findall(DIGITS, run))):
            return True
    for run in re.findall(DIGIT_RUN, plain):
        groups = re.findall(DIGITS, run)
        for first in range(len(groups)):
            number = ""
            for group in groups[first:]:
                number += group
                if len(number) > 19:
                    break
                if len(number) >= FEWEST_DIGITS and _luhn_valid(number):
                    return True
    return False


def masked(text: str) -> str:
    """The text, safe to keep in a log: nothing a terminal would obey, and no digits where there is a card number."""
    text = shown(text)
    return re.sub(DIGIT, "•", text) if has_card_number(text) else text


def folded(text: str) -> str:
    """The text as searches compare it: case-folded and without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _is_plain(text: str) -> bool:
    """Whether the text is printable ASCII, so that nothing in it stands for something else."""
    return text.isascii() and text.isprintable()


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in UNPRINTABLE or character in FILLERS


def _luhn_valid(digits: str) -> bool:
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
