"""Whatever is done afterwards, and whatever the clock does: a posted statement never changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk_fixtures import CORPORATE, RETAIL, Desk, opened_desk
from tui_billing.domain.errors import InvalidInput, RuleRefused
from tui_billing.domain.invoices import Statement

Action = Callable[[Desk, int], object]


def charge_back_or_cancel(desk: Desk, pick: int) -> None:
    """Take back one of the payments and credits, by its own way."""
    rows = desk.rows("SELECT id, kind FROM payment WHERE state = 'completed' ORDER BY sequence")
    if rows:
        payment_id, kind = rows[pick % len(rows)]
        ways = {"record": desk.cancel, "credit": desk.cancel_credit}
        ways.get(kind, desk.charge_back)(desk.payment(payment_id))


def charge_some_day(desk: Desk, pick: int) -> None:
    """Charge for something that was used up to three months ago, or will be."""
    for number in (CORPORATE, RETAIL):
        desk.charge("7.00", number, desk.clock().date() + timedelta(days=10 - 10 * pick))


ACTIONS: dict[str, Action] = {
    "a charge of some day": charge_some_day,
    "an invoice of today": lambda desk, pick: desk.invoice("5.00", (CORPORATE, RETAIL)[pick % 2]),
    "a recorded payment": lambda desk, pick: desk.record(f"{pick + 1}.00"),
    "a credit": lambda desk, pick: desk.credit(f"{pick + 1}.00", (CORPORATE, RETAIL)[pick % 2]),
    "a card payment": lambda desk, pick: desk.make(f"{pick + 1}.00"),
    "a reversal": charge_back_or_cancel,
    "a billing run": lambda desk, _: desk.bill(),
    "a billing run of a while ago": lambda desk, pick: desk.bill(desk.clock().date() - timedelta(days=1 + pick * 5)),
    "time passing": lambda desk, pick: desk.clock.advance(days=pick * 4),
    "the clock going back": lambda desk, pick: desk.clock.advance(days=-pick * 4),
}


def posted(desk: Desk, number: str) -> list[Statement]:
    """The posted statements, oldest first; the net balance of the last one of all is what the customer owes."""
    found = desk.services.statements.list(desk.finance, number)
    assert found[0].provisional
    assert found[0].net_balance_minor == -desk.account(number).balance.minor_units
    chained = pairwise(found)
    assert all(later.balance_forward_minor == earlier.net_balance_minor for later, earlier in chained)
    return [statement for statement in reversed(found) if not statement.provisional]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 9)), min_size=8, max_size=16))
def test_a_posted_statement_never_changes_and_none_is_provisional_again(
    desk_template: Path, chosen: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as directory, opened_desk(desk_template, Path(directory)) as desk:
        before: dict[str, list[Statement]] = {CORPORATE: [], RETAIL: []}
        charge_some_day(desk, 5)
        for name, pick in [("a billing run", 0), *chosen]:
            with suppress(RuleRefused, InvalidInput):
                ACTIONS[name](desk, pick)
            for number, earlier in before.items():
                now = posted(desk, number)
                assert now[: len(earlier)] == earlier, name
                before[number] = now
        desk.assert_books_are_right()
