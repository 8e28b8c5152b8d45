"""The book of one account: what is paid by what, in which order, and what is undone."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_billing.domain.ledger import LEGS, Book, Entry, Event, Funding, LedgerAccount, OpenInvoice
from tui_billing.domain.payments import PaymentKind

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 28)


def credit(sequence: int, amount: int, expires: date | None = None) -> Funding:
    return Funding(sequence, PaymentKind.CREDIT, expires, amount)


def recorded(sequence: int, amount: int) -> Funding:
    return Funding(sequence, PaymentKind.RECORD, None, amount)


def invoice(sequence: int, amount: int, issued: date = JANUARY) -> OpenInvoice:
    return OpenInvoice(sequence, issued, amount, amount)


def applied(book: Book) -> list[tuple[int | None, int | None, int]]:
    """Which payment paid which invoice, in the order it happened."""
    return [
        (e.payment_sequence, e.invoice_sequence, e.amount_minor) for e in book.entries if e.event is Event.FUNDS_APPLIED
    ]


def test_the_legs_are_those_of_the_rule_book() -> None:
    rows = """
        charges_invoiced        receivable       revenue
        payment_recorded        bank             customer_funds
        card_payment_completed  card_clearing    customer_funds
        credit_issued           credits_granted  customer_funds
        funds_applied           customer_funds   receivable
        application_undone      receivable       customer_funds
        payment_cancelled       customer_funds   bank
        charge_back_completed   customer_funds   card_clearing
        charge_back_reversed    card_clearing    customer_funds
        credit_cancelled        customer_funds   credits_granted
    """
    expected = {event: (debit, credit) for event, debit, credit in (row.split() for row in rows.strip().splitlines())}
    assert {e.value: (debit.value, credit.value) for e, (debit, credit) in LEGS.items()} == expected
    assert set(LEGS) == set(Event)
    assert Entry(Event.FUNDS_APPLIED, 1).debit is LedgerAccount.CUSTOMER_FUNDS
    assert Entry(Event.FUNDS_APPLIED, 1).credit is LedgerAccount.RECEIVABLE


def test_a_charge_is_paid_from_credits_before_payments_and_from_the_soonest_expiry_first() -> None:
    book = Book()
    book.fund(recorded(1, 100))
    book.fund(credit(2, 100))
    book.fund(credit(3, 100, expires=date(2026, 12, 31)))
    book.fund(credit(4, 100, expires=date(2026, 6, 30)))
    book.fund(credit(5, 100, expires=date(2026, 6, 30)))
    book.charge(invoice(1, 450))
    assert applied(book) == [(4, 1, 100), (5, 1, 100), (3, 1, 100), (2, 1, 100), (1, 1, 50)]
    assert (book.funds_minor, book.receivable_minor) == (50, 0)


def test_money_pays_the_oldest_open_invoice_first_whatever_its_sequence() -> None:
    book = Book()
    book.charge(invoice(1, 100, FEBRUARY))
    book.charge(invoice(2, 100, JANUARY))
    book.charge(invoice(3, 100, JANUARY))
    book.fund(recorded(1, 250))
    assert applied(book) == [(1, 2, 100), (1, 3, 100), (1, 1, 50)]
    assert (book.funds_minor, book.receivable_minor) == (0, 50)


def test_paying_too_much_leaves_funds_that_pay_the_next_charge() -> None:
    book = Book()
    book.charge(invoice(1, 100))
    book.fund(recorded(1, 150))
    assert (book.funds_minor, book.receivable_minor) == (50, 0)
    book.charge(invoice(2, 80))
    assert (book.funds_minor, book.receivable_minor) == (0, 30)


def test_taking_a_payment_back_undoes_its_own_applications_and_no_other() -> None:
    book = Book()
    book.charge(invoice(1, 100))
    book.charge(invoice(2, 100))
    book.fund(recorded(1, 100))
    book.fund(recorded(2, 60))
    book.take_back(1, 100)
    undone = [e for e in book.entries if e.event is Event.APPLICATION_UNDONE]
    assert [(e.payment_sequence, e.invoice_sequence, e.amount_minor) for e in undone] == [(1, 1, 100)]
    assert {i.sequence: i.due_minor for i in book.invoices.values()} == {1: 100, 2: 40}
    assert (book.funds_minor, book.receivable_minor) == (0, 140)


def test_what_is_left_of_a_payment_after_a_part_went_back_pays_again() -> None:
    book = Book()
    book.charge(invoice(1, 100))
    book.fund(Funding(1, PaymentKind.MANUAL, None, 100))
    book.take_back(1, 30)
    assert book.invoices[1].due_minor == 30
    assert book.fundings[1].applied_minor == {1: 70}
    assert (book.funds_minor, book.receivable_minor) == (0, 30)


def test_other_funds_step_in_when_a_payment_is_taken_back() -> None:
    book = Book()
    book.charge(invoice(1, 100))
    book.fund(recorded(1, 100))
    book.fund(recorded(2, 70))
    book.take_back(1, 100)
    assert book.fundings[2].applied_minor == {1: 70}
    assert (book.funds_minor, book.receivable_minor) == (0, 30)


@pytest.mark.parametrize("amount", [0, -1, 101])
def test_no_more_than_a_payment_holds_can_be_taken_back(amount: int) -> None:
    book = Book()
    book.fund(recorded(1, 100))
    with pytest.raises(AssertionError, match="more is taken back than the payment still holds"):
        book.take_back(1, amount)


@pytest.mark.parametrize("amount", [0, -5])
def test_an_entry_moves_a_positive_amount(amount: int) -> None:
    with pytest.raises(AssertionError, match="an entry moves a positive amount"):
        Book().fund(recorded(1, amount))


def test_an_invoice_of_nothing_moves_nothing() -> None:
    book = Book()
    book.charge(invoice(1, 0))
    assert book.entries == []


MOVES = st.lists(st.tuples(st.sampled_from(["charge", "record", "credit", "back"]), st.integers(1, 500)), max_size=25)


@given(MOVES)
def test_after_any_moves_the_entries_bear_out_every_figure(moves: list[tuple[str, int]]) -> None:
    book = Book()
    whole: dict[int, int] = {}
    for sequence, (move, amount) in enumerate(moves, start=1):
        if move == "charge":
            book.charge(invoice(sequence, amount))
        elif move == "back" and whole:
            taken = sorted(whole)[amount % len(whole)]
            book.take_back(taken, whole.pop(taken))
        elif move != "back":
            whole[sequence] = amount
            book.fund(recorded(sequence, amount) if move == "record" else credit(sequence, amount))
        assert min(book.funds_minor, book.receivable_minor) == 0 <= max(book.funds_minor, book.receivable_minor)
    assert book.receivable_minor == sum(i.due_minor for i in book.invoices.values())
    assert book.funds_minor == sum(f.unapplied_minor for f in book.fundings.values())
    for account, minor in (
        (LedgerAccount.CUSTOMER_FUNDS, -book.funds_minor),
        (LedgerAccount.RECEIVABLE, book.receivable_minor),
    ):
        debited = sum(e.amount_minor for e in book.entries if e.debit is account)
        credited = sum(e.amount_minor for e in book.entries if e.credit is account)
        assert debited - credited == minor
