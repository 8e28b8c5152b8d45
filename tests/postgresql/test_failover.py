"""The primary is killed under load, again and again: the same desk goes on, and no acknowledged payment is lost.

FAILOVER_ROUNDS=20 does as many rounds as the desk was measured with; `-s` prints how long each has taken.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from statistics import median
from threading import Condition, Event, Thread
from time import monotonic, sleep

from tests.desk_fixtures import CORPORATE, URL_FILE, YEN, create_desk, opened_in
from tests.postgresql.databases import server
from tests.postgresql.trio import Trio, trio
from tests.services.processes import opened
from tui_billing.domain.errors import StoreUnanswered, StoreUnavailable
from tui_billing.services.requests import RecordRequest

ROUNDS = int(os.environ.get("FAILOVER_ROUNDS", "3"))
OPERATORS = {"first": CORPORATE, "second": CORPORATE, "third": YEN}
DEADLINE_S = 60
END_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pg_cancel_backend(pid)"


@dataclass
class Till:
    """What the operators of one desk have been told, payment by payment."""

    acknowledged: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    closing: Event = field(default_factory=Event)

    def wait_for(self, more: int) -> None:
        """Wait until so many more payments are acknowledged."""
        with self.changed:
            enough = len(self.acknowledged) + more
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= enough, DEADLINE_S), "the desk is stuck"

    def work(self, directory: Path) -> None:
        """Let all operators record payments on one and the same desk until it closes."""
        with opened(directory) as (services, finance, _):

            def record(name: str, number: str) -> None:
                index = 0
                while not self.closing.is_set():
                    key, index = f"{name}-{index}", index + 1
                    heard = self.acknowledged
                    try:
                        services.payments.record(finance, number, RecordRequest("100"), key)
                    except StoreUnanswered:
                        heard = self.unknown
                    except StoreUnavailable:
                        heard = self.not_done
                        sleep(0.01)
                    with self.changed:
                        heard.append(key)
                        self.changed.notify_all()

            operators = [Thread(target=record, args=operator, daemon=True) for operator in OPERATORS.items()]
            for operator in operators:
                operator.start()
            for operator in operators:
                operator.join()


def start_standbys_late(servers: Trio, till: Till, directory: Path) -> None:
    """End the waiting of a payment for a standby: it counts once it is on a second server."""
    with opened(directory) as (services, finance, _), ThreadPoolExecutor(1) as operator:
        servers.ask(servers.primary, "SELECT pg_reload_conf()")
        payment = operator.submit(services.payments.record, finance, CORPORATE, RecordRequest("100"), "waiting")
        for _ in range(2):
            while not servers.ask(servers.primary, END_WAITING):
                assert not payment.done(), "told as kept, and on one server alone"
        assert not payment.done(), "told as kept, and on one server alone"
        servers.start_standbys()
        payment.result(DEADLINE_S)
        till.acknowledged.append("waiting")


def lose_primaries(servers: Trio, till: Till, chance: Random) -> list[float]:
    """Lose the primary at a random moment of each round; gives how long no payment went through, each time."""
    gaps_s = []
    for _ in range(ROUNDS):
        till.wait_for(chance.randint(5, 40))
        sleep(chance.uniform(0, 0.05))
        lost_at = monotonic()
        servers.lose_primary()
        till.wait_for(1)
        gaps_s.append(monotonic() - lost_at)
        servers.replace_lost()
    return gaps_s


def test_no_acknowledged_payment_is_lost_or_doubled_when_primaries_are_killed(tmp_path: Path) -> None:
    server()
    seed, till = SystemRandom().randrange(2**32), Till()
    with trio() as servers:
        servers.start_primary()
        servers.ask(servers.primary, "CREATE DATABASE billing")
        (tmp_path / URL_FILE).write_text(servers.url("billing"))
        create_desk(tmp_path)
        start_standbys_late(servers, till, tmp_path)
        desk = Thread(target=till.work, args=(tmp_path,), daemon=True)
        desk.start()
        try:
            gaps_s = lose_primaries(servers, till, Random(seed))
        finally:
            till.closing.set()
            desk.join(DEADLINE_S)
        assert not desk.is_alive()
        told = f"{len(till.acknowledged)} acknowledged, {len(till.not_done)} not done, {len(till.unknown)} unknown"
        rounds = f"{ROUNDS} rounds, until the next payment: median {median(gaps_s):.2f} s, worst {max(gaps_s):.2f} s"
        sys.stdout.write(f"{rounds}; {told}\n")
        with opened_in(tmp_path) as after:
            kept = Counter(key for (key,) in after.rows("SELECT key FROM payment"))
            assert [key for key in till.acknowledged if kept[key] != 1] == [], f"seed {seed}"
            assert [key for key in till.not_done if kept[key]] == [], f"seed {seed}"
            assert set(kept) <= {*till.acknowledged, *till.unknown}
            assert set(kept.values()) == {1}
            after.assert_books_are_right()
