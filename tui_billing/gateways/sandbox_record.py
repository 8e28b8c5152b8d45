"""The sandbox's durable record: one SQLite file, opened afresh for each transaction, and what is asked of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tui_billing.gateways.base import Answer, Approved, Declined

SCHEMA = """
CREATE TABLE IF NOT EXISTS transactions (
    reference TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'withdrawn')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency TEXT NOT NULL, card TEXT NOT NULL,
    charge_reference TEXT, decline_reason TEXT)
"""
COLUMNS = "reference, key, kind, amount_minor, currency, card, charge_reference, decline_reason"
# Records of earlier versions lack these. Their rows count as made at the beginning of time.
LATER_COLUMNS = {
    "created": "TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000+00:00'",
    "our_id": "TEXT NOT NULL DEFAULT ''",
}
# The columns in their order, with the later ones.
LoadedRow = tuple[str, str, str, int, str, str, str | None, str | None, str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request wants to move, before the record has decided."""

    key: str
    kind: str
    amount_minor: int
    currency: str
    card: str
    charge_reference: str | None
    decline_reason: str | None
    our_id: str


class SandboxRecord:
    """Hands out transactions on the record's file, which is made and brought up to date at the first one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ready = False

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction of its own, committed at the end."""
        if not self._ready:
            os.umask(0o077)
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as record:
            if not self._ready:
                # Whoever opens it at the same moment is doing so; SQLite does not wait here, whatever the timeout.
                with suppress(sqlite3.OperationalError):
                    record.execute("PRAGMA journal_mode = WAL")
            record.execute("PRAGMA synchronous = FULL")
            record.execute("BEGIN IMMEDIATE")
            if not self._ready:
                _bring_up_to_date(record)
            with record:
                yield record
            self._ready = True


def _bring_up_to_date(record: sqlite3.Connection) -> None:
    record.execute(SCHEMA)
    there = {row[1] for row in record.execute("PRAGMA table_info(transactions)")}
    for column, definition in LATER_COLUMNS.items():
        if column not in there:
            record.execute(f"ALTER TABLE transactions ADD COLUMN {column} {definition}")


def answer_to(record: sqlite3.Connection, key: str) -> Answer | None:
    """What the record says of the request with this key."""
    row = record.execute("SELECT reference, decline_reason FROM transactions WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    return Declined(row[1]) if row[1] else Approved(row[0])


def is_repeat(record: sqlite3.Connection, asked: Asked) -> bool:
    """Whether the key came before with the same request, or was withdrawn from whatever request it was for."""
    earlier = record.execute(
        "SELECT kind, amount_minor, currency, card, charge_reference FROM transactions WHERE key = ?", (asked.key,)
    ).fetchone()
    same = (asked.kind, asked.amount_minor, asked.currency, asked.card, asked.charge_reference)
    return earlier[0] == "withdrawn" or tuple(earlier) == same


def refundable_minor(record: sqlite3.Connection, charge_reference: str | None) -> int:
    """What was taken in a charge, less what has gone back."""
    taken, returned = record.execute(
        "SELECT sum(amount_minor) FILTER (WHERE kind = 'charge'), sum(amount_minor) FILTER (WHERE kind = 'refund')"
        " FROM transactions WHERE (reference = ?1 OR charge_reference = ?1) AND decline_reason IS NULL",
        (charge_reference,),
    ).fetchone()
    return int(taken or 0) - int(returned or 0)


def write(record: sqlite3.Connection, asked: Asked, created: str) -> None:
    """Enter a decided request under the next number."""
    count = record.execute("SELECT count(*) FROM transactions").fetchone()[0]
    record.execute(
        f"INSERT INTO transactions ({COLUMNS}, created, our_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            *(f"{'ch' if asked.kind == 'charge' else 're'}_{count + 1:08d}", asked.key, asked.kind),
            *(asked.amount_minor, asked.currency, asked.card, asked.charge_reference, asked.decline_reason),
            *(created, asked.our_id),
        ),
    )


def load(record: sqlite3.Connection, rows: list[LoadedRow]) -> None:
    """Take in rows as they are."""
    into = f"INSERT INTO transactions ({COLUMNS}, created, our_id)"
    record.executemany(f"{into} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
