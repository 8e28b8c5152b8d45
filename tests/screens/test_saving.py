"""Save Receipt, Save Invoice, Save Statement: the selected row as a PDF in the folder that is configured."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.screens.practice import GLOBEX, MARA, Practice
from tui_billing.domain.payments import PaymentState
from tui_billing.screens.messages import Place


def text_of(file: Path) -> str:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return PdfReader(file).pages[0].extract_text()


async def test_a_customer_saves_a_receipt_and_is_told_where(practice: Practice) -> None:
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        payment = mara.row
        await mara.presses("w")
        file = Path.cwd() / f"receipt-{payment.short_id}.pdf"
        await mara.is_told(f"Save Receipt: Saved as {file}.")
        await mara.presses("g", "w")
        await mara.is_told(f"receipt-{payment.short_id}-2.pdf")
    text = text_of(file)
    assert "Mara Lindqvist" in text
    assert str(payment.amount) in text
    assert "From a training database" in text


@pytest.mark.parametrize(("place", "label"), [(Place.INVOICES, "Save Invoice"), (Place.ACTIVITY, "Save Statement")])
async def test_help_desk_saves_what_it_sees(practice: Practice, place: Place, label: str) -> None:
    async with practice.desk("helpdesk", GLOBEX, place) as helpdesk:
        await helpdesk.presses("g")
        await helpdesk.is_at("GearMenu")
        await helpdesk.sees(f"w {label}")
        await helpdesk.presses("enter")
        await helpdesk.is_told(f"{label}: Saved as ")
    (file,) = Path.cwd().glob("*.pdf")
    assert "Globex Corporation" in text_of(file)


async def test_a_failed_payment_has_no_receipt_and_the_reason_is_said(practice: Practice) -> None:
    practice.execute(
        "UPDATE payment SET state = 'failed', failure_reason = 'Insufficient funds.' WHERE failure_reason = ''"
    )
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.selects(lambda payment: payment.state is PaymentState.FAILED)
        await mara.presses("w")
        await mara.is_told("There is no receipt: this payment failed (Insufficient funds.)")
        await mara.presses("g")
        await mara.sees("w Save Receipt", "There is no receipt")
    assert list(Path.cwd().glob("*.pdf")) == []


async def test_a_folder_that_is_not_there_is_named(practice: Practice) -> None:
    practice.settings = replace(practice.settings, documents=Path("missing"))
    async with practice.desk("mara", MARA, Place.PAYMENTS) as mara:
        await mara.presses("w")
        await mara.is_told("cannot be written: No such file or directory.")


async def test_a_desk_that_saves_nothing_offers_nothing(practice: Practice) -> None:
    practice.settings = replace(practice.settings, documents=None)
    async with practice.desk("helpdesk", GLOBEX, Place.INVOICES) as helpdesk:
        await helpdesk.presses("w", "g")
        await helpdesk.is_at("GearMenu")
        await helpdesk.sees("No actions available")
        assert helpdesk.notices == []
