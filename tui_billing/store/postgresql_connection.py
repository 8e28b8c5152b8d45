"""A connection to a PostgreSQL server: to the one that takes writes, and given up when nobody answers."""

from __future__ import annotations

import re
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import conninfo_to_dict

from tui_billing.domain.errors import SetUpRefused

# Of the connection, where the URL does not say otherwise; a server that is silent is given up after some 20 seconds.
CONNECTION = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
    "application_name": "tui-billing",
    "client_encoding": "utf8",
    # A standby would refuse every transaction.
    "target_session_attrs": "read-write",
}
# The first whose transactions can be told apart from those that are over, which is how changes are noticed.
OLDEST_SERVER = 13
# Locks are held for milliseconds; a statement that takes so long hangs; nobody waits for a person in a transaction.
# Whatever takes longer takes any time (`store.turns`).
SESSION = """
    SET lock_timeout = '5s';
    SET statement_timeout = '30s';
    SET idle_in_transaction_session_timeout = '30s';
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local');
"""
COMMIT_S = 15
PORTS = re.compile(r"[0-9,]*", re.ASCII)


class LimitedConnection(psycopg.Connection[Any]):
    """A connection whose COMMIT ends: waiting for a standby that is gone is what no time limit of the server ends."""

    # In seconds, while a commit is under way.
    _gives_up_at: Any = None

    def commit(self) -> None:
        """Commit; after so long without an answer, have the server end its waiting with a warning."""
        self._gives_up_at = monotonic() + COMMIT_S
        try:
            super().commit()
        finally:
            self._gives_up_at = None

    def wait(self, gen: PQGen[RV], *limits: Any, **named_limits: Any) -> RV:
        """Wait for the server; a thread that kept the time beside it would take as long as the commit."""
        return super().wait(gen if self._gives_up_at is None else self._watched(gen), *limits, **named_limits)

    def _watched(self, gen: PQGen[RV]) -> PQGen[RV]:
        """The same; it is resumed ten times a second though nothing has come."""
        ready: Any = None
        while True:
            try:
                awaited = gen.send(ready)
            except StopIteration as done:
                answer: RV = done.value
                return answer
            ready = yield awaited
            if not ready and self._gives_up_at is not None and monotonic() > self._gives_up_at:
                self._gives_up_at = None
                self._end_waiting()

    def _end_waiting(self) -> None:
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=COMMIT_S)


def open_connection(url: str, name: str) -> psycopg.Connection[Any]:
    """Connect; `SetUpRefused` for a server that is too old, which the sentence calls by this name."""
    given = conninfo_to_dict(url)
    defaults: dict[str, Any] = {name: value for name, value in CONNECTION.items() if name not in given}
    # The URL as it is: libpq knows what several hosts, a service or a password file in it mean.
    connection = LimitedConnection.connect(url, autocommit=True, **defaults)
    try:
        if connection.info.server_version < OLDEST_SERVER * 10_000:
            raise SetUpRefused(f"{name} needs a newer server: PostgreSQL {OLDEST_SERVER} or later.")
        connection.execute(SESSION)
        connection.autocommit = False
    except (psycopg.Error, SetUpRefused):
        connection.close()
        raise
    return connection


def refuse_unreadable(url: str) -> None:
    """Raise `SetUpRefused` for a URL that libpq cannot read; its own words might repeat a password."""
    try:
        parts = conninfo_to_dict(url)
        readable = "@" not in f"{parts.get('host')}{parts.get('dbname')}" and PORTS.fullmatch(
            str(parts.get("port", ""))
        )
    except psycopg.ProgrammingError:
        readable = None
    if not readable:
        raise SetUpRefused(
            "The database URL cannot be read. Use postgresql://user@host/database; in a password write %40 for an @,"
            " %3A for a : and %2F for a /."
        )
