"""The sandbox: a deterministic simulated card processor with its own durable record.

The card's payment-method reference decides how it behaves; see `CARDS`. Like a real processor it commits its record
before it answers, so that a process killed in between leaves money moved and the answer lost.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from tui_billing.domain.errors import GatewayUnavailable, RuleRefused
from tui_billing.gateways.base import (
    OTHER_REQUEST,
    WITHDRAWN,
    Answer,
    AttachedCard,
    ChargeRequest,
    Declined,
    Dispute,
    DisputeState,
    GatewayTransaction,
    RefundRequest,
    TransactionKind,
    Unknown,
)
from tui_billing.gateways.sandbox_cards import CARDS, Behaviour
from tui_billing.gateways.sandbox_record import (
    Asked,
    LoadedRow,
    SandboxRecord,
    answer_to,
    is_repeat,
    load,
    refundable_minor,
    write,
)

__all__ = ["CARDS", "WITHDRAWN", "SandboxGateway"]

P = ParamSpec("P")
R = TypeVar("R")
DISPUTED = "The charge is disputed; the bank decides."
UNREACHABLE = "The gateway cannot be reached."
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
            return Unknown(UNREACHABLE)

    return answered


class SandboxGateway:
    """A card processor in one SQLite file of its own; see `CARDS` for its test cards."""

    name = "sandbox"

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._record = SandboxRecord(path)
        self._clock = clock

    @_or_unknown
    def charge(self, request: ChargeRequest) -> Answer:
        """Take the money, once per key, as the card behaves."""
        card = request.payment_method_reference
        behaviour = CARDS.get(card, Behaviour("unknown", charge_decline="No such card."))
        decline = behaviour.charge_decline or None
        of_card = (request.amount_minor, request.currency, card, None, decline)
        asked = Asked(request.key, "charge", *of_card, request.payment_id)
        return self._move(asked, behaviour.charge_fault, behaviour.delay_s)

    @_or_unknown
    def refund(self, request: RefundRequest) -> Answer:
        """Give money of an approved charge back, once per key, never more than was taken."""
        with self._record.open() as record:
            charge = record.execute(
                "SELECT card, currency, created FROM transactions"
                " WHERE reference = ? AND kind = 'charge' AND decline_reason IS NULL",
                (request.charge_reference,),
            ).fetchone()
        if charge is None or charge[1] != request.currency:
            return Declined("The gateway has no such charge.")
        behaviour = CARDS[charge[0]]
        held = behaviour.dispute and behaviour.dispute_state(self._age(charge[2])) is not DisputeState.WON
        decline = DISPUTED if held else behaviour.refund_decline or None
        of_card = (request.amount_minor, request.currency, charge[0], request.charge_reference, decline)
        asked = Asked(request.key, "refund", *of_card, request.charge_back_id)
        return self._move(asked, behaviour.refund_fault, behaviour.delay_s)

    @_or_unknown
    def find(self, key: str, since: datetime | None = None) -> Answer | None:  # noqa: ARG002
        """What became of the request with this key, whenever it was made; `None` if it never arrived."""
        with self._record.open() as record:
            return answer_to(record, key)

    def withdraw(self, key: str) -> None:
        """Take the key out of use, unless a request with it has arrived."""
        with suppress(sqlite3.Error), self._record.open() as record:
            record.execute(
                "INSERT OR IGNORE INTO transactions"
                " (reference, key, kind, amount_minor, currency, card, decline_reason, created)"
                " VALUES (?, ?, 'withdrawn', 0, '', '', ?, ?)",
                (f"wd_{key}", key, WITHDRAWN, self._now()),
            )

    def create_customer(self, account_number: str, name: str, key: str) -> str:  # noqa: ARG002
        """The sandbox keeps no customers; their reference follows from the account's number."""
        return f"customer_{account_number}"

    def attach_card(self, customer_reference: str, payment_method_reference: str) -> AttachedCard:  # noqa: ARG002
        """Take one of the test cards; raises `RuleRefused` for any other."""
        if payment_method_reference not in CARDS:
            raise RuleRefused("The sandbox has no such card. Name one of its test cards, such as card_approved.")
        return AttachedCard("Visa", "4242", f"12/{self._clock().year % 100 + 3:02d}", payment_method_reference)

    def card_link(self, customer_reference: str) -> str | None:  # noqa: ARG002
        """The sandbox has no pages."""
        return None

    def transactions(self, since: datetime) -> Sequence[GatewayTransaction]:
        """All money that moved since then, oldest first."""
        with self._asking() as record:
            rows = record.execute(
                "SELECT reference, key, kind, amount_minor, currency, our_id, created FROM transactions"
                " WHERE decline_reason IS NULL AND created >= ? ORDER BY created, rowid",
                (_written(since),),
            ).fetchall()
        return [
            GatewayTransaction(
                *(reference, key, TransactionKind(kind), amount_minor, currency),
                *(our_id, datetime.fromisoformat(created)),
            )
            for reference, key, kind, amount_minor, currency, our_id, created in rows
        ]

    def disputes(self, since: datetime) -> Sequence[Dispute]:
        """A dispute of each whole charge of a card that is disputed, opened when it was charged."""
        with self._asking() as record:
            return self._disputes(record, _written(since))

    def totals(self) -> dict[str, int]:
        """Charges less refunds by currency, in minor units, and less what banks have taken in disputes.

        The card clearing account must agree with it.
        """
        with self._record.open() as record:
            totals = dict(
                record.execute(
                    "SELECT currency, sum(CASE kind WHEN 'charge' THEN amount_minor ELSE -amount_minor END)"
                    " FROM transactions WHERE decline_reason IS NULL GROUP BY currency"
                ).fetchall()
            )
            for dispute in self._disputes(record, ""):
                if dispute.state is not DisputeState.WON:
                    totals[dispute.currency] -= dispute.amount_minor
            return totals

    def load(self, transactions: list[LoadedRow]) -> None:
        """Take in the history that demo data comes with, as rows of the record."""
        with self._record.open() as record:
            load(record, transactions)

    def _disputes(self, record: sqlite3.Connection, since: str) -> list[Dispute]:
        rows = record.execute(
            "SELECT reference, amount_minor, currency, card, created FROM transactions"
            " WHERE kind = 'charge' AND decline_reason IS NULL AND created >= ? AND card LIKE 'card_disput%'"
            " ORDER BY created, rowid",
            (since,),
        ).fetchall()
        found = []
        for reference, amount_minor, currency, card, created in rows:
            state = CARDS[card].dispute_state(self._age(created))
            if state is not None:
                opened = datetime.fromisoformat(created)
                found.append(Dispute(f"dp_{reference}", reference, amount_minor, currency, "fraudulent", state, opened))
        return found

    def _age(self, created: str) -> timedelta:
        return self._clock() - datetime.fromisoformat(created)

    def _move(self, asked: Asked, fault: str, delay_s: float) -> Answer:
        time.sleep(delay_s)
        with self._record.open() as record:
            if (earlier := answer_to(record, asked.key)) is not None:
                return earlier if is_repeat(record, asked) else Declined(OTHER_REQUEST)
            if fault in ("before", "error"):
                return Unknown(FAULTS[fault])
            if asked.kind == "refund" and asked.amount_minor > refundable_minor(record, asked.charge_reference):
                asked = replace(asked, decline_reason="More than is left of the charge.")
            write(record, asked, self._now())
            answer = answer_to(record, asked.key)
        assert answer is not None
        return Unknown(FAULTS[fault]) if fault == "after" else answer

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._record.open() as record:
                yield record
        except sqlite3.Error:
            raise GatewayUnavailable(UNREACHABLE) from None

    def _now(self) -> str:
        return _written(self._clock())


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
