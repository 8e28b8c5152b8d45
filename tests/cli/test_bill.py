"""`charges import`, `accounts import` and `bill`."""

from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, RETAIL, Desk
from tui_billing.desk import open_services

HEADER = "account,date,description,quantity,unit_price,amount"


DAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def _by_the_clock_of_the_desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands go by the same clock."""
    monkeypatch.setattr("tui_billing.desk.open_services", lambda settings: open_services(settings, desk.clock))


def written(home: Path, *lines: str) -> str:
    file = home / "charges.csv"
    file.write_text("\n".join((HEADER, *lines)))
    return str(file)


def test_charges_are_imported_once(line: CommandLine, desk: Desk) -> None:
    file = written(line.home, f"{RETAIL},{DAY},Compute,1,5,5", f"{CORPORATE},{DAY},Compute,2,5,10")
    done = line.json("finance", "charges", "import", file, "--key", "march")["import"]
    assert (done["key"], done["file_name"], done["charges"], done["imported_by"]) == (
        *("march", "charges.csv"),
        *(2, "finance"),
    )
    assert line.json("finance", "charges", "import", file, "--key", "march")["import"] == done
    ran = line.as_user("finance", "charges", "import", file)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Refused: This file was imported on ")
    assert line.as_user("finance", "charges", "import", file, "--again").out.startswith("Imported: 2 charges from")
    assert desk.rows("SELECT count(*) FROM charge") == [(4,)]


def test_every_bad_line_is_named_on_a_line_of_its_own_and_in_the_document(line: CommandLine, desk: Desk) -> None:
    file = written(line.home, "x,y", f"{RETAIL},2026-01-01,\x1b]52;c;x,1,5,5")
    ran = line.as_user("finance", "charges", "import", file)
    assert ran.code == 2
    assert ran.err == (
        "Check the input: 1 line is bad, and nothing of the file was taken. Correct it and import it again.\n"
        "Line 2: It has 2 columns; the header names 6.\n"
    )
    details = line.as_user("finance", "charges", "import", file, "--json").document["error"]["details"]
    assert details == ["Line 2: It has 2 columns; the header names 6."]
    assert desk.rows("SELECT * FROM charge") == []


def test_a_file_comes_from_standard_input_too(line: CommandLine, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    content = f"{HEADER}\n{RETAIL},{DAY},Compute,1,5,5".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert line.json("finance", "charges", "import", "-")["import"]["file_name"] == "standard input"
    assert desk.rows("SELECT count(*) FROM charge") == [(1,)]


@pytest.mark.parametrize("name", ["missing.csv", ".", "\0"])
def test_a_file_that_cannot_be_opened_is_named(line: CommandLine, desk: Desk, name: str) -> None:
    ran = line.as_user("finance", "charges", "import", name)
    assert ran.code == 2
    assert "cannot be read" in ran.err
    assert desk.rows("SELECT * FROM charge") == []


def test_accounts_are_imported(line: CommandLine, desk: Desk) -> None:
    file = line.home / "new.csv"
    file.write_text("number,name,type,currency,master_user\n20000001,Newcomer Ltd,corporate,USD,newcomer\n")
    done = line.json("ops", "accounts", "import", str(file))
    assert done == {"import": {"file_name": "new.csv", "accounts": 1}}
    assert desk.account("20000001").name == "Newcomer Ltd"
    assert line.as_user("ops", "accounts", "import", str(file)).code == 2


def test_a_run_says_what_it_did(line: CommandLine, desk: Desk) -> None:
    desk.credit("3.00", RETAIL)
    desk.charge("10.00", RETAIL, DAY)
    desk.charge("7.00", dated=DAY)
    done = line.json("finance", "bill")
    assert (done["accounts_closed"], done["retries"], done["failed_payments"], done["left_out"]) == (6, 0, [], [])
    usd, eur = {"minor_units": 700, "currency": "USD"}, {"minor_units": 1_000, "currency": "EUR"}
    assert done["invoices"] == {"count": 2, "amounts": [eur, usd]}
    assert done["paid_from_balance"][0] == {"minor_units": 300, "currency": "EUR"}
    assert done["charged"] == {"count": 1, "amounts": [{"minor_units": 700, "currency": "EUR"}]}
    assert done["declined"] == done["unknown"] == {"count": 0, "amounts": []}
    assert line.json("finance", "accounts", "show", RETAIL)["billed_through"] is not None
    text = line.as_user("finance", "bill").out
    assert "Accounts closed: 0\nInvoices: none\n" in text


def test_a_run_lists_failed_payments(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_insufficient_funds")
    desk.charge("10.00", RETAIL, DAY)
    ran = line.as_user("finance", "bill")
    assert ran.code == 0
    assert "Cards declined: 1, EUR 10.00\n" in ran.out
    assert "Failed payments\nInvoice" in ran.out
    assert "Insufficient funds.  from " in ran.out
    (failed,) = line.json("finance", "bill", "--account", RETAIL)["failed_payments"]
    assert (failed["account"], failed["failed_attempts"], failed["failure_reason"]) == (
        *(RETAIL, 1),
        "Insufficient funds.",
    )
    assert failed["next_attempt"] is not None


def test_an_unknown_outcome_has_its_exit_code_and_what_to_do(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    desk.charge("10.00", RETAIL, DAY)
    ran = line.as_user("finance", "bill")
    assert ran.code == 5
    assert "What to do: wait a minute, then bill again, or run: tui-billing reconcile\n" in ran.out
    assert line.as_user("finance", "bill").code == 0
    desk.assert_books_are_right()


def test_a_day_that_is_not_over_and_an_account_that_is_not_there_are_refused(line: CommandLine, desk: Desk) -> None:
    assert line.as_user("finance", "bill", "--through", "2999-01-01").code == 2
    assert line.as_user("finance", "bill", "--account", "99999999").code == 4
    assert line.as_user("helpdesk", "bill").code == 3
    assert desk.rows("SELECT * FROM invoice") == []
