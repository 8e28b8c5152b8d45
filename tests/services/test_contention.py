"""Eight processes on the same three accounts: nothing lost, nothing doubled, next to nothing refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.desk_fixtures import CORPORATE, RETAIL, YEN, opened_in
from tests.services.contending import Contended, contend
from tests.services.processes import PATIENCE_S, fork_server

PROCESSES, OPERATIONS = 8, 250
REFUSED_AT_MOST = PROCESSES * OPERATIONS // 100
EVENTS = {"record": "payment_recorded", "credit": "credit_issued", "charge back": "charge_back_completed"}


def test_eight_processes_with_250_actions_each_on_three_accounts_lose_none_and_double_none(
    desk_directory: Path,
) -> None:
    context = fork_server()
    start = context.Barrier(PROCESSES)
    with opened_in(desk_directory) as desk:
        desk.invoice("100.00")
        desk.invoice("50.00", RETAIL)
        card_payments = [desk.make("100.00").payment.id for _ in range(PROCESSES)]
        before = {number: desk.account(number).balance.minor_units for number in (CORPORATE, YEN, RETAIL)}
    reports, processes = [], []
    for index, payment_id in enumerate(card_payments):
        here, there = context.Pipe(duplex=False)
        work = (desk_directory, f"p{index}", payment_id, OPERATIONS, start, there)
        process = context.Process(target=contend, args=work)
        process.start()
        there.close()
        reports.append(here)
        processes.append(process)
    ends: list[Contended] = [report.recv() for report in reports]
    for process in processes:
        process.join(PATIENCE_S)
    done, added_minor = Counter[str](), Counter[str]()
    for end in ends:
        done += end.done
        added_minor.update(end.added_minor)
    refused = sum(end.refused for end in ends)
    assert done.total() + refused == PROCESSES * OPERATIONS
    assert refused <= REFUSED_AT_MOST
    with opened_in(desk_directory) as desk:
        for number, minor in before.items():
            assert desk.account(number).balance.minor_units == minor + added_minor[number], number
        events = dict(desk.rows("SELECT event, count(*) FROM ledger_entry GROUP BY event"))
        assert {action: events[event] for action, event in EVENTS.items()} == {a: done[a] for a in EVENTS}
        assert events["payment_cancelled"] + events["credit_cancelled"] == done["cancel"]
        desk.assert_books_are_right()
