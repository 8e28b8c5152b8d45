"""What the server itself refuses, whoever asks, and what the check finds where somebody has got past that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from tests.desk_fixtures import POSTGRESQL, Desk
from tests.store.test_checking import DAMAGES, DISPUTES, make_busy
from tests.store.test_tables import AMOUNTS, BY_NAME, KEPT, MAY_BE_BELOW_ZERO
from tui_billing.store.checking import differences
from tui_billing.store.triggers import APPEND_ONLY, fixed

pytestmark = pytest.mark.parametrize("desk_template", [POSTGRESQL], indirect=True, scope="session")
# What SQLite says in words of its own.
IN_THESE_WORDS = {
    "date(period_start, '-3 day')": "period_start - 3",
    "date(period_end, '+1 day')": "period_end + 1",
    "FROM user ": 'FROM "user" ',
}
# There the index of searches is a table; here it is an index, which the server keeps.
SQLITES_OWN = "INTO account_search"
PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Whatever is done here is taken back."""
    savepoint = connection.begin_nested()
    yield
    savepoint.rollback()


def expected(damage: str) -> set[str]:
    """What is found of it on a server."""
    statements, figures = DAMAGES[damage]
    # Numbers that a transaction took and gave up leave gaps, so only invoices, which have none, can be counted.
    counted = "DELETE FROM invoice" in statements
    return figures - {"search index"} - (set() if counted else {"missing rows"})


def make_disputed(desk: Desk) -> None:
    """A dispute that was won, and money that came back of it."""
    desk.reverse(desk.won_dispute("8.00").charge_back, "3.00")


def test_whatever_money_hangs_on_is_never_rewritten_deleted_or_emptied(desk: Desk) -> None:
    make_busy(desk)
    refusals: list[tuple[str, str, str]] = []
    for name in APPEND_ONLY:
        (column,), *_ = desk.rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{name}'")
        refusals.append((name, f'UPDATE "{name}" SET {column} = {column}', "is append-only"))
        refusals.append((name, f'DELETE FROM "{name}"', "is append-only"))
    for name in KEPT:
        refusals.append((name, f'DELETE FROM "{name}"', "is never deleted"))
        for column in fixed(BY_NAME[name]):
            ((kept,),) = desk.rows(f'SELECT count({column}) FROM "{name}"')
            other = "NULL" if kept else "current_date" if column == "expires" else "'1'"
            refusals.append((name, f'UPDATE "{name}" SET {column} = {other}', "never changes"))
    refusals += [(name, f'TRUNCATE "{name}" CASCADE', "is never emptied") for name in (*APPEND_ONLY, *KEPT)]
    with desk.store.writing() as connection:
        for name, statement, words in refusals:
            if connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() or "TRUNCATE" in statement:
                with undone(connection), pytest.raises(IntegrityError, match=words):
                    connection.execute(text(statement))


def test_no_amount_lies_below_zero(desk: Desk) -> None:
    make_busy(desk)
    with desk.store.writing() as connection:
        connection.execute(text(PAST_TRIGGERS))
        for name, column in AMOUNTS:
            rows = connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            if rows and (name, column) not in MAY_BE_BELOW_ZERO:
                with undone(connection), pytest.raises(IntegrityError, match="violates check constraint"):
                    connection.execute(text(f'UPDATE "{name}" SET {column} = -1'))


@pytest.mark.parametrize(
    ("make", "damages"),
    [
        (make_busy, [damage for damage in DAMAGES if damage not in DISPUTES and SQLITES_OWN not in DAMAGES[damage][0]]),
        (make_disputed, list(DISPUTES)),
    ],
)
def test_the_check_finds_every_damage(desk: Desk, make: Callable[[Desk], None], damages: list[str]) -> None:
    make(desk)
    with desk.store.writing() as connection:
        connection.execute(text(PAST_TRIGGERS))
        assert differences(connection) == []
        found, refused = {}, set()
        for damage in damages:
            statements, _ = DAMAGES[damage]
            for theirs, ours in IN_THESE_WORDS.items():
                statements = statements.replace(theirs, ours)
            with undone(connection):
                try:
                    for statement in statements.split(";"):
                        assert connection.exec_driver_sql(statement).rowcount, damage
                except (IntegrityError, DataError):
                    # Of a type or a CHECK, which nobody gets past here.
                    refused.add(damage)
                else:
                    found[damage] = {difference.figure for difference in differences(connection)}
    # A SQLite file is damaged by what is refused here.
    assert refused == {damage for damage in damages if "file" in DAMAGES[damage][1]}
    assert found == {damage: expected(damage) for damage in damages if damage not in refused}


def test_the_check_finds_a_missing_trigger(desk: Desk) -> None:
    # Taken back, since others get this database after us.
    with desk.store.writing() as connection, undone(connection):
        connection.execute(text("DROP TRIGGER ledger_entry_refuses_delete ON ledger_entry"))
        (difference,) = differences(connection)
    assert (difference.figure, difference.subject) == ("missing trigger", "trigger ledger_entry_refuses_delete")
