"""Statements of the money path and the lists: written in Core, compiled once, run on the driver's own connection.

Core itself takes some 80 microseconds for each statement, which is as much as the work it asks for, ten times over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from sys import intern
from typing import Any, cast

from sqlalchemy import BindParameter, Connection, Dialect, FromClause, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Row = dict[str, Any]
Processor = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement in a dialect's words, and how values pass to it and back."""

    sql: str
    positions: Sequence[str] | None
    in_order: Callable[[Row], Any]
    constants: Row
    to_database: tuple[tuple[str, Processor], ...]
    columns: tuple[str, ...]
    from_database: tuple[tuple[str, Processor], ...]

    def parameters(self, values: Row) -> Any:
        """The values as the driver takes them; they are the caller's no longer."""
        # What is nothing is so in every type.
        for name, process in self.to_database:
            if (value := values[name]) is not None:
                values[name] = process(value)
        values.update(self.constants)
        return self.in_order(values)

    def row(self, found: Sequence[Any]) -> Row:
        """A row as the driver gives it, by column."""
        row = dict(zip(self.columns, found, strict=True))
        for name, process in self.from_database:
            if (value := row[name]) is not None:
                row[name] = process(value)
        return row


class Prepared:
    """A Core statement with named parameters; an insert takes the columns it is given, and the others' defaults."""

    def __init__(self, statement: Select[Any] | Insert | Update) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def rows(self, connection: Connection, **values: Any) -> Iterable[Row]:
        """The rows it gives, as they are asked for."""
        compiled = self._for(connection.dialect, values)
        return map(compiled.row, on_driver(connection, compiled.sql, compiled.parameters(values)))

    def first(self, connection: Connection, **values: Any) -> Row | None:
        """The first row it gives, if any."""
        compiled = self._for(connection.dialect, values)
        found = on_driver(connection, compiled.sql, compiled.parameters(values)).fetchone()
        return None if found is None else compiled.row(found)

    def run(self, connection: Connection, **values: Any) -> int:
        """Run it for one set of values; gives how many rows it changed."""
        compiled = self._for(connection.dialect, values)
        changed: int = on_driver(connection, compiled.sql, compiled.parameters(values)).rowcount
        return changed

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]], **same: Any) -> None:
        """Run it for each of the rows, which all give values of the same names, and those that are the same in all."""
        if rows:
            compiled = self._for(connection.dialect, (*rows[0], *same))
            on_driver(connection, compiled.sql, [compiled.parameters({**row, **same}) for row in rows], many=True)

    def run_rows(
        self, connection: Connection, names: Sequence[str], rows: Sequence[Sequence[Any]], **same: Any
    ) -> None:
        """Run it for each of many rows, whose values are in the order of the names, or the same in all of them."""
        compiled = self._for(connection.dialect, (*names, *same))
        columns: dict[str, Iterable[Any]] = dict(zip(names, zip(*rows, strict=True), strict=True))
        columns |= {name: [value] * len(rows) for name, value in same.items()}
        # A column at a time, as most need nothing done to them, and most values come again and again.
        for name, process in compiled.to_database:
            processed = {value: process(value) for value in set(columns[name])}
            columns[name] = map(processed.__getitem__, columns[name])
        columns |= {name: repeat(value, len(rows)) for name, value in compiled.constants.items()}
        ordered = zip(*(columns[name] for name in compiled.positions or columns), strict=True)
        named = compiled.positions is None
        many = [dict(zip(columns, row, strict=True)) for row in ordered] if named else ordered
        on_driver(connection, compiled.sql, many, many=True)

    def _for(self, dialect: Dialect, values: Iterable[str]) -> _Compiled:
        key = (dialect.name, *values)
        if (compiled := self._compiled.get(key)) is None:
            compiled = self._compiled[key] = _compile(self._statement, dialect, tuple(values))
        return compiled


def defaults_of(table: FromClause) -> Row:
    """What the columns of a table hold that are given nothing, where that is not nothing."""
    defaults = {plain(column.name): getattr(column, "default", None) for column in table.c}
    return {name: each.arg for name, each in defaults.items() if isinstance(each, ScalarElementColumnDefault)}


def plain(name: str) -> str:
    """A name of SQLAlchemy's as Python's own names are, by which it takes a fraction of the time to find a value."""
    return intern(str(name))


def _compile(statement: Select[Any] | Insert | Update, dialect: Dialect, names: tuple[str, ...]) -> _Compiled:
    constants: dict[str, Any] = {}
    if isinstance(statement, Insert):
        constants = {name: value for name, value in defaults_of(statement.table).items() if name not in names}
        names = (*names, *constants)
        statement = statement if statement.exported_columns else statement.inline()
    compiled: Any = statement.compile(dialect=dialect, column_keys=names if isinstance(statement, Insert) else None)
    binds: dict[str, BindParameter[Any]] = {plain(name): bind for name, bind in compiled.binds.items()}
    positions = None if compiled.positiontup is None else [plain(name) for name in compiled.positiontup]
    constants |= {name: bind.value for name, bind in binds.items() if not bind.required and bind.value is not None}
    processors = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    columns = {plain(str(column.key)): column.type for column in statement.exported_columns}
    readers: dict[str, Processor | None] = {
        name: kind.dialect_impl(dialect).result_processor(dialect, None) for name, kind in columns.items()
    }
    return _Compiled(
        sql=compiled.string,
        positions=positions,
        in_order=_in_order(positions),
        constants={
            name: process(value) if (process := processors[name]) else value for name, value in constants.items()
        },
        to_database=tuple((name, each) for name, each in processors.items() if each and name not in constants),
        columns=tuple(columns),
        from_database=tuple((name, process) for name, process in readers.items() if process is not None),
    )


def _in_order(positions: Sequence[str] | None) -> Callable[[Row], Any]:
    """What makes of named values what the driver takes."""
    if positions is None:
        return lambda values: values
    return itemgetter(*positions) if len(positions) > 1 else lambda values: [values[name] for name in positions]


def on_driver(connection: Connection, sql: str, *parameters: Any, many: bool = False, **options: Any) -> Any:
    """Run a statement in the driver's own words, for one set of parameters or for each of many; gives its cursor.

    The options are those of the driver's own cursor.
    """
    # The driver's own, which the pool keeps under this name.
    cursor = connection.connection.dbapi_connection.cursor()  # type: ignore[union-attr]
    try:
        return (cursor.executemany if many else cursor.execute)(sql, *parameters, **options)
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_of_core(connection.dialect, error, sql) from error


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """Send the statements run within it in one go, where there is a way to a server; what fails is told at its end.

    Until then nobody knows what they gave or changed.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_of_core(connection.dialect, error) from error


def as_of_core(dialect: Dialect, error: Exception, sql: str = "") -> DBAPIError:
    """A driver's error as if Core had run the statement, for whoever tells one fault from another."""
    # Without the statement's values, which go to no log.
    kinds = (error, dialect.loaded_dbapi.Error)
    return cast("DBAPIError", DBAPIError.instance(sql, None, *kinds, hide_parameters=True, dialect=dialect))
