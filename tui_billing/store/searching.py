"""What a search looks for in a list, as a parameter of its statement: text as it is, whatever `LIKE` makes of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam

# SQLite refuses longer patterns, and nobody looks for more.
LONGEST_SEARCH = 200
# What `LIKE` takes for any characters, or for any one, stands for itself behind it.
ESCAPE = "/"


SEARCH = bindparam("search", type_=String)


def searched(search: str) -> dict[str, str]:
    """The parameter; none if nothing is searched."""
    return {"search": escaped(search[:LONGEST_SEARCH])} if search else {}


def escaped(text: str) -> str:
    """A text that `LIKE` takes as it is."""
    for special in (ESCAPE, "%", "_"):
        text = text.replace(special, ESCAPE + special)
    return text


def has(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether it holds what is searched, in capitals or not."""
    return column.icontains(SEARCH, escape=ESCAPE)


def begins(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether it begins with what is searched, in capitals or not."""
    return column.istartswith(SEARCH, escape=ESCAPE)
