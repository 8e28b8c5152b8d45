"""What a search looks for in a list, as a parameter of its statement: text as it is, whatever `LIKE` makes of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam

# SQLite refuses longer patterns, and nobody looks for more.
LONGEST_SEARCH = 200
# What `LIKE` takes for any characters, or for any one, stands for itself behind it.
ESCAPE = "/"


def searched(search: str, name: str = "search") -> dict[str, str]:
    """The parameter of this name; none if nothing is searched."""
    search = search[:LONGEST_SEARCH]
    for special in (ESCAPE, "%", "_"):
        search = search.replace(special, ESCAPE + special)
    return {name: search} if search else {}


def has(column: ColumnElement[Any], name: str = "search") -> ColumnElement[bool]:
    """Whether it holds what the parameter says, in capitals or not."""
    return column.icontains(bindparam(name, type_=String), escape=ESCAPE)


def begins(column: ColumnElement[Any], name: str = "search") -> ColumnElement[bool]:
    """Whether it begins with what the parameter says, in capitals or not."""
    return column.istartswith(bindparam(name, type_=String), escape=ESCAPE)
