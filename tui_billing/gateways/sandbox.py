"""The sandbox: a deterministic simulated card processor with its own durable record.

The card's payment-method reference decides how it behaves; see `CARDS`. Like a real processor it commits its record
before it answers, so that a process killed in between leaves money moved and the answer lost.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from tui_billing.gateways.base import Answer, Approved, ChargeRequest, Declined, RefundRequest, Unknown

P = ParamSpec("P")
R = TypeVar("R")
SCHEMA = """
CREATE TABLE IF NOT EXISTS transactions (
    reference TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'withdrawn')),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0), currency TEXT NOT NULL, card TEXT NOT NULL,
    charge_reference TEXT, decline_reason TEXT)
"""
OTHER_REQUEST = "The gateway knows this key from another request; no money moved."
WITHDRAWN = "The request never reached the gateway; no money moved."


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a test card answers a charge and a refund: a decline reason, a fault, and where the fault strikes."""

    meaning: str
    charge_decline: str = ""
    charge_fault: str = ""
    refund_decline: str = ""
    refund_fault: str = ""
    delay_s: float = 0


CARDS = {
    "card_approved": Behaviour("approves everything"),
    "card_insufficient_funds": Behaviour("declines: insufficient funds", charge_decline="Insufficient funds."),
    "card_expired": Behaviour("declines: the card has expired", charge_decline="The card has expired."),
    "card_lost": Behaviour("declines: reported lost", charge_decline="The card was reported lost."),
    "card_do_not_honor": Behaviour("declines without a reason", charge_decline="The bank declined without a reason."),
    "card_error": Behaviour("the gateway answers with an error, nothing charged", charge_fault="error"),
    "card_timeout_before": Behaviour("no answer, nothing charged", charge_fault="before"),
    "card_timeout_after": Behaviour("charged, but the answer is lost", charge_fault="after"),
    "card_refund_refused": Behaviour("approves; refuses refunds", refund_decline="The card issuer refuses refunds."),
    "card_refund_timeout_before": Behaviour("approves; no answer to a refund, nothing sent", refund_fault="before"),
    "card_refund_timeout_after": Behaviour("approves; refunds, but the answer is lost", refund_fault="after"),
    "card_slow": Behaviour("approves everything, each time after 5 seconds", delay_s=5),
}
FAULTS = {
    "error": "The gateway answered with an internal error.",
    "before": "The gateway did not answer in time.",
    "after": "The gateway did not answer in time.",
}


def _or_unknown(call: Callable[P, R]) -> Callable[P, R | Unknown]:
    """A record that cannot be reached is a processor that does not answer."""

    @wraps(call)
    def answered(*args: P.args, **kwargs: P.kwargs) -> R | Unknown:
        try:
            return call(*args, **kwargs)
        except sqlite3.Error:
            return Unknown("The gateway cannot be reached.")

    return answered


class SandboxGateway:
    """A card processor in one SQLite file of its own; see `CARDS` for its test cards."""

    name = "sandbox"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ready = False

    @_or_unknown
    def charge(self, request: ChargeRequest) -> Answer:
        """Take the money, once per key, as the card behaves."""
        card = request.payment_method_reference
        behaviour = CARDS.get(card, Behaviour("unknown", charge_decline="No such card."))
        row = ("charge", request.amount_minor, request.currency, card, None, behaviour.charge_decline or None)
        return self._move(request.key, "ch", row, behaviour.charge_fault, behaviour.delay_s)

    @_or_unknown
    def refund(self, request: RefundRequest) -> Answer:
        """Give money of an approved charge back, once per key, never more than was taken."""
        with self._record() as record:
            charge = record.execute(
                "SELECT card, currency FROM transactions"
                " WHERE reference = ? AND kind = 'charge' AND decline_reason IS NULL",
                (request.charge_reference,),
            ).fetchone()
        if charge is None or charge[1] != request.currency:
            return Declined("The gateway has no such charge.")
        behaviour = CARDS[charge[0]]
        row = (
            *("refund", request.amount_minor, request.currency, charge[0]),
            *(request.charge_reference, behaviour.refund_decline or None),
        )
        return self._move(request.key, "re", row, behaviour.refund_fault, behaviour.delay_s)

    @_or_unknown
    def find(self, key: str) -> Answer | None:
        """What became of the request with this key; `None` if it never arrived."""
        with self._record() as record:
            return _answer(record, key)

    def withdraw(self, key: str) -> None:
        """Take the key out of use, unless a request with it has arrived."""
        with suppress(sqlite3.Error), self._record() as record:
            record.execute(
                "INSERT OR IGNORE INTO transactions VALUES (?, ?, 'withdrawn', 0, '', '', NULL, ?)",
                (f"wd_{key}", key, WITHDRAWN),
            )

    def totals(self) -> dict[str, int]:
        """Charges less refunds by currency, in minor units: what the card clearing account must agree with."""
        with self._record() as record:
            return dict(
                record.execute(
                    "SELECT currency, sum(CASE kind WHEN 'charge' THEN amount_minor ELSE -amount_minor END)"
                    " FROM transactions WHERE decline_reason IS NULL GROUP BY currency"
                ).fetchall()
            )

    def load(self, transactions: list[tuple[str, str, str, int, str, str, str | None, str | None]]) -> None:
        """Take in the history that demo data comes with, as rows of the record."""
        with self._record() as record:
            record.executemany("INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", transactions)

    def _move(
        self, key: str, prefix: str, row: tuple[str, int, str, str, str | None, str | None], fault: str, delay_s: float
    ) -> Answer:
        time.sleep(delay_s)
        with self._record() as record:
            if (earlier := _answer(record, key)) is not None:
                return earlier if _is_repeat(record, key, row) else Declined(OTHER_REQUEST)
            if fault in ("before", "error"):
                return Unknown(FAULTS[fault])
            kind, amount_minor, currency, card, charge_reference, decline = row
            if kind == "refund" and amount_minor > _refundable_minor(record, charge_reference):
                decline = "More than is left of the charge."
            count = record.execute("SELECT count(*) FROM transactions").fetchone()[0]
            record.execute(
                "INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (f"{prefix}_{count + 1:08d}", key, kind, amount_minor, currency, card, charge_reference, decline),
            )
            answer = _answer(record, key)
        assert answer is not None
        return Unknown(FAULTS[fault]) if fault == "after" else answer

    @contextmanager
    def _record(self) -> Iterator[sqlite3.Connection]:
        if not self._ready:
            os.umask(0o077)
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as record:
            if not self._ready:
                record.execute("PRAGMA journal_mode = WAL")
            record.execute("PRAGMA synchronous = FULL")
            record.execute("BEGIN IMMEDIATE")
            if not self._ready:
                record.execute(SCHEMA)
            with record:
                yield record
            self._ready = True


def _is_repeat(record: sqlite3.Connection, key: str, row: tuple[str, int, str, str, str | None, str | None]) -> bool:
    """Whether the key came before with the same request, or was withdrawn from whatever request it was for."""
    asked = ("kind", "amount_minor", "currency", "card", "charge_reference")
    earlier = record.execute(f"SELECT {', '.join(asked)} FROM transactions WHERE key = ?", (key,)).fetchone()  # noqa: S608
    return earlier[0] == "withdrawn" or tuple(earlier) == row[: len(asked)]


def _answer(record: sqlite3.Connection, key: str) -> Answer | None:
    row = record.execute("SELECT reference, decline_reason FROM transactions WHERE key = ?", (key,)).fetchone()
    if row is None:
        return None
    return Declined(row[1]) if row[1] else Approved(row[0])


def _refundable_minor(record: sqlite3.Connection, charge_reference: str | None) -> int:
    taken, returned = record.execute(
        "SELECT sum(amount_minor) FILTER (WHERE kind = 'charge'), sum(amount_minor) FILTER (WHERE kind = 'refund')"
        " FROM transactions WHERE (reference = ?1 OR charge_reference = ?1) AND decline_reason IS NULL",
        (charge_reference,),
    ).fetchone()
    return int(taken or 0) - int(returned or 0)
