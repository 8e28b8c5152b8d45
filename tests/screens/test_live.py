"""What another operator did shows on the open screen, and nothing moves under one's hands."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from tests.desk_fixtures import Desk
from tests.screens.practice import BRUNO, GLOBEX, WIDE, Operator, Practice, text_in
from tui_billing.domain.access import Profile
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.domain.money import Money
from tui_billing.screens.messages import Place
from tui_billing.screens.watching import Watcher
from tui_billing.services.requests import RecordRequest

KEYS = (f"other-{n}" for n in itertools.count())


def somebody_records(practice: Practice, amount: str = "12.34", number: str = GLOBEX) -> None:
    """Another operator records a payment, at another desk."""
    other = practice.services()
    session = other.sign_in.sign_in("finance2", DEMO_PASSWORD)
    other.payments.record(session, number, RecordRequest(amount, reference="other desk"), next(KEYS))


async def looks(operator: Operator) -> None:
    """Let a second go by, as it were."""
    assert operator.app.watcher is not None
    await operator.app.watcher.look()
    await operator.settles()


@pytest.mark.parametrize("size", [(80, 24), WIDE], ids=str)
async def test_anothers_payment_appears_and_the_cursor_stays_on_its_row(
    practice: Practice, size: tuple[int, int]
) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS, size=size) as finance:
        await finance.presses("j", "j")
        await finance.settles()
        await looks(finance)
        chosen = finance.row.id
        before_minor = practice.balance_minor(GLOBEX)
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        await finance.sees("USD 12.34", f"Balance {Money(before_minor + 1_234, 'USD')}")
        assert finance.row.id == chosen


async def test_a_typed_search_stays_and_so_does_where_one_types(practice: Practice) -> None:
    async with practice.desk("finance") as finance:
        await finance.presses("slash")
        await finance.types("Glob")
        await finance.sees("Globex Corporation")
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        balance = str(Money(practice.balance_minor(GLOBEX), "USD"))
        await finance.sees(balance)
        assert text_in(finance) == "Glob"
        assert finance.row.number == GLOBEX


async def test_the_dashboard_follows(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX) as finance:
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        await finance.sees(f"Amount due {Money(-practice.balance_minor(GLOBEX), 'USD')}")


async def test_a_list_that_lay_beneath_follows_when_it_comes_back(practice: Practice) -> None:
    async with practice.desk("finance", GLOBEX, Place.PAYMENTS) as finance:
        await finance.presses("g")
        await finance.is_at("GearMenu")
        await asyncio.to_thread(somebody_records, practice)
        await looks(finance)
        assert "USD 12.34" not in finance.screen
        await finance.presses("escape")
        await finance.sees("USD 12.34")


async def test_what_is_not_permitted_any_more_is_refused_once_and_not_every_second(practice: Practice) -> None:
    refusals = "SELECT count(*) FROM audit_entry WHERE outcome LIKE 'refused%'"
    async with practice.desk("finance", BRUNO, Place.PAYMENTS) as finance:
        await looks(finance)
        practice.execute("UPDATE user SET profile = ? WHERE name = 'finance'", Profile.SALES_SUPPORT.value)
        await looks(finance)
        await finance.is_told("does not allow this")
        refused = practice.one(refusals)
        for _ in range(3):
            await looks(finance)
        assert practice.one(refusals) == refused == 1


async def test_at_the_log_in_and_beneath_the_lock_nothing_is_asked(practice: Practice) -> None:
    async with practice.desk() as nobody:
        assert nobody.app.watcher is None
        await nobody.sits_down("finance")
        watcher: Watcher = nobody.app.watcher  # type: ignore[assignment]
        assert watcher.in_sight()
        await nobody.presses("ctrl+l")
        await nobody.is_at("LockScreen")
        assert not watcher.in_sight()


async def test_the_database_is_asked_again_and_again_only_while_somebody_can_see_it(desk: Desk) -> None:
    answers = iter([False, True, False])
    looked = []

    class Counting(Watcher):
        async def look(self) -> None:
            looked.append(1)

    with pytest.raises(RuntimeError, match="StopIteration"):
        await Counting(None, desk.services, lambda: next(answers), 0).run()  # type: ignore[arg-type]
    assert looked == [1]
