"""What has to be known of the words that were typed before they are parsed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

WITH_VALUE = ("--database", "--user")


def command_word(arguments: Sequence[str]) -> str:
    """The first word that is neither an option nor an option's value, or nothing."""
    words = iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return ""


def is_utf8(text: str) -> bool:
    """Whether the bytes that the text was made from were UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
