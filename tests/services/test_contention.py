"""Eight processes on the same three accounts: nothing lost, nothing doubled, next to nothing refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.desk_fixtures import CORPORATE, RETAIL, YEN, opened_in
from tests.fork_server import fork_server
from tests.services.contending import Contended, contend
from tests.services.processes import PATIENCE_S

PROCESSES, OPERATIONS = 8, 250
REFUSED_AT_MOST = PROCESSES * OPERATIONS // 100


def work(directory: Path, card_payments: list[str]) -> list[Contended]:
    """What as many processes as there are card payments have done, all at once."""
    context = fork_server()
    start = context.Barrier(len(card_payments))
    reports, processes = [], []
    for index, payment_id in enumerate(card_payments):
        here, there = context.Pipe(duplex=False)
        arguments = (directory, f"p{index}", payment_id, OPERATIONS, start, there)
        process = context.Process(target=contend, args=arguments)
        process.start()
        there.close()
        reports.append(here)
        processes.append(process)
    ends: list[Contended] = [report.recv() for report in reports]
    for report, process in zip(reports, processes, strict=True):
        report.close()
        process.join(PATIENCE_S)
    return ends


def test_eight_processes_with_250_actions_each_on_three_accounts_lose_none_and_double_none(
    desk_directory: Path,
) -> None:
    with opened_in(desk_directory) as desk:
        desk.invoice("100.00")
        desk.invoice("50.00", RETAIL)
        card_payments = [desk.make("100.00").payment.id for _ in range(PROCESSES)]
        before = {number: desk.account(number).balance.minor_units for number in (CORPORATE, YEN, RETAIL)}
    done, added_minor, refused = Counter[str](), Counter[str](), 0
    for end in work(desk_directory, card_payments):
        done.update(end.done)
        added_minor.update(end.added_minor)
        refused += end.refused
    assert done.total() + refused == PROCESSES * OPERATIONS
    assert refused <= REFUSED_AT_MOST
    with opened_in(desk_directory) as desk:
        for number, minor in before.items():
            assert desk.account(number).balance.minor_units == minor + added_minor[number], number
        events = Counter(dict(desk.rows("SELECT event, count(*) FROM ledger_entry GROUP BY event")))
        assert done == {
            "record": events["payment_recorded"],
            "credit": events["credit_issued"],
            "cancel": events["payment_cancelled"] + events["credit_cancelled"],
            "charge back": events["charge_back_completed"],
        }
        desk.assert_books_are_right()
