"""A desk that is killed at any moment loses no acknowledged payment, doubles none, and leaves no half entry."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from tests.desk_fixtures import Desk, opened_in
from tests.fork_server import fork_server
from tests.services.processes import PATIENCE_S, Order, work_until_killed

KILLS = 100
MOST_WORDS = 9
ONE_WORD_S = 0.005


@dataclass
class Witness:
    """What the killed processes said, which is all that an operator would know."""

    begun: dict[str, Order] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    last: Order | None = None

    def hear(self, said: tuple[Any, ...]) -> None:
        """Take down what a process announced or acknowledged."""
        order: Order = said[1]
        self.begun[order[2]] = self.last = order
        if said[0] == "acknowledged":
            self.acknowledged[order[2]], self.last = said[2], None


def live_and_die(directory: Path, name: str, chance: random.Random, witness: Witness) -> int:
    """Let a process work for a few words, kill it a moment later, and hear all it had said; gives its exit code.

    The moment is a part of the time that its words have taken, so that it falls anywhere, on a slow machine too.
    """
    context = fork_server()
    here, there = context.Pipe(duplex=False)
    work = (directory, name, chance.randrange(2**32), witness.last, there)
    process = context.Process(target=work_until_killed, args=work)
    process.start()
    there.close()
    words, began_at = chance.randint(1, MOST_WORDS), 0.0
    for word in range(words):
        assert here.poll(PATIENCE_S)
        witness.hear(here.recv())
        began_at = began_at if word else monotonic()
    dies_at = monotonic() + chance.uniform(0, 2) * ((monotonic() - began_at) / words or ONE_WORD_S)
    while (left_s := dies_at - monotonic()) > 0:
        if here.poll(left_s):
            witness.hear(here.recv())
    process.kill()
    process.join(PATIENCE_S)
    try:
        while True:
            witness.hear(here.recv())
    except EOFError:
        here.close()
    assert process.exitcode is not None
    return process.exitcode


def assert_nothing_is_lost_doubled_or_half(desk: Desk, witness: Witness) -> None:
    """Compare the database with what the processes said, and with itself."""
    payments = {
        key: (state, kind, amount)
        for key, state, kind, amount in desk.rows("SELECT key, state, kind, amount_minor FROM payment")
    }
    charge_backs = dict(tuple(row) for row in desk.rows("SELECT key, state FROM charge_back"))
    for key, outcome in witness.acknowledged.items():
        action, subject, _ = witness.begun[key]
        refused = outcome.startswith("RuleRefused")
        if action == "give part back":
            assert outcome != "done" or charge_backs[key] == "completed", key
            assert not refused or charge_backs.get(key) != "completed", key
        elif outcome == "done":
            state, *what = payments[key]
            assert what == ["record" if action == "record" else "manual", int(subject[2:])], key
            assert state in ("completed", "partly_charged_back", "charged_back"), key
        else:
            assert not refused or payments[key][0] == "failed", key
    assert set(payments) | set(charge_backs) <= set(witness.begun)
    entries = "SELECT payment_sequence FROM ledger_entry WHERE event IN ('payment_recorded', 'card_payment_completed')"
    in_once = desk.rows(f"SELECT count(*), count(DISTINCT payment_sequence) FROM ({entries}) made")[0]
    assert in_once[0] == in_once[1] == sum(state not in ("pending", "failed") for state, *_ in payments.values())
    assert desk.services.checks.check(desk.finance) == []


def test_a_hundred_kills_lose_nothing_double_nothing_and_leave_nothing_half_done(desk_directory: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, witness = random.Random(seed), Witness()
    try:
        for kill in range(KILLS):
            assert live_and_die(desk_directory, f"life{kill}", chance, witness) == -9
            if kill % 10 == 0:
                with opened_in(desk_directory) as desk:
                    assert_nothing_is_lost_doubled_or_half(desk, witness)
        with opened_in(desk_directory) as desk:
            assert_nothing_is_lost_doubled_or_half(desk, witness)
            desk.clock.advance(seconds=61)
            assert desk.services.outcomes.resolve_all().still_unknown == 0
            assert_nothing_is_lost_doubled_or_half(desk, witness)
            desk.assert_books_are_right()
            assert len(witness.acknowledged) > KILLS
    except BaseException as failure:
        failure.add_note(f"seed {seed}")
        raise
