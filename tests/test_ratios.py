"""What writing takes beside the driver alone, with bounds that no noise reaches: `bench` has the figures themselves."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bench import billing, importing, posting
from bench.book import Book
from bench.floors.raw_payment import RawPayments
from tests.desk_fixtures import Desk

MOST = 10


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path, 0, 0)


def test_a_payment_takes_a_few_times_what_its_rows_take(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TURNS", 3)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        took = posting.in_turn(desk, "SQLite", lambda: RawPayments(connection, "BEGIN IMMEDIATE", ":{}"))
    assert min(took["service: SQLite"]) < MOST * min(took["raw: SQLite"])


def test_files_take_a_few_times_what_their_rows_take(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS", 4_000)
    took = importing.files(book)
    assert took["import: charges"][0] < MOST * took["raw: charges"][0]
    assert took["import: accounts"][0] < MOST * took["raw: accounts"][0]


def test_an_account_is_billed_in_the_same_time_be_there_few_or_many(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing, "FEW", 40)
    monkeypatch.setattr(billing, "MANY", 200)
    took = billing.runs(book)
    assert took["run: many"][0] < 2 * took["run: few"][0]
