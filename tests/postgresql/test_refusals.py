"""What the server itself refuses, whoever asks, and what the check finds where somebody has got past that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from tests.desk_fixtures import POSTGRESQL, Desk
from tests.store.busy_desk import make_busy
from tests.store.damages import DAMAGES, DISPUTES
from tests.store.test_tables import AMOUNTS, BY_NAME, KEPT, MAY_BE_BELOW_ZERO
from tui_billing.store.checking import differences
from tui_billing.store.checks.likeness import unlike_new
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


ANYTHING_GOES = "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"
REFUSES_UPDATE = "ledger_entry_refuses_update"
ALTERATIONS = {
    "DROP TRIGGER ledger_entry_refuses_delete ON ledger_entry": "missing trigger ledger_entry_refuses_delete",
    f"CREATE OR REPLACE FUNCTION {REFUSES_UPDATE}() {ANYTHING_GOES}": f"altered trigger {REFUSES_UPDATE}",
    f"ALTER FUNCTION {REFUSES_UPDATE}() RESET search_path": f"altered trigger {REFUSES_UPDATE}",
    f"ALTER TABLE ledger_entry DISABLE TRIGGER {REFUSES_UPDATE}": f"altered trigger {REFUSES_UPDATE}",
    "CREATE TRIGGER more AFTER INSERT ON account EXECUTE FUNCTION theirs()": "unexpected trigger more",
    "CREATE RULE more AS ON INSERT TO audit_entry DO ALSO SELECT 1": "unexpected rule more on audit_entry",
    "ALTER TABLE reversal DROP CONSTRAINT reversal_amount_minor_check": (
        "missing constraint on reversal: CHECK amount_minor > 0"
    ),
    "ALTER TABLE account DROP CONSTRAINT account_check, ADD CHECK (funds_minor = 0 OR receivable_minor >= 0)": (
        "missing constraint on account: CHECK funds_minor = 0 OR receivable_minor = 0",
        "unexpected constraint on account: CHECK funds_minor = 0 OR receivable_minor >= 0",
    ),
    "ALTER TABLE payment ALTER memo DROP NOT NULL": "altered column payment.memo",
    "ALTER TABLE payment ALTER memo SET DEFAULT upper('x')": "altered column payment.memo",
    "ALTER TABLE payment ADD more integer": "unexpected column payment.more",
    "ALTER TABLE payment ENABLE ROW LEVEL SECURITY": "altered table payment",
    "CREATE TABLE more () INHERITS (payment)": "unexpected table more as a part of payment",
    "DROP INDEX invoice_open": "missing index invoice_open",
    "DROP INDEX account_fragment": "missing index account_fragment",
    # What others have of their own beside ours.
    "CREATE TRIGGER more AFTER INSERT ON theirs EXECUTE FUNCTION theirs()": (),
    "CREATE VIEW more AS SELECT * FROM payment": (),
    "ALTER TABLE theirs ADD FOREIGN KEY (x) REFERENCES account (id)": (),
    "DROP INDEX account_search": (),
}


def test_the_check_finds_whatever_of_ours_is_made_otherwise(desk: Desk) -> None:
    # Taken back, since others get this database after us.
    with desk.store.writing() as connection, undone(connection):
        connection.execute(text(f"CREATE TABLE theirs (x integer); CREATE FUNCTION theirs() {ANYTHING_GOES}"))
        found = {}
        for statement in ALTERATIONS:
            with undone(connection):
                connection.execute(text(statement))
                found[statement] = [
                    f"{figure.partition(' ')[0]} {subject}" for figure, subject, _, _ in unlike_new(connection)
                ]
        connection.execute(text("DROP TRIGGER ledger_entry_refuses_delete ON ledger_entry"))
        (difference,) = differences(connection)
    assert (difference.figure, difference.subject) == ("missing trigger", "trigger ledger_entry_refuses_delete")
    expected = {each: [found] if isinstance(found, str) else list(found) for each, found in ALTERATIONS.items()}
    assert found == expected
