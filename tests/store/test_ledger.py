"""A book is loaded with as much as an event can touch, and no more."""

from __future__ import annotations

from datetime import date

import pytest

from tests.desk_fixtures import CORPORATE, Desk
from tui_billing.store.ledger import load_book


@pytest.fixture
def funded(desk: Desk) -> Desk:
    """Two payments of 10.00, then two credits of 5.00 of which the younger is used first, and nothing due."""
    for _ in range(2):
        desk.record("10.00")
    desk.credit("5.00")
    desk.credit("5.00", expires=date(2026, 12, 31))
    return desk


@pytest.mark.parametrize(
    ("due_minor", "loaded"), [(0, []), (1, [4]), (500, [4]), (501, [4, 3]), (1_001, [4, 3, 1]), (9_999, [4, 3, 1, 2])]
)
def test_of_unapplied_funds_only_those_are_loaded_that_pay_what_becomes_due(
    funded: Desk, due_minor: int, loaded: list[int]
) -> None:
    with funded.store.reading() as connection:
        book = load_book(connection, funded.account(CORPORATE), due_minor)
    assert list(book.fundings) == loaded
    assert list(book.fundings) == sorted(loaded, key=lambda sequence: book.fundings[sequence].turn)
