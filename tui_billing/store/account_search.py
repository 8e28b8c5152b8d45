"""Searching accounts for any part of number, name or master user, whatever their number.

The first accounts in order are looked at one by one, which finds what is frequent. What is not is looked up in an
index of fragments. Names are not in its order: either all that have the fragment are looked up and sorted, or accounts
are walked along until there are enough. A sample of the accounts tells which is sooner done.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Connection

from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountFilter, AccountOrder

# Found among the first so many: most fragments, in two to four milliseconds.
LOOKED_AT = 10_000
# The sample: so many stretches, as what lies together is soon read, of so many accounts each.
STRETCHES, STRETCH = 100, 20
# So few of the sample may lie anywhere, and all of them are soon looked up.
BY_CHANCE = 10
COLUMNS = {AccountOrder.NUMBER: "number", AccountOrder.NAME: "sort_name, number"}
KEYS = {AccountOrder.NUMBER: ":number", AccountOrder.NAME: ":sort_name, :number"}


@dataclass(frozen=True, slots=True)
class Span:
    """Where a page lies: on from a key of the order's columns, forwards or backwards, with that row or without."""

    key: tuple[Any, ...] | None
    forward: bool
    including: bool

    @property
    def sign(self) -> str:
        """How its rows compare with the key."""
        return (">" if self.forward else "<") + ("=" if self.including else "")

    @property
    def turn(self) -> str:
        """The direction of an ORDER BY."""
        return "" if self.forward else " DESC"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample of all accounts says of a fragment: how many have it, and how many lie before the second of them.

    The first may lie anywhere by chance; where there are two are more.
    """

    size: int
    found: int
    before: int | None

    @classmethod
    def of(cls, rows: Iterable[tuple[bool, bool, bool]]) -> Sample:
        """Made of whether each has the fragment, is meant, and lies in the span, in the order of the list."""
        read = list(rows)
        ahead = (has and is_meant for has, is_meant, is_ahead in read if is_ahead)
        places = [place for place, counts in enumerate(ahead) if counts]
        return cls(len(read), sum(has for has, _, _ in read), places[1] if len(places) > 1 else None)

    def is_walked_to_sooner(self, look_up: int) -> bool:
        """Whether walking there takes less than looking up all, each of which takes as long as so many steps."""
        return self.found > BY_CHANCE and self.before is not None and self.before < look_up * self.found


@dataclass(frozen=True, slots=True)
class AccountSearch(ABC):
    """A fragment that is looked for, folded as the accounts' search is, among accounts of a type and state."""

    TYPE_BESIDE_STATE: ClassVar[str] = "type"
    """How the type is named where there is a state, too."""

    fragment: str
    chosen: AccountFilter

    @abstractmethod
    def numbers(self, connection: Connection, span: Span, limit: int) -> list[str]:
        """The numbers of up to so many accounts that have the fragment, in their order from the key on."""

    @property
    def where(self) -> str:
        """Which accounts are meant, whatever is searched."""
        conditions = [f"number <> '{SYSTEM_NUMBER}'"]
        conditions += ["state = :state"] if self.chosen.state else []
        type_ = self.TYPE_BESIDE_STATE if self.chosen.state else "type"
        conditions += [f"{type_} = :type"] if self.chosen.type else []
        return " AND ".join(conditions)

    def beyond(self, span: Span) -> str:
        """Which lie in the span."""
        return f"({COLUMNS[self.chosen.order]}) {span.sign} ({KEYS[self.chosen.order]})" if span.key else "true"

    def ordered(self, span: Span) -> str:
        """Their order in the span."""
        return f"ORDER BY {', '.join(column + span.turn for column in COLUMNS[self.chosen.order].split(', '))}"

    def values(self, span: Span | None) -> dict[str, Any]:
        """What these conditions name."""
        names = COLUMNS[self.chosen.order].split(", ")
        key = dict(zip(names, span.key, strict=True)) if span and span.key else {}
        return {"type": self.chosen.type, "state": self.chosen.state, "fragment": self.fragment, **key}


def searching(dialect: str, fragment: str, chosen: AccountFilter) -> AccountSearch:
    """The way of searching that a database has."""
    # Only the one that is needed.
    if dialect == "sqlite":
        from tui_billing.store.account_search_sqlite import SqliteSearch

        return SqliteSearch(fragment, chosen)
    from tui_billing.store.account_search_postgresql import PostgresqlSearch

    return PostgresqlSearch(fragment, chosen)
