"""A billing run that is killed at any moment and started again bills nothing twice, charges nothing twice."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from time import monotonic

from sqlalchemy import select

from tests.charging import add_charges
from tests.desk_fixtures import RETAIL, Desk, opened_in
from tests.fork_server import fork_server
from tests.services.processes import PATIENCE_S, bill_until_killed
from tui_billing.domain.invoices import Charge
from tui_billing.store import accounts
from tui_billing.store.compiled_tables import ACCOUNT

KILLS = 50
ACCOUNTS = 20
PERIODS = (date(2026, 1, 10), date(2026, 1, 20), date(2026, 2, 20))
# What a life may last after its run has begun: all together some more than the run takes.
LONGEST_LIFE_S = 0.05
OWN = ("id", "number", "search", "sort_name", "billed_through")
LIKE = [column for column in ACCOUNT.c if column.name not in OWN]


def set_up(desk: Desk) -> None:
    """Many customers with a card, and charges in several periods of each."""
    numbers = [f"2{index:07d}" for index in range(ACCOUNTS)]
    with desk.store.writing() as connection:
        like = connection.execute(select(*LIKE).where(ACCOUNT.c.number == RETAIL)).mappings().one()
        accounts.add(connection, *({**like, "number": number} for number in numbers))
    for index, number in enumerate(numbers):
        lines = [Charge(day, "Usage", "", "", 100 + index) for day in PERIODS]
        add_charges(desk.services, number, lines)


def live_and_die(directory: Path, lives_s: float) -> int:
    """Start a run, kill it after this time, and give its exit code."""
    context = fork_server()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=bill_until_killed, args=(directory, there))
    process.start()
    there.close()
    assert here.poll(PATIENCE_S)
    assert here.recv() == "begun"
    dies_at = monotonic() + lives_s
    while (left_s := dies_at - monotonic()) > 0:
        here.poll(left_s)
    process.kill()
    process.join(PATIENCE_S)
    here.close()
    assert process.exitcode is not None
    return process.exitcode


def assert_nothing_is_billed_or_charged_twice(desk: Desk) -> None:
    """As it must be at any moment, and not only in the end."""
    charged = "SELECT {} FROM payment WHERE kind = 'auto' AND state IN ('completed', 'pending')"
    invoiced = "SELECT sum(total_minor) FROM invoice WHERE invoice.account_id = payment.account_id"
    account = charged.format("account_id")
    assert desk.rows(f"{account} GROUP BY account_id HAVING sum(amount_minor) > ({invoiced})") == []
    # Where an attempt has failed, the next invoice's money pays the older one, and the last is charged once more.
    failed = "SELECT account_id FROM payment WHERE state = 'failed'"
    invoice = f"{charged.format('invoice_sequence')} AND account_id NOT IN ({failed})"
    assert desk.rows(f"{invoice} GROUP BY invoice_sequence HAVING count(*) > 1") == []
    assert desk.services.checks.check(desk.finance) == []


def test_fifty_kills_bill_nothing_twice_and_charge_nothing_twice(desk_directory: Path) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    with opened_in(desk_directory) as desk:
        set_up(desk)
    try:
        for kill in range(KILLS):
            assert live_and_die(desk_directory, chance.uniform(0, LONGEST_LIFE_S)) == -9
            if kill % 25 == 24:
                with opened_in(desk_directory) as desk:
                    assert_nothing_is_billed_or_charged_twice(desk)
        with opened_in(desk_directory) as desk:
            desk.clock.advance(seconds=61)
            assert desk.services.outcomes.resolve_all().still_unknown == 0
            desk.bill()
            # Those that were killed before they reached the gateway have failed, and are tried again.
            desk.clock.advance(days=3)
            run = desk.bill()
            assert (run.unknown.count, run.failed) == (0, ())
            assert_nothing_is_billed_or_charged_twice(desk)
            everything = sum(len(PERIODS) * (100 + index) for index in range(ACCOUNTS))
            assert desk.rows("SELECT count(*), sum(total_minor), sum(due_minor) FROM invoice") == [
                (ACCOUNTS * len(PERIODS), everything, 0)
            ]
            assert desk.rows("SELECT count(*) FROM charge WHERE invoice_sequence IS NULL") == [(0,)]
            completed = "SELECT count(*), sum(amount_minor) FROM payment WHERE state = 'completed'"
            assert desk.rows(completed) == [(ACCOUNTS * len(PERIODS), everything)]
            assert desk.gateway.totals() == {"EUR": everything}
            desk.assert_books_are_right()
    except BaseException as failure:
        failure.add_note(f"seed {seed}")
        raise
