"""What accounts are found by: made anew from their names, and held against the index, fragment by fragment."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from tui_billing.domain.text import folded
from tui_billing.store.account_index import TRIGRAM, text_of
from tui_billing.store.prepared import on_driver

SEARCHED = "SELECT number, name, master_user, search, sort_name FROM account"
INDEXED = "SELECT term, count(*), sum(doc) FROM account_fragment GROUP BY term"


def unlike_search(connection: Connection) -> Iterator[tuple[str, str, int, int]]:
    """Figure, subject, how often it is there and how often it should be."""
    # By fragment: in how many accounts it is, and what their numbers come to.
    expected: dict[str, tuple[int, int]] = {}
    for row in on_driver(connection, SEARCHED):
        # What is no text is read as what it says, so that it is told rather than stumbled over.
        number, name, master_user, search, sort_name = (str(value) for value in row)
        if (search, sort_name) != (text_of(number, name, master_user), folded(name)):
            yield "search", f"account {number}", 0, 1
        for fragment in {search[start : start + TRIGRAM] for start in range(len(search) - TRIGRAM + 1)}:
            count, total = expected.get(fragment, (0, 0))
            expected[fragment] = (count + 1, total + (int(number) if number.isdecimal() else 0))
    # PostgreSQL keeps its index itself.
    if connection.dialect.name == "sqlite":
        indexed = {fragment: (count, total) for fragment, count, total in on_driver(connection, INDEXED)}
        for fragment in sorted(expected.keys() | indexed.keys()):
            stored, recomputed = indexed.get(fragment, (0, 0)), expected.get(fragment, (0, 0))
            if stored != recomputed:
                yield "search index", f"fragment {fragment.strip()}", stored[0], recomputed[0]
