"""What others change shows in an open list, and nothing else of it moves."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field

from tests.widgets.hosting import DEADLINE_S
from tests.widgets.rows import Row, Source, TableApp
from tui_billing.domain.pages import Direction, Page

SIZE = (80, 24)
SHOWN = 23


@dataclass
class Ledger(Source):
    """Rows that others change; each page is the rows at and around a key."""

    rows: list[Row] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.rows = [Row(number) for number in range(self.count)]

    async def fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Row] | None:
        self.requests.append((direction, key))
        self.limits.append(limit)
        await self.gate.wait()
        if self.broken:
            return None
        at = len([row for row in self.rows if isinstance(key, int) and row.number < key])
        first = {
            Direction.LAST: len(self.rows) - limit,
            Direction.AFTER: at + 1,
            Direction.BEFORE: at - limit,
            Direction.AROUND: at - limit // 2,
        }.get(direction, 0)
        last = max(0, first + limit)
        first = max(0, first)
        return Page(tuple(self.rows[first:last]), first > 0, last < len(self.rows))

    def change(self, number: int, name: str) -> None:
        self.rows = [Row(number, name) if row.number == number else row for row in self.rows]


async def test_a_changed_row_is_painted_alone_and_the_cursor_stays() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.action_move(50)
        await app.until_shown(pilot, "› ⚙ A-50", "A-48")
        line = next(y for y, line in enumerate(app.lines) if "A-48" in line)
        ledger.change(48, "Globex")
        app.stretches.clear()
        app.table.reread()
        await app.until_shown(pilot, "A-48          Globex")
        assert {y for y, _, _ in app.stretches} == {line}
        assert app.selected == 50


async def test_only_what_is_on_the_screen_and_its_neighbours_is_read_again() -> None:
    app = TableApp(ledger := Ledger(100_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.action_move(50)
        await pilot.pause()
        ledger.requests.clear()
        app.table.reread()
        await pilot.pause()
        assert ledger.requests == [(Direction.AROUND, 50)]
        # With one screen more on each side, wherever on it the cursor is.
        assert ledger.limits[-1] == 4 * SHOWN
        app.table.action_page(2)
        await pilot.pause()
        assert app.selected == 50 + 2 * SHOWN


async def test_nothing_is_painted_when_nothing_in_sight_has_changed() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.action_move(5)
        await app.until_shown(pilot, "› ⚙ A-5")
        ledger.change(700, "Globex")
        app.stretches.clear()
        app.table.reread()
        async with asyncio.timeout(DEADLINE_S):
            while app.table._out_of_date:
                await pilot.pause()
        assert ledger.requests[-1] == (Direction.AROUND, 5)
        await pilot.press("down")
        await app.until_shown(pilot, "› ⚙ A-6")
        assert {y for y, _, _ in app.stretches} == {6, 7}


async def test_a_new_row_above_comes_into_sight_where_the_list_is_shown_from_its_start() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        ledger.rows.insert(0, Row(-1, "Globex"))
        app.table.reread()
        await pilot.pause()
        assert "Globex" in app.lines[1]
        assert app.selected == 1
        assert "A-1 " in app.lines[3]


async def test_elsewhere_a_new_row_above_leaves_the_cursor_on_its_line() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.action_move(60)
        await pilot.pause()
        line = next(line for line in app.lines if "A-60 " in line)
        at = app.lines.index(line)
        ledger.rows.insert(0, Row(-1, "Globex"))
        app.table.reread()
        await pilot.pause()
        assert app.lines[at] == line
        assert app.selected == 60


async def test_the_row_after_one_that_is_gone_takes_the_cursor_and_the_last_one_if_there_is_none() -> None:
    app = TableApp(ledger := Ledger(10))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "down", "down")
        del ledger.rows[3]
        app.table.reread()
        await pilot.pause()
        assert app.selected == 4
        await pilot.press("end")
        del ledger.rows[-1]
        app.table.reread()
        await pilot.pause()
        assert app.selected == 8
        ledger.rows.clear()
        app.table.reread()
        await pilot.pause()
        assert "No rows." in app.lines[1]
        ledger.rows.append(Row(77))
        app.table.reread()
        await pilot.pause()
        assert app.selected == 77


async def test_keys_do_not_wait_for_what_is_read_again_and_it_follows_them() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        ledger.gate.clear()
        app.table.reread()
        await pilot.pause()
        app.table.action_move(40)
        assert app.table.settled
        assert app.selected == 40
        ledger.change(38, "Globex")
        ledger.gate.set()
        await pilot.pause()
        await pilot.pause()
        assert app.selected == 40
        assert any("Globex" in line for line in app.lines)


async def test_what_changes_while_rows_are_on_their_way_is_read_after_them() -> None:
    app = TableApp(ledger := Ledger(1_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        ledger.gate.clear()
        await pilot.press("end")
        app.table.reread()
        ledger.gate.set()
        await pilot.pause()
        await pilot.pause()
        assert app.selected == 999
        assert ledger.requests[-2:] == [(Direction.LAST, None), (Direction.AROUND, 999)]


async def test_rows_that_cannot_be_read_again_stay_as_they_are() -> None:
    app = TableApp(ledger := Ledger(10))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        before = app.lines
        ledger.broken = True
        app.table.reread()
        await pilot.pause()
        assert app.lines == before
        assert app.table.settled
