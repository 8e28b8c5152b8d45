"""What receipts, invoices and statements say, and for what there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.desk_fixtures import CORPORATE, DINAR, NOW, RETAIL, YEN, Desk
from tests.store.tampering import tamper
from tui_billing.documents.document import Document
from tui_billing.domain.errors import NotFound, RuleRefused
from tui_billing.domain.payments import Payment
from tui_billing.services.documents import PRETENDED, TRAINING


def receipt(desk: Desk, payment: Payment) -> Document:
    return desk.services.documents.receipt(desk.finance, payment.account_number, payment.id)


def test_a_receipt_names_who_what_when_and_the_invoices_it_paid(desk: Desk) -> None:
    invoice = desk.invoice("10.00")
    payment = desk.record("25.00", reference="SEPA 4711", memo="for us alone").payment
    found = receipt(desk, payment)
    assert (found.title, found.number, found.dated) == ("Payment receipt", payment.id, NOW.date())
    assert (found.account_number, found.account_name, found.amount) == (CORPORATE, "Globex Corporation", "USD 25.00")
    facts = dict(found.facts)
    assert (facts["Method"], facts["Reference"], facts["State"]) == ("Bank transfer", "SEPA 4711", "Completed")
    (paid,) = found.tables
    assert (paid.rows, paid.sums) == (((invoice.number, "10.00"),), (("Left for later charges", "15.00"),))
    assert "for us alone" not in str(found)
    assert "finance" not in str(found)


def test_amounts_have_the_decimals_of_their_currency(desk: Desk) -> None:
    assert receipt(desk, desk.record("1,200", YEN).payment).amount == "JPY 1,200"
    assert receipt(desk, desk.make("1.234", user="dana").payment).amount == "KWD 1.234"
    assert DINAR


def test_a_card_receipt_shows_the_last_four_digits_and_no_reference_of_the_gateway(desk: Desk) -> None:
    found = receipt(desk, desk.make("20.00").payment)
    assert dict(found.facts)["Card"] == "Visa •••• 4242"
    assert "card_approved" not in str(found)


def test_a_cancelled_payment_says_so_on_its_receipt(desk: Desk) -> None:
    payment = desk.record("20.00").payment
    desk.cancel(payment)
    found = receipt(desk, payment)
    assert found.amount_label == "Amount received, cancelled since"
    assert dict(found.facts)["State"] == "Cancelled on 2026-03-17: Entered in error"
    assert found.tables == ()


def test_a_credit_has_a_credit_note_and_a_cancelled_one_a_debit_note(desk: Desk) -> None:
    credit = desk.credit("4.00").payment
    note = receipt(desk, credit)
    assert (note.title, note.name, dict(note.facts)["Reason"]) == (
        *("Credit note", f"credit-note-{credit.short_id}"),
        "Goodwill",
    )
    desk.cancel_credit(credit)
    note = receipt(desk, credit)
    assert (note.title, note.amount, note.dated) == ("Debit note", "USD 4.00", NOW.date())


def test_each_charge_back_has_a_receipt_of_its_own(desk: Desk) -> None:
    payment = desk.make("20.00").payment
    returned = [desk.charge_back(payment, amount).charge_back for amount in ("5.00", "6.00")]
    found = desk.services.documents.charge_back_receipts(desk.session("mara"), RETAIL, payment.id)
    assert [(each.title, each.amount) for each in found] == [
        ("Charge back receipt", "EUR 5.00"),
        ("Charge back receipt", "EUR 6.00"),
    ]
    assert returned[1] is not None
    (second,) = desk.services.documents.charge_back_receipts(desk.finance, RETAIL, payment.id, returned[1].id[:8])
    assert (second.number, dict(second.facts)["Of payment"]) == (returned[1].id, payment.id)
    assert dict(receipt(desk, payment).facts)["Charged back"] == "EUR 11.00"


def test_failed_and_pending_money_has_no_receipt(desk: Desk) -> None:
    desk.set_card("card_lost")
    with pytest.raises(RuleRefused):
        desk.make("5.00")
    desk.set_card("card_timeout_after")
    with pytest.raises(Exception, match="has not answered"):
        desk.make("5.00")
    failed, pending = (desk.payment(row[0]) for row in desk.rows("SELECT id FROM payment ORDER BY sequence"))
    with pytest.raises(RuleRefused, match="this payment failed"):
        receipt(desk, failed)
    with pytest.raises(RuleRefused, match="still Pending"):
        receipt(desk, pending)


def test_money_that_did_not_go_back_has_no_receipt(desk: Desk) -> None:
    payment = desk.make("20.00").payment
    receipts = desk.services.documents.charge_back_receipts
    with pytest.raises(RuleRefused, match="Nothing of this payment has been charged back"):
        receipts(desk.finance, RETAIL, payment.id)
    tamper(desk, "UPDATE payment SET gateway_reference = 'unheard of'")
    with pytest.raises(RuleRefused, match="no such charge"):
        desk.charge_back(payment)
    ((failed,),) = desk.rows("SELECT id FROM charge_back")
    with pytest.raises(RuleRefused, match="the charge back failed"):
        receipts(desk.finance, RETAIL, payment.id, failed)
    with pytest.raises(NotFound, match="has no charge back ffff"):
        receipts(desk.finance, RETAIL, payment.id, "ffff")


def test_an_invoice_has_its_lines_and_its_sums(desk: Desk) -> None:
    desk.credit("4.00")
    invoice = desk.invoice("10.00")
    desk.record("1.00")
    found = desk.services.documents.invoice(desk.session("globex"), CORPORATE, invoice.sequence)
    lines, payers = found.tables
    assert (found.title, found.number, found.amount) == ("Invoice", invoice.number, "USD 10.00")
    assert lines.rows == (("2026-03-17", "Compute", "1", "10.00", "10.00"),)
    assert dict(lines.sums) == {
        "Total": "10.00",
        "Paid from credit": "4.00",
        "Paid by payments": "1.00",
        "Still due": "5.00",
    }
    assert [row[0] for row in payers.rows] == ["CREDIT", "RECORD"]


def test_a_statement_is_that_of_the_period_with_the_day_and_says_its_state(desk: Desk) -> None:
    desk.invoice("10.00")
    desk.record("4.00")
    statement = desk.services.documents.statement
    for day in (date(2026, 3, 1), date(2026, 3, 31)):
        now = statement(desk.finance, CORPORATE, day)
        assert (now.amount, dict(now.facts)["State"], now.dated) == ("USD 6.00", "Provisional", NOW.date())
    assert [row[1] for row in now.tables[0].rows] == ["0.00", "4.00", "0.00", "10.00"]
    february = date(2026, 2, 1)
    assert dict(statement(desk.finance, CORPORATE, february).facts)["State"] == "Provisional"
    desk.bill()
    before = statement(desk.finance, CORPORATE, february)
    assert (dict(before.facts)["State"], before.dated) == ("Posted", date(2026, 2, 28))
    for day in (date(2025, 12, 31), NOW.date() + timedelta(days=31)):
        with pytest.raises(NotFound, match="There is no statement of a period with the day"):
            statement(desk.finance, CORPORATE, day)


def test_a_receipt_of_a_card_that_the_sandbox_charged_says_that_no_money_has_moved(desk: Desk) -> None:
    payment = desk.make("20.00").payment
    desk.charge_back(payment, "5.00")
    assert receipt(desk, payment).notes == (PRETENDED,)
    (given_back,) = desk.services.documents.charge_back_receipts(desk.finance, RETAIL, payment.id)
    assert given_back.notes == (PRETENDED,)
    assert receipt(desk, desk.record("25.00").payment).notes == ()


def test_a_training_desk_says_so_on_every_document(desk: Desk) -> None:
    documents = replace(desk.services.documents, training=True)
    payment = desk.record("5.00").payment
    assert documents.receipt(desk.finance, CORPORATE, payment.id).notes == (TRAINING,)
    assert TRAINING in documents.statement(desk.finance, CORPORATE, NOW.date()).notes
    assert receipt(desk, payment).notes == ()
