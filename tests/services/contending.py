"""What each of many processes does to the same few accounts, as fast as it goes."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import NamedTuple

from tests.desk_fixtures import CORPORATE, RETAIL, YEN
from tests.services.processes import PATIENCE_S, opened
from tui_billing.domain.errors import StoreBusy
from tui_billing.domain.payments import CancelReason
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.results import MoneyMoved

CORPORATE_ACCOUNTS = (CORPORATE, YEN)
AMOUNT, AMOUNT_MINOR = {CORPORATE: "1.01", YEN: "101"}, 101
CREDIT, CREDIT_MINOR = {CORPORATE: "0.07", YEN: "7", RETAIL: "0.07"}, 7
BACK, BACK_MINOR = "0.03", 3
ACTIONS = (*["record"] * 4, *["credit"] * 3, *["cancel"] * 3, *["charge back"] * 2)


class Contended(NamedTuple):
    """What a process has done: how often each action, what that adds to each balance, and how often it was refused."""

    done: Counter[str]
    added_minor: Counter[str]
    refused: int


def contend(directory: Path, name: str, card_payment_id: str, count: int, start: Barrier, report: Connection) -> None:
    """Do `count` actions on the same three accounts as all the others, and report what became of them."""
    choose = random.Random(name)
    done, added_minor, refused = Counter[str](), Counter[str](), 0
    cancellable: list[tuple[str, MoneyMoved]] = []
    with opened(directory) as (services, finance, _):
        cancel = {"record": services.refunds.cancel_payment, "credit": services.credits.cancel}
        start.wait(PATIENCE_S)
        for index in range(count):
            action, key = choose.choice(ACTIONS), f"{name}-{index}"
            number = choose.choice(CORPORATE_ACCOUNTS if action == "record" else (*CORPORATE_ACCOUNTS, RETAIL))
            act: Callable[[], MoneyMoved]
            if action == "cancel" and cancellable:
                kind, made = cancellable.pop(choose.randrange(len(cancellable)))
                number, by = made.account.number, cancel[kind]
                act = lambda: by(finance, made.payment.id, CancelReason.OTHER, key)
                minor = -made.payment.amount_minor
            elif action == "charge back":
                number, request = RETAIL, ChargeBackRequest(BACK)
                act = lambda: services.refunds.charge_back(finance, card_payment_id, request, key)
                minor = -BACK_MINOR
            elif action == "credit":
                act = lambda: services.credits.issue(finance, number, CreditRequest(CREDIT[number], "Goodwill"), key)
                minor = CREDIT_MINOR
            else:
                action, number = "record", choose.choice(CORPORATE_ACCOUNTS)
                act = lambda: services.payments.record(finance, number, RecordRequest(AMOUNT[number]), key)
                minor = AMOUNT_MINOR
            try:
                moved = act()
            except StoreBusy:
                refused += 1
                continue
            done[action] += 1
            added_minor[number] += minor
            if action in cancel:
                cancellable.append((action, moved))
    report.send(Contended(done, added_minor, refused))
