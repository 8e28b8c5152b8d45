"""What a revision needs to change a table of SQLite, which can add a column in place and little else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import op
from alembic.operations import BatchOperations
from sqlalchemy import CheckConstraint, Constraint, text


@contextmanager
def made_anew(table: str, *holds: str | Constraint) -> Iterator[BatchOperations]:
    """Copy the table into one with the changes made meanwhile, with all its CHECKs, and with further constraints.

    The counter of its sequence goes on where it was: it knows of rows that are no longer there.
    """
    connection = op.get_bind()
    made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
    counts = "AUTOINCREMENT" in made
    counted = _counter(table) if counts else None
    with op.batch_alter_table(
        table,
        recreate="always",
        table_args=tuple(CheckConstraint(each) if isinstance(each, str) else each for each in holds),
        table_kwargs={"sqlite_autoincrement": counts},
    ) as changes:
        yield changes
    if counted is not None:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        counter = {"name": table, "counted": counted}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :counted)"), counter)


def _counter(table: str) -> int | None:
    found = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    counted: int | None = op.get_bind().execute(found, {"name": table}).scalar_one_or_none()
    return counted
