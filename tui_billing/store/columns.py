"""What the tables' columns are made of: moments, amounts, sequences, and the CHECKs that keep values in their set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    DateTime,
    Dialect,
    Index,
    Integer,
    TypeDecorator,
    event,
    text,
)

LENGTH_WITHOUT_ZONE = len("2026-03-17 09:30:00.000000")


class UtcMoment(TypeDecorator[datetime]):
    """A moment in UTC, kept without its zone and given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database: the same moment, zone dropped."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database: the moment, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """The same in one step on SQLite, which keeps text: every payment has some five of them."""
        return _moment_to_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """The same the other way."""
        return _moment_of_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


class Amount(TypeDecorator[int]):
    """Whole minor units: refuses anything but an integer before SQL sees it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To the database: an integer or nothing."""
        return _whole(value)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002
        """The same in one step, as no driver needs anything else done to it: every payment has a dozen of them."""
        return _whole


def _whole(value: int | None) -> int | None:
    assert value is None or type(value) is int, "amounts are whole minor units"
    return value


def _moment_to_text(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(" ", "microseconds")[:LENGTH_WITHOUT_ZONE]


def _moment_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


Sequence = BigInteger().with_variant(Integer, "sqlite")


def amounts(*checks: str, whole: str) -> tuple[CheckConstraint, ...]:
    """The CHECKs given, and one for SQLite that the named columns hold integers, as it would keep a float."""
    integers = " AND ".join(f"typeof({column}) IN ('integer', 'null')" for column in whole.split())
    return (*(CheckConstraint(check) for check in checks), CheckConstraint(integers).ddl_if(dialect="sqlite"))


def partial_index(name: str, columns: str, where: str) -> Index:
    """An index of just the rows where the condition holds."""
    index = Index(name, *columns.split(", "))

    # Told when it is made: to name a kind of database here would import it, on every start.
    def tell(index: Index, connection: Connection, **_: object) -> None:
        index.dialect_options[connection.dialect.name]["where"] = text(where)

    event.listen(index, "before_create", tell)
    return index


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The CHECK that a column holds one of these values, or nothing where it may."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})")
