"""Charges become invoices, which say what paid them."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from tests.charging import add_charges, issue_invoice
from tests.desk_fixtures import CORPORATE, NOW, ORIGIN, YEN, Desk
from tui_billing.domain.errors import NotFound
from tui_billing.domain.invoices import Charge, InvoiceState
from tui_billing.domain.pages import Direction

USAGE = Charge(date(2026, 3, 10), "Compute, large", "720", "0.05", 3_600)


def test_an_invoice_gathers_the_open_charges_of_its_period_and_no_charge_twice(desk: Desk) -> None:
    late = Charge(date(2026, 4, 1), "Storage", "1", "", 500)
    add_charges(desk.services, CORPORATE, [USAGE, late])
    invoice = issue_invoice(desk.services, desk.finance, CORPORATE)
    assert (invoice.total_minor, invoice.due_minor, invoice.issued) == (3_600, 3_600, NOW.date())
    assert (invoice.period_start, invoice.period_end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert (invoice.due_date, invoice.number) == (date(2026, 4, 16), "INV-2026-000001")
    assert desk.services.invoices.details(desk.finance, CORPORATE, invoice.sequence).lines == (USAGE,)
    desk.clock.advance(days=15)
    following = issue_invoice(desk.services, desk.finance, CORPORATE)
    assert (following.total_minor, following.number) == (500, "INV-2026-000002")
    assert desk.audit(invoice.number) == [("finance", ORIGIN, "issue invoice", invoice.number, "done: USD 36.00")]
    desk.assert_books_are_right()


def test_an_invoice_is_paid_from_the_credit_balance_first_and_says_how_much(desk: Desk) -> None:
    desk.record("50.00")
    credit = desk.credit("20.00").payment
    invoice = desk.invoice("30.00")
    assert (invoice.due_minor, invoice.paid_from_credit_minor) == (0, 2_000)
    details = desk.services.invoices.details(desk.finance, CORPORATE, invoice.sequence)
    assert sorted((kind, str(amount)) for kind, _, amount in details.payers) == [
        ("credit", "USD 20.00"),
        ("record", "USD 10.00"),
    ]
    desk.cancel_credit(credit)
    after = desk.services.invoices.details(desk.finance, CORPORATE, invoice.sequence)
    assert (after.invoice.paid_from_credit_minor, after.invoice.due_minor) == (0, 0)
    assert [(kind, str(amount)) for kind, _, amount in after.payers] == [("record", "USD 30.00")]


@pytest.mark.one_database(reason="the limit is SQLite's")
def test_an_invoice_gathers_more_charges_than_a_statement_takes_values(desk: Desk) -> None:
    with desk.store.reading() as connection:
        database = connection.connection.dbapi_connection
        assert isinstance(database, sqlite3.Connection)
        database.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)
    add_charges(desk.services, CORPORATE, [replace(USAGE, amount_minor=1)] * 1_000)
    assert issue_invoice(desk.services, desk.finance, CORPORATE).total_minor == 1_000
    assert desk.rows("SELECT count(*) FROM charge WHERE invoice_sequence IS NULL") == [(0,)]


def test_an_invoice_of_nothing_is_paid_from_the_start(desk: Desk) -> None:
    add_charges(desk.services, CORPORATE, [replace(USAGE, amount_minor=0)])
    invoice = issue_invoice(desk.services, desk.finance, CORPORATE)
    assert invoice.state(NOW.date()) is InvoiceState.PAID
    desk.assert_books_are_right()


def test_invoices_are_listed_newest_first_and_found_on_their_own_account_only(desk: Desk) -> None:
    first, second = desk.invoice("1.00"), desk.invoice("2.00")
    page = desk.services.invoices.page(desk.finance, CORPORATE, Direction.FIRST, None, 10)
    assert [invoice.number for invoice in page.rows] == [second.number, first.number]
    for number, sequence in ((YEN, first.sequence), (CORPORATE, 12_345)):
        with pytest.raises(NotFound, match=r"There is no such invoice\."):
            desk.services.invoices.details(desk.finance, number, sequence)
