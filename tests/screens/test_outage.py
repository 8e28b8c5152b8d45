"""With the database gone the desk stays, says so, and loses nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desk_fixtures import with_service
from tests.screens.practice import DATABASE, DEADLINE_S, GLOBEX, Practice, text_in
from tests.screens.test_live import looks, somebody_records
from tui_billing.domain.errors import StoreUnanswered
from tui_billing.screens import watching
from tui_billing.screens.messages import Place
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.payments import Payments
from tui_billing.services.requests import RecordRequest
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession
from tui_billing.store.changes import DatabaseChanges

BANNER = "The database does not answer. Trying again… (since 09:30:00 UTC)"
NEWEST = "SELECT amount_minor, key FROM payment ORDER BY sequence DESC LIMIT 1"


@contextmanager
def database_away() -> Iterator[None]:
    """The file is somewhere else for a while."""
    Path(DATABASE).rename("elsewhere.db")
    yield
    Path("elsewhere.db").rename(DATABASE)


async def test_an_outage_stands_in_a_banner_breaks_nothing_and_is_over_by_itself(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await looks(finance)
        with database_away():
            await looks(finance)
            await finance.sees(BANNER)
            await finance.presses(*"j end home enter r x g escape f5 slash a escape a i enter h f1 escape".split())
            await finance.settles()
            await finance.sees(BANNER)
            await finance.presses("ctrl+l")
            await finance.is_at("LockScreen")
            await finance.types("practice-makes-paid")
            await finance.presses("enter")
            await finance.sees("has been moved, replaced or deleted")
        await finance.types("practice-makes-paid")
        await finance.presses("enter")
        await finance.sees_no_more("Locked")
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        await finance.sees_no_more(BANNER)
        await finance.goes_to(GLOBEX, Place.PAYMENTS)
        await finance.sees("USD 12.34")


async def test_a_list_that_could_not_be_read_is_read_when_the_database_is_back(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX) as finance:
        with database_away():
            await finance.presses("p")
            await finance.is_at("Payments")
            await finance.sees("Could not be read.", BANNER)
            assert finance.notices == []
        await looks(finance)
        await finance.sees_no_more("Could not be read.")
        await finance.sees_no_more(BANNER)
        assert finance.row is not None


async def test_a_dashboard_that_could_not_be_read_says_so_until_the_database_is_back(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        with database_away():
            await finance.presses("enter")
            await finance.is_at("Dashboard")
            await finance.sees("Could not be read.", BANNER)
        await looks(finance)
        await finance.sees("Net balance USD")
        await finance.sees_no_more("Could not be read.")


async def test_no_balance_is_shown_that_was_not_read_again(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX) as finance:
        with database_away():
            await finance.presses("p")
            await finance.sees("Could not be read.", BANNER)
            await finance.presses("f")
            await finance.sees("p Payments Paid", BANNER)
            assert "Balance" not in finance.screen
        await looks(finance)
        await finance.sees("Balance USD")


async def test_the_form_and_its_key_outlast_an_outage_and_the_payment_is_one(practice: Practice) -> None:
    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("(10.00)")
        key = finance.app.screen._key  # type: ignore[attr-defined]
        with database_away():
            await finance.presses("enter")
            await finance.sees("Nothing was done.", BANNER)
            await finance.presses("enter")
            await finance.settles()
            assert text_in(finance) == "10"
        await looks(finance)
        await finance.sees_no_more(BANNER)
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 1
    assert practice.rows(NEWEST) == [(1_000, key)]


class Unanswered(Payments):
    """Record Payment whose first commit gets no answer."""

    answered = False

    def record(self, session: OperatorSession, number: str, request: RecordRequest, key: str) -> MoneyMoved:
        moved = super().record(session, number, request, key)
        if not Unanswered.answered:
            Unanswered.answered = True
            raise StoreUnanswered("The database did not answer at the last step. Whether this was done is not known.")
        return moved


async def test_ok_after_a_commit_without_an_answer_says_that_nobody_knows_and_ok_again_finds_out(
    practice: Practice,
) -> None:
    Unanswered.answered = False

    def services() -> DeskServices:
        opened = practice.services()
        payments: Any = Unanswered(opened.payments.store, opened.payments.gateways, opened.payments.clock)
        return with_service(opened, "payments", payments)

    before = practice.payments(GLOBEX)
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, services=services) as finance:
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("(10.00)")
        await finance.presses("enter")
        await finance.sees("Whether this was done is not known.", "Look up")
        with database_away():
            await finance.presses("enter")
            await finance.sees("Whether this was done is not known.", "Look up", BANNER)
            await finance.sees_no_more("Nothing was done")
        await looks(finance)
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
    assert practice.payments(GLOBEX) == before + 1


@pytest.mark.parametrize("opened", [True, False])
async def test_signing_in_during_an_outage_is_refused_in_a_sentence_and_works_afterwards(
    practice: Practice, opened: bool
) -> None:
    async with AsyncExitStack() as desks:
        if opened:
            finance = await desks.enter_async_context(practice.desk())
            await finance.app.services()
        with database_away():
            if not opened:
                finance = await desks.enter_async_context(practice.desk())
            await finance.signs_in("finance")
            await finance.sees("demo.db has been moved" if opened else "There is no database at")
        await finance.types("practice-makes-paid")
        await finance.presses("enter")
        await finance.is_at("AllAccounts")


async def test_a_database_that_keeps_one_waiting_is_an_outage_until_it_answers(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    poll = DatabaseChanges.poll

    def waits(self: DatabaseChanges) -> bool:
        answers.wait(DEADLINE_S)
        return poll(self)

    async with practice.desk("finance") as finance:
        monkeypatch.setattr(watching, "ANSWER_S", 0.01)
        monkeypatch.setattr(DatabaseChanges, "poll", waits)
        assert finance.app.watcher is not None
        looking = asyncio.create_task(finance.app.watcher.look())
        await finance.sees(BANNER)
        answers.set()
        await looking
        await finance.sees_no_more(BANNER)


async def test_it_is_tried_again_after_longer_and_longer_but_never_more_than_five_seconds(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        watcher = watching.Watcher(finance.app, await finance.app.services(), lambda: True, 1)
        with database_away():
            pauses = []
            for _ in range(5):
                await watcher.look()
                pauses.append(watcher.pause_s)
        assert pauses == [2, 4, 5, 5, 5]
        await watcher.look()
        assert watcher.pause_s == 1
