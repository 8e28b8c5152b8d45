"""What separate processes do to one desk; run by a fork server that has everything imported already.

Each opens the database for itself: no connection is ever carried across a fork.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import text

from tests.desk_fixtures import CORPORATE, RETAIL, Clock, settings_in
from tui_billing.desk import open_services
from tui_billing.domain.access import Profile
from tui_billing.domain.errors import BillingError
from tui_billing.domain.payments import CancelReason
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.requests import ChargeBackRequest, RecordRequest
from tui_billing.services.session import OperatorSession
from tui_billing.store import users

# What a process is told to do: the action, what it is done to, and its key; `None` ends it.
Order = tuple[str, str, str]
PATIENCE_S = 60


@contextmanager
def opened(directory: Path) -> Iterator[tuple[DeskServices, OperatorSession, OperatorSession]]:
    """The services in this process, and the sessions of finance and of a card holder."""
    # What was there before the fork stays as it is: looking through it would copy it.
    gc.freeze()
    services = open_services(settings_in(directory), Clock())
    store = services.payments.store
    with store.reading() as connection:
        finance, mara = users.by_name(connection, "finance"), users.by_name(connection, "mara")
    assert finance is not None is not mara
    try:
        yield (
            services,
            OperatorSession(finance.id, finance.name, Profile.FINANCE_ADMIN, None),
            OperatorSession(mara.id, mara.name, Profile.MASTER_USER, RETAIL),
        )
    finally:
        store.close()


def carry_out(services: DeskServices, finance: OperatorSession, mara: OperatorSession, order: Order) -> str:
    """Do as told, and say how it ended."""
    action, subject, key = order
    try:
        if action == "record":
            services.payments.record(finance, CORPORATE, RecordRequest(subject), key)
        elif action == "make":
            services.payments.make(mara, RETAIL, subject, key)
        elif action == "cancel":
            services.refunds.cancel_payment(finance, subject, CancelReason.DUPLICATE, key)
        elif action == "charge back":
            services.refunds.charge_back(finance, subject, ChargeBackRequest(), key)
        else:
            services.refunds.charge_back(finance, subject, ChargeBackRequest("0.03"), key)
    except BillingError as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return "done"


def obey(directory: Path, orders: Connection, start: Barrier) -> None:
    """Carry out each order at the same moment as the other process, and report how it ended."""
    with opened(directory) as (services, finance, mara):
        while (order := orders.recv()) is not None:
            start.wait(PATIENCE_S)
            orders.send(carry_out(services, finance, mara, order))


def record_many(directory: Path, name: str, count: int, start: Barrier) -> None:
    """Record payments as fast as it goes."""
    with opened(directory) as (services, finance, mara):
        start.wait(PATIENCE_S)
        for index in range(count):
            assert carry_out(services, finance, mara, ("record", "1.01", f"{name}-{index}")) == "done"


def work_until_killed(directory: Path, name: str, seed: int, last_order: Order | None, report: Connection) -> None:
    """Act without end; announce each order before it and acknowledge it only after the service has returned.

    Begins with the order that the process killed before was working on, as an operator would press again.
    """
    choose = random.Random(seed)
    with opened(directory) as (services, finance, mara):
        paid: list[str] = []
        for index in range(10_000):
            order = last_order or _next_order(choose, paid, f"{name}-{index}")
            last_order = None
            report.send(("begun", order))
            outcome = carry_out(services, finance, mara, order)
            report.send(("acknowledged", order, outcome))
            if order[0] == "make" and outcome == "done":
                with services.payments.store.reading() as connection:
                    row = connection.execute(text("SELECT id FROM payment WHERE key = :key"), {"key": order[2]}).one()
                paid.append(row[0])


def bill_until_killed(directory: Path, report: Connection) -> None:
    """Say that the billing run begins, and run it without end."""
    with opened(directory) as (services, finance, _):
        report.send("begun")
        while True:
            services.billing_runs.run(finance)


def _next_order(choose: random.Random, paid: list[str], key: str) -> Order:
    action = choose.choice(["record", "record", "make", "make", "give part back"])
    if action == "give part back" and paid:
        return action, choose.choice(paid), key
    return ("record" if action == "give part back" else action), f"0.{choose.randrange(10, 99)}", key
