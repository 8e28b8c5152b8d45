"""Charges from a CSV file: all or none, once, every bad line named, and nothing hostile taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.charging import issue_invoice
from tests.desk_fixtures import CORPORATE, DINAR, RETAIL, YEN, Desk
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState
from tui_billing.domain.errors import BadLines, BillingError, InvalidInput, RuleRefused
from tui_billing.domain.invoices import Charge, ChargeImport
from tui_billing.services import csv_lines
from tui_billing.services.charges import ImportRequest

HEADER = "account,date,description,quantity,unit_price,amount"
GOOD = f"{CORPORATE},2026-03-02,Compute hours,720,0.05,36.00"


def taken(desk: Desk, *lines: str, again: bool = False, key: str = "", header: str = HEADER) -> ChargeImport:
    return imported(desk, "\n".join((header, *lines)).encode(), key, again=again)


def imported(desk: Desk, content: bytes, key: str = "", again: bool = False) -> ChargeImport:
    return desk.services.charges.import_file(desk.finance, ImportRequest("march.csv", content, key, again))


def charges(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.rows(
        "SELECT number, dated, description, quantity, unit_price, amount_minor FROM charge"
        " JOIN account ON account.id = account_id ORDER BY sequence"
    )
    return [tuple(row) for row in rows]


def faults(desk: Desk, *lines: str) -> tuple[str, ...]:
    with pytest.raises(BadLines) as refusal:
        taken(desk, *lines)
    assert charges(desk) == []
    return refusal.value.details


def test_every_line_becomes_a_charge_in_the_currency_of_its_account(desk: Desk) -> None:
    done = taken(
        desk,
        GOOD,
        f'{YEN},2026-03-03,"Storage, fast",,,"1,200"',
        f"{DINAR},2026-03-04, Support ,1,0.125,0.125",
        f"{RETAIL},2026-03-04,Free tier,1,0,0",
        f"{CORPORATE},2026-03-05,Everything,,,99999999.99",
    )
    assert (done.lines, done.file_name, done.imported_by) == (5, "march.csv", "finance")
    assert charges(desk) == [
        (CORPORATE, "2026-03-02", "Compute hours", "720", "0.05", 3_600),
        (YEN, "2026-03-03", "Storage, fast", "", "", 1_200),
        (DINAR, "2026-03-04", "Support", "1", "0.125", 125),
        (RETAIL, "2026-03-04", "Free tier", "1", "0", 0),
        (CORPORATE, "2026-03-05", "Everything", "", "", 9_999_999_999),
    ]
    assert desk.audit("march.csv")[-1][2:] == ("import charges", "march.csv", f"done: 5 charges, key {done.key}")
    desk.assert_books_are_right()


def test_imported_charges_are_gathered_by_the_next_invoice(desk: Desk) -> None:
    taken(desk, GOOD)
    invoice = issue_invoice(desk.services, desk.finance, CORPORATE)
    lines = desk.services.invoices.details(desk.finance, CORPORATE, invoice.sequence).lines
    assert lines == (Charge(date(2026, 3, 2), "Compute hours", "720", "0.05", 3_600),)


def test_a_spreadsheets_byte_order_mark_line_ends_empty_lines_and_column_order_do_not_matter(desk: Desk) -> None:
    header = "Amount,Unit_Price,quantity,description,date,ACCOUNT"
    imported(desk, f"\ufeff{header}\r\n36.00,0.05,720,Compute hours,2026-03-02,{CORPORATE}\r\n\r\n".encode())
    assert charges(desk) == [(CORPORATE, "2026-03-02", "Compute hours", "720", "0.05", 3_600)]


BAD_LINES = {
    f"{CORPORATE},2026-03-02,x,1,1": "It has 5 columns; the header names 6.",
    f"{CORPORATE},2026-03-02,x,1,1,1,1": "It has 7 columns; the header names 6.",
    "99999999,2026-03-02,x,1,1,1": "There is no account “99999999”.",
    "4242424242424242,2026-03-02,x,1,1,1": "There is no account “••••••••••••••••”.",
    f"{SYSTEM_NUMBER},2026-03-02,x,1,1,1": "The System account is the provider itself and is charged nothing.",
    f"{CORPORATE},2026-02-30,x,1,1,1": "Date “2026-02-30” is not a day. Write it YYYY-MM-DD.",
    f"{CORPORATE},20260302,x,1,1,1": "Date “20260302” is not a day. Write it YYYY-MM-DD.",
    f"{CORPORATE},2062-03-02,x,1,1,1": "Date 2062-03-02 lies more than five years back or more than one ahead.",
    f"{CORPORATE},1026-03-02,x,1,1,1": "Date 1026-03-02 lies more than five years back or more than one ahead.",
    f"{CORPORATE},2026-03-02,,1,1,1": "Description is required.",
    f'{CORPORATE},2026-03-02,"two\nlines",1,1,1': "Description contains a control or invisible character.",
    f"{CORPORATE},2026-03-02,card 4242 4242 4242 4242,1,1,1": "Description contains what looks like a card number.",
    f"{CORPORATE},2026-03-02,x,4242424242424242,,1": "Quantity contains what looks like a card number.",
    f"{CORPORATE},2026-03-02,x,{'1' * 41},,1": "Quantity is 41 characters long; at most 40 are kept.",
    f"{CORPORATE},2026-03-02,x,1,{'1' * 5_000},1": "Unit price is 5,000 characters long; at most 40 are kept.",
    f"{CORPORATE},2026-03-02,x,,\u202e0.05,1": "Unit price contains a control or invisible character.",
    f"{CORPORATE},2026-03-02,x,,,": "Amount is required.",
    f"{CORPORATE},2026-03-02,x,,,-5.00": "Amount is not a plain figure. Type it like 1,234.50.",
    f"{CORPORATE},2026-03-02,x,,,NaN": "Amount is not a plain figure.",
    f"{CORPORATE},2026-03-02,x,,,1e5": "Amount is not a plain figure.",
    f"{CORPORATE},2026-03-02,x,,,１２": "Amount is not a plain figure.",
    f"{CORPORATE},2026-03-02,x,,,1_000": "Amount is not a plain figure.",
    f"{CORPORATE},2026-03-02,x,,,1.005": "Amount has too many decimals: USD takes at most 2.",
    f"{YEN},2026-03-02,x,,,1.5": "Amount has too many decimals: JPY takes none.",
    f"{CORPORATE},2026-03-02,x,,,100000000": "Amount is too large: at most USD 99,999,999.99 at a time.",
    f"{CORPORATE},2026-03-02,x,720,0.05,37.00": "Amount 37.00 is not 720 × 0.05.",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_named_with_its_number_and_reason_and_nothing_is_taken(desk: Desk, line: str) -> None:
    (fault,) = faults(desk, GOOD, line)
    assert fault.startswith(f"Line 3: {BAD_LINES[line]}")


def test_the_first_twenty_bad_lines_are_named_and_the_others_counted(desk: Desk) -> None:
    bad = [f"{CORPORATE},2026-03-02,x,,,{amount}" for amount in ["x"] * 25]
    named = faults(desk, GOOD, *bad)
    assert [fault.split(":")[0] for fault in named] == [*(f"Line {n}" for n in range(3, 23)), "and 5 more"]


def test_a_line_after_one_that_spans_two_is_named_by_where_it_begins(desk: Desk) -> None:
    spanning = f'{CORPORATE},2026-03-02,x,,,"1\n"'
    assert [fault.split(":")[0] for fault in faults(desk, spanning, "x,y")] == ["Line 4"]


@pytest.mark.parametrize("amount", ["33.33", "33.34"])
def test_a_product_may_be_rounded_either_way(desk: Desk, amount: str) -> None:
    assert taken(desk, f"{CORPORATE},2026-03-02,x,3.3333,10.0005,{amount}").lines == 1


BAD_FILES = {
    b"": "The file is empty. The first line must name the columns",
    b"\xef\xbb\xbf\r\n": "The file is empty.",
    HEADER.encode(): "The file has no lines below its header.",
    b"account,date,description\n": "The header lacks quantity, unit_price, amount.",
    HEADER.replace(",", ";").encode(): "The header lacks account, date",
    f"{HEADER},amount\n{GOOD},36.00".encode(): "The header names a column twice.",
    f"{HEADER},total\n{GOOD},1".encode(): "The header names “total”, which is no column here.",
    f"{HEADER}\n{GOOD}\n".encode() + b"\xff": "The file is not UTF-8. Save it as UTF-8.",
    f"{HEADER}\n{GOOD}".encode("utf-16"): "The file is not UTF-8.",
    f"{HEADER}\n\0{GOOD}".encode(): "The file is not UTF-8.",
    f'{HEADER}\n{GOOD}\n"{"x" * 200_000}"'.encode(): "The file cannot be read on from line 3",
    f'{HEADER}\n{GOOD}\n{CORPORATE},"open'.encode(): "The file cannot be read on from line 3",
}


@pytest.mark.parametrize("content", BAD_FILES, ids=range(len(BAD_FILES)))
def test_a_file_that_cannot_be_read_is_refused_with_what_is_wrong(desk: Desk, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        imported(desk, content)
    assert refusal.value.sentence.startswith(BAD_FILES[content])
    assert charges(desk) == []


def test_a_file_that_is_too_large_is_to_be_split(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_lines, "LARGEST_BYTES", 50)
    with pytest.raises(InvalidInput, match="Split it and import the parts"):
        taken(desk, GOOD)


def test_the_same_content_is_taken_once_unless_it_is_asked_for_again(desk: Desk) -> None:
    taken(desk, GOOD)
    for key in ("", "another"):
        with pytest.raises(RuleRefused, match=r"imported on 2026-03-17 09:30 UTC by finance \(1 charges\).*--again"):
            taken(desk, GOOD, key=key)
    assert len(charges(desk)) == 1
    taken(desk, GOOD, again=True)
    assert len(charges(desk)) == 2
    desk.assert_books_are_right()


def test_a_key_gives_its_first_result_and_takes_no_other_file(desk: Desk) -> None:
    first = taken(desk, GOOD, key="march")
    assert taken(desk, GOOD, key="march", again=True) == first
    with pytest.raises(RuleRefused, match="This idempotency key was used for another file"):
        taken(desk, GOOD, GOOD, key="march")
    assert len(charges(desk)) == 1


def test_a_file_that_was_refused_can_be_corrected_and_taken(desk: Desk) -> None:
    faults(desk, GOOD, "x")
    assert taken(desk, GOOD).lines == 1


def test_the_last_usage_of_a_terminated_account_is_taken(desk: Desk) -> None:
    desk.set_state(AccountState.TERMINATED, CORPORATE)
    assert taken(desk, GOOD).lines == 1


def test_progress_is_told_as_lines_of_all_lines(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    content = "\n".join((HEADER, *[GOOD] * 2_500)).encode()
    request = ImportRequest("march.csv", content)
    desk.services.charges.import_file(desk.finance, request, lambda done, total: told.append((done, total)))
    assert told == [(0, 2_500), (1_000, 2_500), (2_000, 2_500)]


def test_a_key_of_the_billing_runs_own_is_refused(desk: Desk) -> None:
    refused: list[type[BillingError]] = []
    for act in (lambda: taken(desk, GOOD, key="auto:x"), lambda: desk.record("5", key=" AUTO:INV-2026-000001:1")):
        with pytest.raises(InvalidInput, match="Keys that begin with auto: are the billing run's own") as refusal:
            act()
        refused.append(type(refusal.value))
    assert refused == [InvalidInput, InvalidInput]
