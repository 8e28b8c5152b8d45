"""Styles in few bytes: Textual sets and resets every attribute for each text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

TOKEN = re.compile(
    r"\x1b\[(?P<style>[0-9;]*)m"
    r"|(?P<position>\n?\x1b\[[0-9]+;[0-9]+H|\x1b\[\?2026[hl])"
    r"|(?P<sequence>\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_].*?(?:\x07|\x1b\\)|.))"
    r"|(?P<blanks> +(?![^\x1b]))"
    r"|(?P<text>(?:[^\x1b\n]|\n(?!\x1b\[[0-9]+;[0-9]+H))+)",
    re.DOTALL,
)
END_OF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
STYLES = 4096
UNSEEN_ON_BLANKS = frozenset({"1", "2", "3"})
COLOUR = re.compile(r"(?:[34]8;(?:5;[0-9]+|2;[0-9]+;[0-9]+;[0-9]+)|[0-9]+)(?:;|$)")


class Style(NamedTuple):
    """Attributes, foreground and background as the terminal is told them; nothing is the terminal's own."""

    attributes: tuple[str, ...] = ()
    foreground: str = ""
    background: str = ""


class TerseStyles:
    """Says only what changes between two texts, also from one output to the next."""

    def __init__(self) -> None:
        self._wanted = self._told = Style()

    def shorten(self, output: str) -> str:
        """The same output in fewer bytes."""
        parts: list[str] = []
        for token in TOKEN.finditer(output):
            if token["style"] is not None:
                self._wanted = _with(self._wanted, token["style"])
            elif token["position"]:
                parts.append(token["position"])
            else:
                parts += (self._change(token["blanks"] is not None), token[0])
        return "".join(parts)

    def _change(self, blank: bool = False) -> str:
        told, wanted = self._told, self._wanted
        if told is wanted:
            return ""
        if blank and told.attributes == wanted.attributes and UNSEEN_ON_BLANKS.issuperset(wanted.attributes):
            wanted = wanted._replace(foreground=told.foreground)
        self._told = wanted
        return _codes(told, wanted)


@lru_cache(STYLES)
def _codes(told: Style, wanted: Style) -> str:
    """The sequence that changes one style into another."""
    if told == wanted:
        return ""
    codes: list[str] = []
    ends = {END_OF.get(attribute, "0") for attribute in told.attributes if attribute not in wanted.attributes}
    if "0" in ends or wanted == Style():
        codes, told = ["0"], Style()
    elif ends:
        codes = sorted(ends)
        told = told._replace(attributes=tuple(a for a in told.attributes if END_OF.get(a) not in ends))
    codes += [attribute for attribute in wanted.attributes if attribute not in told.attributes]
    if wanted.foreground != told.foreground:
        codes.append(wanted.foreground or "39")
    if wanted.background != told.background:
        codes.append(wanted.background or "49")
    return f"\x1b[{';'.join(codes)}m"


@lru_cache(STYLES)
def _with(style: Style, codes: str) -> Style:
    for match in COLOUR.finditer(codes or "0"):
        code = match[0].rstrip(";")
        number = int(code.split(";")[0])
        if number == 0:
            style = Style()
        elif 30 <= number <= 39 or 90 <= number <= 97:
            style = style._replace(foreground="" if number == 39 else code)
        elif 40 <= number <= 49 or 100 <= number <= 107:
            style = style._replace(background="" if number == 49 else code)
        elif code not in style.attributes:
            style = style._replace(attributes=(*style.attributes, code))
    return style
