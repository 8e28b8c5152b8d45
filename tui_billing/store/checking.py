"""The check: every stored figure recomputed, and every row held against the others, in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from sqlalchemy import Connection, text

from tui_billing.domain.errors import BooksDiffer
from tui_billing.store.checks.balances import BALANCES, totals
from tui_billing.store.checks.billing import billing
from tui_billing.store.checks.entries import ENTRIES
from tui_billing.store.checks.likeness import unlike_new
from tui_billing.store.checks.payments import PAYMENTS
from tui_billing.store.checks.readable import reading_anything, unreadable
from tui_billing.store.checks.search import unlike_search
from tui_billing.store.checks.structure import structure
from tui_billing.store.prepared import on_driver
from tui_billing.store.turns import take_any_time

MOST_TOLD = 20
CARD_CLEARING = """
    SELECT payment.gateway, currency, sum(CASE debit WHEN 'card_clearing' THEN e.amount_minor ELSE -e.amount_minor END)
    FROM ledger_entry e JOIN payment ON payment.sequence = e.payment_sequence JOIN account ON account.id = e.account_id
    WHERE debit = 'card_clearing' OR credit = 'card_clearing' GROUP BY payment.gateway, currency
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what it must be: minor units where it is an amount, else how often it is there."""

    figure: str
    subject: str
    stored: int
    recomputed: int


def checks(dialect: str) -> dict[str, str]:
    """The statements that find what is wrong in this kind of database, by figure."""
    return BALANCES | totals(dialect) | ENTRIES | PAYMENTS | billing(dialect) | structure(dialect)


def differences(connection: Connection) -> list[Difference]:
    """Every figure that does not follow from the ledger entries, and every row that cannot be as it is."""
    take_any_time(connection)
    with reading_anything(connection):
        found = [
            Difference(figure, str(subject), _whole(stored), _whole(recomputed))
            for figure, statement in checks(connection.dialect.name).items()
            for subject, stored, recomputed in on_driver(connection, statement)
        ]
        further = chain(unreadable(connection), unlike_search(connection), unlike_new(connection))
        return found + [Difference(*each) for each in further]


def refuse_differences(found: list[Difference]) -> None:
    """Raise `BooksDiffer` if there are any."""
    if found:
        told = tuple(f"{each.figure}, {each.subject}: {each.stored}, not {each.recomputed}" for each in found)
        raise BooksDiffer(f"The check has found {len(found)} differences in it. Nothing was done.", told[:MOST_TOLD])


def _whole(figure: object) -> int:
    """The figure, or 0 where somebody wrote what is no whole number; `file` names that."""
    return int(figure) if isinstance(figure, (int, Decimal)) else 0


def card_clearing(connection: Connection) -> dict[tuple[str, str], int]:
    """The card clearing account, in minor units, by gateway and currency."""
    take_any_time(connection)
    return {(gateway, currency): int(minor) for gateway, currency, minor in connection.execute(text(CARD_CLEARING))}
