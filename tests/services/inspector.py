"""Looking into the tables and the gateway's record past the services, with nothing of the product in between."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from tui_billing.config import Settings
from tui_billing.desk import gateway_record
from tui_billing.domain.database_urls import is_postgresql
from tui_billing.store.checking import checks

ANSWERED = "SELECT currency, kind, amount_minor, key FROM transactions WHERE decline_reason IS NULL"
PENDING = "SELECT key FROM payment WHERE state = 'pending' UNION SELECT key FROM charge_back WHERE state = 'pending'"


class Inspector:
    """Connections of its own to a desk's database, of either kind, and to the sandbox's record."""

    def __init__(self, settings: Settings) -> None:
        self._books: Any
        on_server = is_postgresql(settings.database)
        if on_server:
            # Prepared at once: planning the check anew after each step takes longer than the check.
            self._books = psycopg.connect(settings.database, autocommit=True, prepare_threshold=0)
        else:
            self._books = sqlite3.connect(settings.database, isolation_level=None)
            self._books.execute("PRAGMA synchronous = OFF")
        self._marker = "%s" if on_server else "?"
        # SQLite counts what others have changed.
        self._version = None if on_server else "PRAGMA data_version"
        self._sound: object = None
        self._record = sqlite3.connect(gateway_record(settings))
        self._differing = " UNION ALL ".join(
            f"SELECT '{figure}' WHERE EXISTS ({statement})"
            for figure, statement in checks("postgresql" if on_server else "sqlite").items()
        )

    def ask(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement finds; its values stand where it says `?`."""
        return [tuple(row) for row in self._run(statement, values).fetchall()]

    def tell(self, statement: str, values: Sequence[object]) -> None:
        """Change something in a transaction of its own."""
        self._run(statement, values)
        self._sound = None

    def differing(self) -> list[str]:
        """The figures of the check that differ; asked again only if anything has changed since there were none."""
        version = None if self._version is None else self.ask(self._version)
        if version is not None and version == self._sound:
            return []
        found = [figure for (figure,) in self.ask(self._differing)]
        self._sound = None if found else version
        return found

    def gateway_totals(self) -> tuple[Counter[str], Counter[str]]:
        """What the gateway has moved by currency: what the books know the answer of, and all of it; minor units."""
        unknown = {key for (key,) in self.ask(PENDING)}
        answered, everything = Counter[str](), Counter[str]()
        for currency, kind, amount_minor, key in self._record.execute(ANSWERED):
            signed_minor = amount_minor if kind == "charge" else -amount_minor
            everything[currency] += signed_minor
            if key not in unknown:
                answered[currency] += signed_minor
        return _without_nothing(answered), _without_nothing(everything)

    def close(self) -> None:
        """Close the connections."""
        self._books.close()
        self._record.close()

    def _run(self, statement: str, values: Sequence[object]) -> Any:
        # A statement without values is run as it is: it may hold a % of its own.
        if not values:
            return self._books.execute(statement)
        return self._books.execute(statement.replace("?", self._marker), values)


def _without_nothing(totals: Counter[str]) -> Counter[str]:
    return Counter({currency: minor for currency, minor in totals.items() if minor})
