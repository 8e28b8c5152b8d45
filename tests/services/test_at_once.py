"""Several processes at the same moment: one success and one clear refusal, nothing lost and nothing double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.desk_fixtures import RETAIL, Desk
from tests.fork_server import fork_server
from tests.services.processes import PATIENCE_S, Order, obey, record_many
from tui_billing.domain.payments import Payment

ROUNDS = 40
Pair = Callable[[Order, Order], list[str]]


@pytest.fixture
def pair(desk: Desk, tmp_path: Path) -> Iterator[Pair]:
    """Has two other processes carry out an order each, at the same moment."""
    context = fork_server()
    start = context.Barrier(2)
    pipes, processes = [], []
    for _ in range(2):
        here, there = context.Pipe()
        process = context.Process(target=obey, args=(tmp_path, there, start))
        process.start()
        there.close()
        pipes.append(here)
        processes.append(process)

    def at_once(first: Order, second: Order) -> list[str]:
        for pipe, order in zip(pipes, (first, second), strict=True):
            pipe.send(order)
        assert all(pipe.poll(PATIENCE_S) for pipe in pipes)
        return sorted(str(pipe.recv()) for pipe in pipes)

    yield at_once
    for pipe, process in zip(pipes, processes, strict=True):
        pipe.send(None)
        process.join(PATIENCE_S)
        pipe.close()
        assert process.exitcode == 0


def test_of_two_processes_that_cancel_one_payment_one_succeeds_and_the_other_is_told(desk: Desk, pair: Pair) -> None:
    invoice = desk.invoice("3.00")
    for round_number in range(ROUNDS):
        payment = desk.record("5.00").payment
        told = pair(("cancel", payment.id, f"a{round_number}"), ("cancel", payment.id, f"b{round_number}"))
        assert told == ["RuleRefused: Already cancelled on 2026-03-17 09:30 UTC by finance.", "done"]
        assert desk.due(invoice) == 300
    assert desk.balance() == "USD -3.00"
    desk.assert_books_are_right()


def test_of_two_processes_that_charge_one_payment_back_one_succeeds_and_the_other_is_told(
    desk: Desk, pair: Pair
) -> None:
    refusals = set()
    for round_number in range(ROUNDS):
        payment = desk.make("5.00").payment
        refusal, done = pair(
            ("charge back", payment.id, f"a{round_number}"), ("charge back", payment.id, f"b{round_number}")
        )
        assert done == "done"
        refusals.add(refusal)
    assert refusals <= {
        "RuleRefused: Already charged back in full.",
        "RuleRefused: A charge back of this payment is still Pending; its outcome is being looked up.",
    }
    assert (desk.balance(RETAIL), desk.gateway.totals()) == ("EUR 0.00", {"EUR": 0})
    desk.assert_books_are_right()


@pytest.mark.parametrize("action", ["record", "make"])
def test_one_key_from_two_processes_is_one_payment(desk: Desk, pair: Pair, action: str) -> None:
    for round_number in range(ROUNDS):
        order = (action, "5.00", f"k{round_number}")
        for told in pair(order, order):
            assert told == "done" or told.startswith("OutcomeUnknown: The gateway has not answered for EUR 5.00.")
    assert desk.rows("SELECT count(*), count(DISTINCT key) FROM payment WHERE state = 'completed'") == [(ROUNDS,) * 2]
    desk.assert_books_are_right()


def test_one_key_from_two_processes_gives_back_once(desk: Desk, pair: Pair) -> None:
    payment: Payment = desk.make("5.00").payment
    for round_number in range(ROUNDS):
        order = ("give part back", payment.id, f"k{round_number}")
        for told in pair(order, order):
            assert told == "done" or told.startswith("OutcomeUnknown: The gateway has not answered for the charge back")
    assert desk.payment(payment.id).charged_back_minor == ROUNDS * 3
    desk.assert_books_are_right()


def test_four_processes_with_a_hundred_payments_each_lose_none_and_double_none(desk: Desk, tmp_path: Path) -> None:
    desk.invoice("100.00")
    context = fork_server()
    start = context.Barrier(4)
    processes = [context.Process(target=record_many, args=(tmp_path, f"p{n}", 100, start)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE_S)
    assert [process.exitcode for process in processes] == [0] * 4
    assert desk.rows("SELECT count(*), count(DISTINCT key), sum(amount_minor) FROM payment") == [(400, 400, 40_400)]
    assert desk.balance() == "USD 304.00"
    desk.assert_books_are_right()
