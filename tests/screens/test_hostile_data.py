"""Text that got past every check into the database: shown as what it is, on every screen, and never obeyed."""

from __future__ import annotations

import asyncio
import sqlite3
import unicodedata
from contextlib import closing

import pytest
from rich.cells import cell_len

from tests.screens.pictures import screen_segments
from tests.screens.practice import BRUNO, GLOBEX, Operator, Practice
from tui_billing.domain.text import UNPRINTABLE
from tui_billing.gateways.base import Answer, Declined, RefundRequest
from tui_billing.screens.messages import Place, SignedIn

LINK = "[@click=app.exit]PAY[/]"
HOSTILE = {
    "a link that quits": LINK,
    "markup that does not close": "[/] Acme [/b] Ltd [bold]",
    "what a terminal would obey, reorder or hide": (
        "A\x1b[2J\x1b]52;c;UEFZ\x07\x9b31m\x90q\x9cZ\x00\x7f"
        "A\u202eYAP\u202c\u2066\u2069\u200f\u200b\u2060\ufeff\u2028\u2029\ue000Z"
        "A\nB\r\nC\tD\x0bE\x0cF\x85Z"
    ),
    "two hundred thousand characters": "PAY " * 49_999 + "DONE",
    "wide and combining characters": "日本橋商事👩‍👩‍👧‍👦e" + "\u0301" * 60 + "한국어Z",
}
OF_ACCOUNT = (
    "SELECT rowid FROM {} WHERE account_id = (SELECT id FROM account WHERE number = ?2) ORDER BY rowid DESC LIMIT 9"
)
OWN_ROWS = {table: OF_ACCOUNT.format(table) for table in ("payment", "charge", "ledger_entry")}
OWN_ROWS |= {"account": "SELECT rowid FROM account WHERE number = ?2"}
OWN_ROWS |= {table: f"SELECT rowid FROM {table} WHERE ?2 > ''" for table in ("charge_back", "audit_entry")}
FREE_TEXT = {
    "account": "name master_user card_brand card_last_four card_expiry",
    "payment": "reference memo failure_reason recorded_by card_label gateway_reference cancelled_by",
    "charge_back": "case_reference failure_reason issued_by gateway_reference",
    "charge": "description quantity unit_price",
    "ledger_entry": "recorded_by",
    "audit_entry": "user_name origin action outcome",
}


def plant(practice: Practice, text: str) -> None:
    """Write the text into every column of free text of two accounts' newest rows, past triggers and validation."""
    with closing(sqlite3.connect(practice.settings.database)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for table, columns in FREE_TEXT.items():
            changes = ", ".join(f"{column} = ?1" for column in columns.split())
            for number in (GLOBEX, BRUNO):
                connection.execute(f"UPDATE {table} SET {changes} WHERE rowid IN ({OWN_ROWS[table]})", (text, number))
        connection.execute(
            "INSERT INTO finding (id, kind, gateway, reference, account_id, amount_minor, currency, words,"
            " happened_at, found_at) SELECT 'x', 'dispute', ?1, ?1, id, 1, 'USD', ?1, '2026-03-17 09:00:00.000000',"
            " '2026-03-17 09:00:00.000000' FROM account WHERE number = ?2",
            (text, GLOBEX),
        )
        connection.execute("UPDATE invoice SET number = ? || sequence WHERE due_minor > 0", (text,))
        connection.execute("UPDATE user SET name = ? WHERE name = 'finance'", (text,))
        newest = "(SELECT max(payment.sequence) FROM payment JOIN account a ON a.id = account_id WHERE a.number = ?)"
        connection.execute(f"UPDATE payment SET state = 'failed' WHERE sequence = {newest}", (BRUNO,))


def look(operator: Operator) -> None:
    """Nothing on the screen is obeyed by a terminal, moves its neighbours, or can be clicked to run an action."""
    for segments in screen_segments(operator.app):
        line = "".join(segment.text for segment in segments)
        assert not [c for c in line if unicodedata.category(c) in UNPRINTABLE], repr(line)
        assert cell_len(line) == operator.app.size.width, repr(line)
        assert not [segment for segment in segments if segment.style and "@click" in segment.style.meta], repr(line)


async def look_at(operator: Operator, keys: str, place: str) -> None:
    await operator.presses(*keys.split())
    await operator.is_at(place)
    await operator.settles()
    look(operator)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_it_is_shown_as_what_it_is_on_every_screen_and_runs_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    plant(practice, text)
    monkeypatch.setattr(practice.gateway, "refund", _declining(text))
    async with practice.desk() as finance:
        services = await finance.app.services()
        session = await asyncio.to_thread(services.sign_in.sign_in, text, "practice-makes-paid")
        finance.app.post_message(SignedIn(session))
        await look_at(finance, "", "AllAccounts")
        await look_at(finance, "e", "Exceptions")
        await look_at(finance, "g", "GearMenu")
        await look_at(finance, "escape escape", "AllAccounts")
        for keys, place in (
            ("g", "GearMenu"),
            ("escape c", "IssueCredit"),
            ("escape f1", "Help"),
            ("escape enter", "Dashboard"),
            ("a", "Activity"),
            ("i", "Invoices"),
            ("enter", "DetailsView"),
            ("pagedown pagedown", "DetailsView"),
            ("escape p", "Payments"),
            ("enter", "DetailsView"),
            ("pagedown", "DetailsView"),
            ("pagedown", "DetailsView"),
            ("escape r", "RecordPayment"),
        ):
            await look_at(finance, keys, place)
        await finance.types("100")
        await finance.sees("Pays ")
        look(finance)
        await look_at(finance, "enter", "Payments")
        await finance.is_told("USD 100.00 recorded")
        look(finance)
        await finance.selects(lambda row: row.state.label == "Cancelled")
        await look_at(finance, "g", "GearMenu")
        await look_at(finance, "escape x", "Payments")
        await finance.is_told("Already cancelled on")
        look(finance)
        await look_at(finance, "ctrl+p", "Palette")
        await finance.types("1000")
        await finance.sees("Go to account 10000056")
        look(finance)
        await look_at(finance, "escape ctrl+l", "LockScreen")


@pytest.mark.parametrize("what", ["a link that quits", "what a terminal would obey, reorder or hide"])
async def test_card_payments_with_it_are_listed_refused_and_charged_back_without_harm(
    practice: Practice, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    text = HOSTILE[what]
    plant(practice, text)
    monkeypatch.setattr(practice.gateway, "refund", _declining(text))
    async with practice.desk("finance2", BRUNO, Place.PAYMENTS) as finance:
        look(finance)
        await look_at(finance, "b", "Payments")
        await finance.is_told("This payment failed (")
        look(finance)
        await finance.selects(lambda row: row.state.label == "Partly charged back")
        await look_at(finance, "enter", "DetailsView")
        for _ in range(3):
            await look_at(finance, "pagedown", "DetailsView")
        await look_at(finance, "escape b", "IssueChargeBack")
        await finance.presses("enter")
        await finance.sees("The gateway refused:")
        look(finance)


async def test_a_click_on_a_link_in_the_data_only_selects_the_row(practice: Practice) -> None:
    plant(practice, LINK)
    async with practice.desk("finance2") as finance:
        await finance.presses("slash")
        await finance.types(BRUNO)
        await finance.until(lambda: finance.row and finance.row.number == BRUNO, "found it")
        await finance.clicks(LINK[:12])
        await finance.settles()
        assert finance.place == "AllAccounts"
        await finance.goes_to(GLOBEX, Place.PAYMENTS)
        for nth in range(3):
            await finance.clicks(LINK[:12], nth=nth)
        await finance.presses("enter")
        await finance.is_at("DetailsView")
        await finance.clicks(LINK, nth=1)
        await finance.presses("escape")
        await finance.is_at("Payments")
        await finance.selects(lambda row: row.state.label == "Cancelled")
        await finance.presses("x")
        await finance.is_told(f"by {LINK}.")
        await finance.sees("Already cancelled")
        await finance.clicks("Already cancelled")
        await finance.settles()
        assert finance.app.is_running
        assert finance.place == "Payments"


async def test_what_is_pasted_into_a_field_is_made_visible_and_refused(practice: Practice) -> None:
    from textual import events

    before = practice.payments(GLOBEX)
    async with practice.desk("finance2", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.presses("tab", "tab", "tab")
        await finance.settles()
        finance.app.post_message(events.Paste("A\x1b[2J\x00B\u202eC\u200bD"))
        await finance.sees("A�[2J�B�C�D")
        look(finance)
        assert practice.payments(GLOBEX) == before


def _declining(reason: str) -> object:
    def refund(request: RefundRequest) -> Answer:
        return Declined(reason)

    return refund
