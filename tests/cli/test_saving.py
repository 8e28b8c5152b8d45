"""Receipts, invoices and statements saved from the command line."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, RETAIL, Desk


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def text_of(file: Path) -> str:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return PdfReader(file).pages[0].extract_text()


def test_the_receipt_of_a_payment_and_of_its_charge_back(line: CommandLine, desk: Desk, here: Path) -> None:
    payment = desk.make("20.00").payment
    charge_back = desk.charge_back(payment, "5.00").charge_back
    assert charge_back is not None
    told = line.as_user("mara", "payments", "receipt", payment.short_id)
    assert (told.code, told.out) == (0, f"Saved: {here}/receipt-{payment.short_id}.pdf\n")
    assert "EUR 20.00" in text_of(here / f"receipt-{payment.short_id}.pdf")
    saved = line.json("finance", "payments", "receipt", payment.id, "--charge-back", charge_back.id[:8])
    assert saved == {"title": "Charge back receipt", "file": f"{here}/charge-back-{charge_back.id[:8]}.pdf"}
    assert "Returned to Visa •••• 4242" in text_of(Path(saved["file"]))


def test_an_invoice_and_a_statement(line: CommandLine, desk: Desk, here: Path) -> None:
    number = desk.invoice("10.00").number
    assert line.as_user("globex", "invoices", "pdf", CORPORATE, number, "--output", "one.pdf").code == 0
    assert number in text_of(here / "one.pdf")
    assert line.as_user("sales", "statements", "pdf", CORPORATE, "--period", "2026-02-14").code == 0
    assert "Posted" in text_of(here / f"statement-{CORPORATE}-2026-02-01.pdf")


def test_a_file_that_is_there_is_kept_unless_forced(line: CommandLine, desk: Desk, here: Path) -> None:
    payment_id = desk.record("5.00").payment.id
    (here / "a.pdf").write_text("mine")
    told = line.as_user("finance", "payments", "receipt", payment_id, "--output", "a.pdf")
    assert (told.code, "is there already" in told.err) == (3, True)
    assert (here / "a.pdf").read_text() == "mine"
    assert line.as_user("finance", "payments", "receipt", payment_id, "--output", "a.pdf", "--force").code == 0
    assert "Globex Corporation" in text_of(here / "a.pdf")


def test_nothing_is_saved_of_what_one_may_not_see(line: CommandLine, desk: Desk, here: Path) -> None:
    payment_id, invoice = desk.record("5.00").payment.id, desk.invoice("10.00").number
    for user, command, code in (
        ("mara", ("payments", "receipt", payment_id), 4),
        ("mara", ("invoices", "pdf", CORPORATE, invoice), 4),
        ("mara", ("statements", "pdf", CORPORATE, "--period", "2026-02-14"), 4),
        ("sales", ("payments", "receipt", payment_id), 3),
        ("globex", ("invoices", "pdf", CORPORATE, "INV-1999-000001"), 4),
        ("globex", ("invoices", "pdf", RETAIL, invoice), 4),
    ):
        assert line.as_user(user, *command).code == code
    assert list(here.iterdir()) == []
