"""What each of many processes does to the same three accounts, as fast as it goes."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from tests.desk_fixtures import CORPORATE, RETAIL, YEN
from tests.services.processes import PATIENCE_S, opened
from tui_billing.domain.errors import StoreBusy
from tui_billing.domain.money import Money
from tui_billing.domain.payments import CancelReason, Payment, PaymentKind
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.session import OperatorSession

CURRENCIES = {CORPORATE: "USD", YEN: "JPY", RETAIL: "EUR"}
PAID_BY_BANK = (CORPORATE, YEN)
# A charge back takes six transactions: one in thirteen is enough of them.
ACTIONS = (*["record"] * 6, *["credit"] * 3, *["cancel"] * 3, "charge back")


class Contended(NamedTuple):
    """What a process has done: how often each action, what that adds to each balance, and how often it was refused."""

    done: Counter[str]
    added_minor: Counter[str]
    refused: int


@dataclass
class Contender:
    """One process: an operator who never waits, with a card payment to charge back that no other has."""

    services: DeskServices
    finance: OperatorSession
    card_payment_id: str
    choose: random.Random
    cancellable: list[Payment] = field(default_factory=list)

    def act(self, key: str) -> tuple[str, str, int]:
        """Do one of the actions, and say which, on which account, and what it adds to the balance."""
        action = self.choose.choice(ACTIONS)
        if action == "cancel" and self.cancellable:
            return action, *self._cancel(key)
        if action == "charge back":
            self.services.refunds.charge_back(self.finance, self.card_payment_id, ChargeBackRequest("0.03"), key)
            return action, RETAIL, -3
        if action == "credit":
            number, minor = self.choose.choice(list(CURRENCIES)), 7
            request = CreditRequest(Money(minor, CURRENCIES[number]).figure, "Goodwill")
            moved = self.services.credits.issue(self.finance, number, request, key)
        else:
            action, number, minor = "record", self.choose.choice(PAID_BY_BANK), 101
            recorded = RecordRequest(Money(minor, CURRENCIES[number]).figure)
            moved = self.services.payments.record(self.finance, number, recorded, key)
        self.cancellable.append(moved.payment)
        return action, number, minor

    def _cancel(self, key: str) -> tuple[str, int]:
        payment = self.choose.choice(self.cancellable)
        is_credit = payment.kind is PaymentKind.CREDIT
        cancel = self.services.credits.cancel if is_credit else self.services.refunds.cancel_payment
        cancel(self.finance, payment.id, CancelReason.OTHER, key)
        self.cancellable.remove(payment)
        return payment.account_number, -payment.amount_minor


def contend(directory: Path, name: str, card_payment_id: str, count: int, start: Barrier, report: Connection) -> None:
    """Do `count` actions on the same accounts as all the others, and report what became of them."""
    done, added_minor, refused = Counter[str](), Counter[str](), 0
    with opened(directory) as (services, finance, _):
        contender = Contender(services, finance, card_payment_id, random.Random(name))
        start.wait(PATIENCE_S)
        for index in range(count):
            try:
                action, number, minor = contender.act(f"{name}-{index}")
            except StoreBusy:
                refused += 1
                continue
            done[action] += 1
            added_minor[number] += minor
    report.send(Contended(done, added_minor, refused))
