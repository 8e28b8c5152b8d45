"""The check names what a SQLite file holds that the program would never have written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.desk_fixtures import Desk, opened_in
from tests.store.tampering import tamper
from tui_billing.domain.errors import SetUpRefused, StoreUnavailable

PAGE = 4096
# What a column of a SQLite file may hold, whatever its type: the row, the column and what is in it.
UNREADABLE = {
    "a day that is none": ("account row 1", "billed_through", "'zzz'"),
    "a day of a month that has not so many": ("payment row 1", "received", "'2026-02-30'"),
    "a day with its time": ("payment row 1", "expires", "'2026-02-03 00:00:00'"),
    "a day of the year 0": ("payment row 1", "expires", "'0000-02-03'"),
    "a day in bytes": ("invoice row 1", "issued", "CAST('2026-02-03' AS BLOB)"),
    "the day that it is": ("invoice row 1", "due_date", "'now'"),
    "a moment that is none": ("user row 1", "locked_until", "'zzz'"),
    "a moment without its microseconds": ("user row 1", "locked_until", "'2026-02-03 10:00:00'"),
    "a moment with its zone": ("user row 1", "locked_until", "'2026-02-03 10:00:00.000000+00:00'"),
    "a moment that goes on unseen": ("user row 1", "locked_until", "'2026-02-03 10:00:00.000000' || char(0) || 'x'"),
    "an hour that there is not": ("payment row 1", "unanswered_at", "'2026-02-03 25:00:00.000000'"),
    "a moment of the log": ("audit_entry row 1", "recorded_at", "'zzz'"),
    "a text in bytes": ("payment row 1", "memo", "x'61'"),
    "a text that is no UTF-8": ("payment row 1", "memo", "CAST(x'ff' AS TEXT)"),
    "a character in halves": ("payment row 1", "memo", "CAST(x'c3' AS TEXT)"),
    "a name in bytes": ("account row 1", "name", "x'ff00fe'"),
    "a name that is no UTF-8": ("account row 1", "name", "CAST(x'ff41' AS TEXT)"),
    "a number that names the row": ("account row 1", "number", "CAST(x'ff41' AS TEXT)"),
    "an ID in bytes": ("payment row 1", "id", "x'ff'"),
    "a switch that is neither on nor off": ("user row 1", "disabled", "'zzz'"),
    "a switch that is on twice": ("user row 1", "disabled", "2"),
    "a count that is a text": ("user row 1", "failures", "'zzz'"),
    "a count with a fraction": ("user row 1", "failures", "1.5"),
    "a day among totals": ("account_total row 2", "start", "'zzz'"),
}


@pytest.mark.parametrize("damage", UNREADABLE)
def test_the_check_of_a_file_names_a_value_that_cannot_be_read(busy: Desk, damage: str) -> None:
    row, column, value = UNREADABLE[damage]
    table, _, number = row.split()
    key = "account_id" if table == "account_total" else "rowid"
    tamper(busy, f"UPDATE {table} SET {column} = {value} WHERE {key} = {number}")
    found = {difference.subject for difference in busy.services.checks.check(busy.finance)}
    assert f"{row}, {column}" in found


def test_moments_and_texts_of_every_kind_are_readable(busy: Desk) -> None:
    tamper(
        busy,
        "UPDATE user SET locked_until = '9999-12-31 23:59:59.999999', failures = -1, disabled = 1 WHERE id = 1;"
        "UPDATE payment SET memo = 'Ångström 🏳️‍🌈', expires = '0001-01-01' WHERE sequence = 1",
    )
    busy.assert_books_are_right()


def test_a_page_that_is_lost_is_told_in_a_sentence(busy_template: Path, tmp_path: Path) -> None:
    whole = (busy_template / "billing.db").read_bytes()
    refused = 0
    for page in range(1, len(whole) // PAGE, 3):
        lost = tmp_path / str(page)
        shutil.copytree(busy_template, lost)
        (lost / "billing.db").write_bytes(whole[: page * PAGE] + bytes(PAGE) + whole[(page + 1) * PAGE :])
        try:
            with opened_in(lost) as desk:
                desk.services.checks.check(desk.finance)
        except (SetUpRefused, StoreUnavailable) as refusal:
            assert "is damaged: " in refusal.sentence
            refused += 1
    assert refused > 10
