"""A preview says what then really happens, and refuses what would be refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.desk_fixtures import CORPORATE, RETAIL, Desk
from tui_billing.domain.errors import BillingError, InvalidInput, OutcomeUnknown, RuleRefused
from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment
from tui_billing.services.previews import Preview
from tui_billing.services.results import MoneyMoved
from tui_billing.store import payments

AMOUNTS = st.integers(1, 3_000)


def typed(minor: int, currency: str = "USD") -> str:
    return Money(minor, currency).figure


def dues(desk: Desk, number: str) -> dict[str, int]:
    """What is due of each invoice."""
    due = "SELECT i.number, due_minor FROM invoice i JOIN account a ON a.id = account_id WHERE a.number = :n"
    return dict(tuple(row) for row in desk.rows(due, n=number))


def compare(desk: Desk, number: str, preview: Callable[[], Preview], act: Callable[[], MoneyMoved]) -> None:
    """What was said before is what happened."""
    said, now, before = preview(), desk.account(number).balance, dues(desk, number)
    assert said == preview(), "looking changes nothing"
    told, after = act(), dues(desk, number)
    assert (said.now, said.after) == (now, told.account.balance)
    paid = {invoice: before[invoice] - due for invoice, due in after.items() if due < before[invoice]}
    reopened = {invoice: due - before[invoice] for invoice, due in after.items() if due > before[invoice]}
    assert {invoice: money.minor_units for invoice, money in said.paid} == paid
    assert {invoice: money.minor_units for invoice, money in said.reopened} == reopened


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    invoices=st.lists(AMOUNTS, max_size=2),
    amount=AMOUNTS,
    share=st.integers(1, 100),
    action=st.sampled_from(["record", "credit", "make", "charge back", "cancel", "cancel credit"]),
)
def test_what_a_preview_says_is_what_happens(
    desk: Desk, invoices: list[int], amount: int, share: int, action: str
) -> None:
    number, currency = (RETAIL, "EUR") if action in ("make", "charge back") else (CORPORATE, "USD")
    for total in invoices:
        desk.invoice(typed(total, currency), number)
    show, figure, part = desk.services.previews, typed(amount, currency), typed(-(-amount * share // 100), currency)
    if action == "record":
        compare(desk, number, lambda: show.record(desk.finance, number, figure), lambda: desk.record(figure))
    elif action == "credit":
        expires = date(2027, 1, 1)
        compare(
            desk,
            number,
            lambda: show.credit(desk.finance, number, figure, expires),
            lambda: desk.credit(figure, expires=expires),
        )
    elif action == "make":
        compare(desk, number, lambda: show.make(desk.session("mara"), number, figure), lambda: desk.make(figure))
    elif action == "charge back":
        paid = desk.make(figure).payment
        compare(
            desk,
            number,
            lambda: show.take_back(desk.finance, paid.id, part),
            lambda: desk.charge_back(paid, part),
        )
    else:
        came = (desk.record(figure) if action == "cancel" else desk.credit(figure)).payment
        go = desk.cancel if action == "cancel" else desk.cancel_credit
        compare(desk, number, lambda: show.take_back(desk.finance, came.id), lambda: go(came))
    desk.assert_books_are_right()


def test_the_place_of_a_foreseen_payment_was_looked_up_before_it_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    found = payments.by_id

    def noted(connection: Connection, payment_id: str) -> Payment | None:
        looked_up.append(payment_id)
        return found(connection, payment_id)

    monkeypatch.setattr(payments, "by_id", noted)
    for _ in range(2):
        for amount in ("5.00", "6.00"):
            desk.services.previews.record(desk.finance, CORPORATE, amount)
        foreseen, other = desk.record("5.00").payment.id, desk.record("6.00").payment.id
        assert (looked_up, other != foreseen) == ([foreseen] * 2, True)
        looked_up.clear()


def test_a_preview_is_about_the_whole_rest_if_no_amount_is_typed(desk: Desk) -> None:
    paid = desk.make("20.00").payment
    desk.charge_back(paid, "5.00")
    assert str(desk.services.previews.take_back(desk.finance, paid.id).after) == "EUR 0.00"
    with pytest.raises(RuleRefused, match=r"Only EUR 15\.00"):
        desk.services.previews.take_back(desk.finance, paid.id, "15.01")


def cancelled(desk: Desk) -> Payment:
    payment = desk.record("5.00").payment
    desk.cancel(payment)
    return payment


def cancelled_credit(desk: Desk) -> Payment:
    credit = desk.credit("5.00").payment
    desk.cancel_credit(credit)
    return credit


def charged_back(desk: Desk) -> Payment:
    paid = desk.make("5.00").payment
    desk.charge_back(paid)
    return paid


def pending(desk: Desk) -> Payment:
    desk.set_card("card_timeout_before")
    with pytest.raises(OutcomeUnknown):
        desk.make("5.00")
    return desk.payment(desk.rows("SELECT id FROM payment")[0][0])


def failed(desk: Desk) -> Payment:
    desk.set_card("card_lost")
    with pytest.raises(RuleRefused):
        desk.make("5.00")
    return desk.payment(desk.rows("SELECT id FROM payment")[0][0])


@pytest.mark.parametrize("prepare", [cancelled, cancelled_credit, charged_back, pending, failed])
def test_a_preview_of_what_cannot_go_back_is_refused_as_the_action_would_be(
    desk: Desk, prepare: Callable[[Desk], Payment]
) -> None:
    payment = prepare(desk)
    with pytest.raises(RuleRefused):
        desk.services.previews.take_back(desk.finance, payment.id)


def test_a_preview_refuses_what_the_action_refuses_and_leaves_no_trace(desk: Desk) -> None:
    show, before = desk.services.previews, len(desk.audit())
    mara = desk.session("mara")
    refused: list[tuple[Callable[[], Preview], type[BillingError]]] = [
        (lambda: show.record(desk.finance, RETAIL, "5"), RuleRefused),
        (lambda: show.record(desk.finance, CORPORATE, "1e5"), InvalidInput),
        (lambda: show.make(mara, RETAIL, ""), InvalidInput),
        (lambda: show.make(desk.session("globex"), CORPORATE, "5"), RuleRefused),
        (lambda: show.credit(desk.finance, "00000000", "5"), RuleRefused),
    ]
    for preview, kind in refused:
        with pytest.raises(kind):
            preview()
    assert [row for row in desk.audit()[before:] if row[2] != "sign in"] == []
