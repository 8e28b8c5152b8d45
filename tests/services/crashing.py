"""A desk whose process ends at a chosen point of a chosen gateway operation, at a gateway that fails at random."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import Connection

from tests.services.busy_gateway import DeskDied
from tui_billing.domain.errors import GatewayUnavailable
from tui_billing.gateways.base import Answer, ChargeRequest, Dispute, GatewayTransaction, RefundRequest, Unknown
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.gateways.sandbox_record import SandboxRecord
from tui_billing.store.engine import Store

T = TypeVar("T")
LOST: Answer = Unknown("The gateway did not answer in time.")
DOWN = "The gateway cannot be reached."


class Point(Enum):
    """Where the process ends."""

    BEFORE_SAVING = "before saving"
    AFTER_SAVING = "after saving"
    AFTER_SENDING = "after sending"
    AFTER_THE_ANSWER = "after the answer"
    BEFORE_THE_COMMIT = "before the commit"


class Operation(Enum):
    """What the gateway is asked for when it happens."""

    CHARGE = "charge"
    REFUND = "refund"
    FIND = "find"
    WITHDRAW = "withdraw"
    TRANSACTIONS = "transactions"
    DISPUTES = "disputes"


@dataclass
class Crash:
    """The end that is planned, and how often each has come."""

    operation: Operation | None = None
    point: Point | None = None
    answered: bool = False
    met: Counter[tuple[Operation, Point]] = field(default_factory=Counter)

    def plan(self, operation: Operation, point: Point) -> None:
        """End there next."""
        self.operation, self.point, self.answered = operation, point, False

    def forget(self) -> None:
        """Plan nothing any more."""
        self.operation = self.point = None
        self.answered = False

    def here(self, point: Point) -> None:
        """End, if this is the point."""
        if self.operation is not None and self.point is point:
            self.met[self.operation, point] += 1
            self.forget()
            raise DeskDied


class CrashingStore:
    """The database, whose transactions may be the last thing a process does."""

    def __init__(self, store: Store, crash: Crash) -> None:
        self._store = store
        self._crash = crash
        self.reading = store.reading
        self.payment_ids = store.payment_ids

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self._crash.answered:
            self._crash.here(Point.AFTER_THE_ANSWER)
        with self._store.writing() as connection:
            yield connection
            self._crash.here(Point.BEFORE_SAVING)
            if self._crash.answered:
                self._crash.here(Point.BEFORE_THE_COMMIT)


class OpenRecord(SandboxRecord):
    """The sandbox's record, kept open, since thousands of calls come to it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with super().open():
            self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:
            yield self.connection


class FaultyGateway(SandboxGateway):
    """The sandbox over a line that loses requests and answers at random, but while `calm`."""

    def __init__(self, path: Path, clock: Callable[[], datetime], chance: Random, crash: Crash) -> None:
        super().__init__(path, clock)
        self._record = self.record = OpenRecord(path)
        self.calm = False
        self._chance = chance
        self._crash = crash

    def charge(self, request: ChargeRequest) -> Answer:
        return self._over_the_line(Operation.CHARGE, lambda: super(FaultyGateway, self).charge(request), LOST)

    def refund(self, request: RefundRequest) -> Answer:
        return self._over_the_line(Operation.REFUND, lambda: super(FaultyGateway, self).refund(request), LOST)

    def find(self, key: str, since: datetime | None = None) -> Answer | None:
        lost: Answer | None = LOST
        return self._over_the_line(Operation.FIND, lambda: super(FaultyGateway, self).find(key, since), lost)

    def withdraw(self, key: str) -> None:
        self._over_the_line(Operation.WITHDRAW, lambda: super(FaultyGateway, self).withdraw(key), None)

    def transactions(self, since: datetime) -> Sequence[GatewayTransaction]:
        return self._listed(Operation.TRANSACTIONS, lambda: super(FaultyGateway, self).transactions(since))

    def disputes(self, since: datetime) -> Sequence[Dispute]:
        return self._listed(Operation.DISPUTES, lambda: super(FaultyGateway, self).disputes(since))

    def _listed(self, operation: Operation, call: Callable[[], Sequence[T]]) -> Sequence[T]:
        nothing: Sequence[T] | None = None
        found = self._over_the_line(operation, call, nothing)
        if found is None:
            raise GatewayUnavailable(DOWN)
        return found

    def _over_the_line(self, operation: Operation, call: Callable[[], T], lost: T) -> T:
        planned = self._crash.operation is operation
        if planned:
            self._crash.here(Point.AFTER_SAVING)
        # A planned end must be come to.
        certain = self.calm or self._crash.operation is not None
        fault = "" if certain else self._chance.choice(("", "", "", "request lost", "answer lost"))
        if fault == "request lost":
            return lost
        answer = call()
        if planned:
            self._crash.here(Point.AFTER_SENDING)
            self._crash.answered = True
        return lost if fault else answer
