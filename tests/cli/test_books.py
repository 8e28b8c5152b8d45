"""`invoices`, `statements`, `reconcile` and `check`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, MISSING, RETAIL, Desk
from tests.store.tampering import tamper
from tui_billing.desk import gateway_record


def test_invoices_are_listed_newest_first(line: CommandLine, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_billing.commands.invoices.PAGE_ROWS", 1)
    numbers = [desk.invoice(amount).number for amount in ("10", "20", "30")]
    found = line.json("globex", "invoices", "list", CORPORATE)["invoices"]
    assert [invoice["number"] for invoice in found] == numbers[::-1]
    assert found[0]["total"] == found[0]["due"] == {"minor_units": 3000, "currency": "USD"}
    assert found[0]["state"] in ("open", "overdue")
    assert len(line.json("globex", "invoices", "list", CORPORATE, "--limit", "2")["invoices"]) == 2
    assert numbers[0] in line.as_user("globex", "invoices", "list", CORPORATE).out
    assert line.as_user("mara", "invoices", "list", RETAIL).out == "There are no invoices.\n"


def test_an_invoice_is_shown_with_its_lines_and_what_paid_it(line: CommandLine, desk: Desk) -> None:
    desk.credit("4")
    invoice = desk.invoice("10")
    shown = line.json("finance", "invoices", "show", CORPORATE, invoice.number)
    assert [(row["description"], row["amount"]["minor_units"]) for row in shown["lines"]] == [("Compute", 1000)]
    assert [(row["kind"], row["amount"]["minor_units"]) for row in shown["paid_by"]] == [("credit", 400)]
    assert (shown["paid_from_credit"]["minor_units"], shown["due"]["minor_units"]) == (400, 600)
    text = line.as_user("finance", "invoices", "show", CORPORATE, invoice.number).out
    assert "Due: USD 6.00\n" in text
    assert "Paid by\n" in text


def test_an_invoice_that_is_not_there_is_not_found(line: CommandLine, desk: Desk) -> None:
    invoice = desk.invoice("10")
    assert line.as_user("finance", "invoices", "show", CORPORATE, "INV-1").code == 4
    assert line.as_user("finance", "invoices", "show", RETAIL, invoice.number).code == 4
    assert line.as_user("mara", "invoices", "show", CORPORATE, invoice.number).code == 4
    assert line.as_user("finance", "invoices", "show", MISSING, invoice.number).code == 4


def test_statements_begin_with_the_provisional_one(line: CommandLine, desk: Desk) -> None:
    line.json("finance", "bill")
    desk.clock.now = datetime.now(UTC)
    desk.invoice("10")
    found = line.json("globex", "statements", "list", CORPORATE)["statements"]
    assert found[0]["state"] == "provisional"
    assert {statement["state"] for statement in found[1:]} == {"posted"}
    assert found[0]["net_balance"] == {"minor_units": 1000, "currency": "USD"}
    assert "Provisional" in line.as_user("globex", "statements", "list", CORPORATE).out


def test_reconcile_finds_out_what_became_of_a_payment(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    assert line.as_user("mara", "payments", "make", RETAIL, "25").code == 5
    ran = line.as_user("finance", "reconcile", "--json")
    assert (ran.code, ran.document["resolved"], ran.document["still_unknown"]) == (0, 1, 0)
    assert ran.document["exceptions"] == ran.document["unavailable"] == []
    assert line.json("finance", "payments", "list", RETAIL)["payments"][0]["state"] == "completed"
    said = line.as_user("finance", "reconcile", "--since", "2026-01-05").out
    assert said == ("Looked up: 0. Still not known: 0. Compared since 2026-01-05.\n\nNothing needs a person.\n")


def test_reconcile_says_when_the_gateway_does_not_know_either(line: CommandLine, desk: Desk) -> None:
    made = desk.make("25").payment
    # As if this process had just sent it and its answer were on its way, while the gateway has never seen the key.
    gateway_record(desk.settings).unlink()
    tamper(desk, "UPDATE payment SET state = 'pending', gateway_reference = '', recorded_at = '2999-01-01 00:00:00'")
    ran = line.as_user("finance", "reconcile", "--json")
    assert (ran.code, ran.document["resolved"], ran.document["still_unknown"]) == (5, 0, 1)
    (found,) = ran.document["exceptions"]
    assert (found["kind"], found["payment"], found["amount"]["minor_units"]) == ("unknown_outcome", made.id, 2500)
    assert line.as_user("finance", "payments", "look-up", made.id).code == 5


def test_reconcile_says_when_a_gateway_is_down(line: CommandLine, desk: Desk) -> None:
    gateway_record(desk.settings).mkdir()
    ran = line.as_user("finance", "reconcile")
    assert ran.code == 5
    assert "sandbox: The gateway cannot be reached. What was found of it before stays.\n" in ran.out
    assert line.as_user("finance", "reconcile", "--since", "2999-01-01").code == 2


def test_a_dispute_is_listed_recorded_and_reversed(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_dispute_won")
    made = line.json("mara", "payments", "make", RETAIL, "25")["payment"]
    (found,) = line.json("finance", "reconcile")["exceptions"]
    assert (found["kind"], found["reference"]) == ("dispute", f"dp_{made['gateway_reference']}")
    assert line.json("finance", "exceptions", "list", "--kind", "difference") == {"exceptions": []}
    assert "Record the charge back" in line.as_user("finance", "exceptions", "list").out
    record = ("payments", "record-dispute", found["reference"])
    preview = line.json("finance", *record, "--dry-run")["preview"]
    moved = line.json("finance", *record, "--key", "k")
    assert preview["balance_after"] == moved["account"]["balance"] == {"minor_units": 0, "currency": "EUR"}
    assert moved["charge_back"]["of_dispute"] is True
    assert line.json("finance", *record, "--key", "k") == moved
    assert line.as_user("finance", *record).code == 3
    reverse = ("payments", "reverse-charge-back", moved["charge_back"]["id"][:8])
    assert line.as_user("finance", *reverse, "5").code == 3
    # The bank has decided by now.
    with closing(sqlite3.connect(gateway_record(desk.settings))) as gateway, gateway:
        gateway.execute("UPDATE transactions SET created = strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', 'now', '-1 day')")
    (won,) = line.json("finance", "reconcile")["exceptions"]
    assert (won["kind"], won["charge_back"]) == ("dispute_won", moved["charge_back"]["id"])
    part = line.json("finance", *reverse, "5")
    assert (part["payment"]["state"], part["charge_back"]["reversed"]["minor_units"]) == ("partly_charged_back", 500)
    assert "completed on Mara Lindqvist" in line.as_user("finance", *reverse).out
    assert line.json("finance", "exceptions", "list") == {"exceptions": []}
    assert line.json("finance", "check") == {"differences": []}


def test_check_finds_nothing_in_books_that_are_right(line: CommandLine, desk: Desk) -> None:
    desk.invoice("10")
    desk.record("25")
    assert line.json("finance", "check") == {"differences": []}
    assert line.as_user("finance", "check").out.startswith("The books are right")


def test_check_names_a_figure_that_does_not_follow_from_the_entries(line: CommandLine, desk: Desk) -> None:
    desk.record("25")
    desk.execute("UPDATE account SET funds_minor = 2600 WHERE number = :number", number=CORPORATE)
    ran = line.as_user("finance", "check", "--json")
    assert ran.code == 6
    assert ran.document["differences"] == [
        {"figure": figure, "subject": f"account {CORPORATE}", "stored": stored, "recomputed": recomputed}
        for figure, stored, recomputed in (
            ("customer funds", 2600, 2500),
            ("unapplied sum", 2600, 2500),
            ("last statement", -2600, -2500),
        )
    ]
    text = line.as_user("finance", "check")
    assert text.code == 6
    assert f"account {CORPORATE}" in text.out


@pytest.mark.parametrize("command", ["check", "reconcile"])
def test_only_finance_looks_after_the_books(line: CommandLine, command: str) -> None:
    assert line.as_user("ops", command).code == 3
    assert line.as_user("mara", command).code == 3
