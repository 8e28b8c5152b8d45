"""How far the numbers of a table have been given out, in the words of each kind of database."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, func, select, text


def last_number(connection: Connection, table: Table) -> int:
    """The last number that was given to a row, be it still there or not; 0 where rows have no numbers."""
    column = _numbered(table)
    if column is None:
        return 0
    last = connection.execute(select(func.max(column))).scalar_one() or 0
    if connection.dialect.name == "sqlite":
        counted = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given = connection.execute(counted, {"name": table.name}).scalar_one_or_none() or 0
    else:
        called = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {_sequence(connection, column)}")  # noqa: S608
        given = connection.execute(called).scalar_one()
    return max(int(last), int(given))


def set_last_number(connection: Connection, table: Table, number: int) -> None:
    """Have the next row get the number after this one."""
    column = _numbered(table)
    if column is None or number == 0:
        return
    if connection.dialect.name == "postgresql":
        sequence = {"sequence": _sequence(connection, column), "number": number}
        connection.execute(text("SELECT setval(CAST(:sequence AS regclass), :number)"), sequence)
    elif table.dialect_options["sqlite"]["autoincrement"]:
        counter = {"name": table.name, "number": number}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), counter)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), counter)


def _numbered(table: Table) -> Column[int] | None:
    column, *others = table.primary_key
    return column if column.type.python_type is int and not others else None


def _sequence(connection: Connection, column: Column[int]) -> str:
    named = select(func.pg_get_serial_sequence(f'"{column.table.name}"', column.name))
    return str(connection.execute(named).scalar_one())
