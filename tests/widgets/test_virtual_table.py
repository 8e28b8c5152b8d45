import asyncio

import pytest
from textual.events import Key, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.widget import Widget

from tests.widgets.hosting import DEADLINE_S
from tests.widgets.rows import Row, Source, TableApp, cells, read
from tui_billing.domain.pages import Direction
from tui_billing.widgets import virtual_table
from tui_billing.widgets.columns import Cell

SIZE = (80, 24)


def wheel(kind: type[MouseEvent], widget: Widget) -> MouseEvent:
    return kind(widget, x=5, y=5, delta_x=0, delta_y=0, button=0, shift=False, meta=False, ctrl=False)


async def test_it_shows_a_header_and_the_first_rows() -> None:
    app = TableApp(Source(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.lines[0].split() == ["Number", "Name", "State", "Balance"]
        assert app.lines[1].split() == ["›", "⚙", "A-0", "Acme", "Active", "0.00", "USD"]
        assert app.lines[4].strip() == ""
        assert all(len(line) == 80 for line in app.lines)
        assert app.seen == [("highlighted", 0)]


async def test_hundreds_of_downs_at_once_land_as_many_rows_down() -> None:
    app = TableApp(Source(10_000_000))
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(200):
            app.post_message(Key("down", None))
        await pilot.press("down")
        assert app.selected == 201


async def test_keys_wait_for_the_rows_they_need_and_keep_their_order() -> None:
    app = TableApp(source := Source(10_000))
    source.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end", "up", "up", "enter", "home", "pagedown", "j")
        assert app.selected is None
        assert not app.table.settled
        source.gate.set()
        await pilot.pause()
        await pilot.pause()
        assert ("opened", 9_997) in app.seen
        assert app.selected == 24
        assert app.table.settled


async def test_a_screens_own_key_acts_on_the_row_the_keys_before_it_lead_to() -> None:
    app = TableApp(source := Source(10_000))
    source.gate.clear()
    acted: list[int | None] = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 5)
        app.table.when_settled(lambda: acted.append(app.selected))
        assert acted == []
        source.gate.set()
        await pilot.pause()
        assert acted == [5]


async def test_end_and_home_read_the_ends_of_a_long_list_and_paging_moves_the_screen() -> None:
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end")
        await pilot.pause()
        assert app.selected == 999_999
        assert "999999" in app.lines[-1]
        await pilot.press("pageup")
        assert app.selected == 999_999 - 23
        await pilot.press("home")
        await pilot.pause()
        assert app.selected == 0


async def test_what_was_asked_for_is_painted_before_rows_are_read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_table, "AHEAD_S", 2 * DEADLINE_S)
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end")
        await app.until_shown(pilot, "A-999999")
        await pilot.press("pageup")
        await app.until_shown(pilot, f"A-{999_999 - 23}")
        assert [direction for direction, _ in app.source.requests] == [Direction.FIRST, Direction.LAST]


async def test_rows_ahead_are_read_before_they_are_needed() -> None:
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(DEADLINE_S):
        await pilot.press("end", "pageup")
        while app.source.requests[-1][0] != Direction.BEFORE:
            await pilot.pause()
        assert app.selected == 999_999 - 23


async def test_a_window_that_grows_at_the_end_of_a_list_is_filled_from_above() -> None:
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(DEADLINE_S):
        await pilot.press("end")
        await app.until_shown(pilot, "A-999999")
        await pilot.resize_terminal(80, 3 * SIZE[1])
        while len(app.lines) != 3 * SIZE[1] or "A-999999" not in app.lines[-1]:
            await pilot.pause()
        assert f"A-{1_000_000 - 3 * SIZE[1] + 1}" in app.lines[1]


async def test_no_turn_of_the_wheel_is_lost_for_want_of_rows() -> None:
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(DEADLINE_S):
        await app.until_shown(pilot, "A-0 ")
        for _ in range(100):
            app.table.post_message(wheel(MouseScrollDown, app.table))
        await app.until_shown(pilot, "A-300 ")


async def test_a_key_that_needs_the_rows_ahead_has_them_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virtual_table, "AHEAD_S", 2 * DEADLINE_S)
    app = TableApp(Source(1_000_000))
    async with app.run_test(size=SIZE) as pilot, asyncio.timeout(DEADLINE_S):
        await pilot.press(*["pagedown"] * 3)
        while app.selected != 3 * 23:
            await pilot.pause()


async def test_the_line_ends_say_whether_the_list_goes_on() -> None:
    app = TableApp(Source(40))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert (app.lines[1][-1], app.lines[-1][-1]) == (" ", "↓")
        await pilot.press("pagedown")
        assert (app.lines[1][-1], app.lines[-1][-1]) == ("↑", " ")


async def test_the_wheel_scrolls_and_the_cursor_stays_on_the_screen() -> None:
    app = TableApp(Source(100))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.post_message(wheel(MouseScrollDown, app.table))
        await pilot.pause()
        assert "A-3 " in app.lines[1]
        assert app.selected == 3
        await pilot.press("end")
        app.table.post_message(wheel(MouseScrollUp, app.table))
        await pilot.pause()
        assert app.selected == 96


async def test_reloading_keeps_the_cursor_on_its_row_and_line() -> None:
    app = TableApp(source := Source(100_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 50)
        lines = app.lines
        app.table.reload()
        await pilot.pause()
        assert source.requests[-1] == (Direction.AROUND, 50)
        assert app.selected == 50
        assert app.lines == lines


async def test_reloading_can_select_a_new_row_by_its_key() -> None:
    app = TableApp(Source(100_000))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.reload(select_key=70_000)
        await pilot.press("down")
        await pilot.pause()
        assert app.selected == 70_001


async def test_a_row_that_is_gone_after_a_reload_leaves_the_cursor_on_the_screen() -> None:
    app = TableApp(source := Source(10))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("end")
        source.count = 4
        app.table.reload()
        await pilot.pause()
        assert app.selected is not None


async def test_an_older_answer_never_overwrites_a_newer_one() -> None:
    app = TableApp(slow := Source(100))
    slow.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.show_source(Source(7).fetch)
        await pilot.pause()
        slow.gate.set()
        await pilot.pause()
        await pilot.press("end")
        assert app.selected == 6


async def test_an_empty_list_says_so_and_tells_that_no_row_is_highlighted() -> None:
    app = TableApp(source := Source(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down")
        source.count = 0
        app.table.show_source(source.fetch, empty="No account matches.")
        assert "Loading…" in app.lines[1]
        await pilot.pause()
        assert "No account matches." in app.lines[1]
        await pilot.press("down", "enter", "end", "pageup")
        assert app.seen == [("highlighted", 0), ("highlighted", 1), ("highlighted", None)]


async def test_a_page_that_cannot_be_read_drops_the_waiting_keys_and_a_reload_tries_again() -> None:
    app = TableApp(source := Source(5))
    source.broken = True
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        assert "Could not be read." in app.lines[1]
        source.broken = False
        app.table.reload()
        await pilot.pause()
        assert app.selected == 0
        assert ("opened", 1) not in app.seen


async def test_a_click_selects_a_double_click_opens_and_a_click_on_the_gear_says_so() -> None:
    app = TableApp(Source(50))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.click(app.table, offset=(20, 4))
        assert app.selected == 3
        await pilot.click(app.table, offset=(2, 6))
        await pilot.click(app.table, offset=(30, 8), times=2)
        await pilot.pause()
        assert app.seen[1:] == [
            ("highlighted", 3),
            ("highlighted", 5),
            ("Gear", 5),
            ("highlighted", 7),
            ("opened", 7),
        ]


async def test_a_click_on_the_header_or_below_the_last_row_does_nothing() -> None:
    app = TableApp(Source(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.click(app.table, offset=(2, 0))
        await pilot.click(app.table, offset=(2, 9))
        assert app.seen == [("highlighted", 0)]


async def test_the_icon_has_a_tooltip_and_other_columns_have_none() -> None:
    app = TableApp(Source(3))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.hover(app.table, offset=(2, 2))
        assert app.table.tooltip == "Actions"
        await pilot.hover(app.table, offset=(20, 2))
        assert app.table.tooltip is None


async def test_a_move_repaints_the_cursor_s_cells_of_two_lines_only() -> None:
    app = TableApp(Source(100))
    async with app.run_test(size=SIZE) as pilot:
        await app.until_shown(pilot, "› ⚙ A-0", f"A-{SIZE[1] - 2} ")
        app.stretches.clear()
        await pilot.press("down")
        await app.until_shown(pilot, "› ⚙ A-1")
        assert app.stretches == [(y, *cells) for y in (1, 2) for cells in ((0, 1), (4, 16))]


async def test_a_row_that_comes_to_another_line_is_not_drawn_again() -> None:
    app = TableApp(Source(100))
    async with app.run_test(size=SIZE) as pilot:
        await app.until_shown(pilot, "› ⚙ A-0")
        await pilot.press(*["down"] * 30)
        await app.until_shown(pilot, "› ⚙ A-30", "A-29")
        drawn: list[int] = []

        def noted(row: Row) -> list[str | Cell]:
            drawn.append(row.number)
            return cells(row)

        app.table._lines._cells = noted
        await pilot.press("down")
        await app.until_shown(pilot, "› ⚙ A-31", "  ⚙ A-30", "A-29")
        assert set(drawn) == {30, 31, 31 - SIZE[1] + 2}, "the cursor's, and the one that says that more is above"


async def test_a_list_whose_rows_open_nothing_offers_no_enter() -> None:
    app = TableApp(Source(3), opens=False)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        assert "enter" not in app.screen.active_bindings
        assert app.seen == [("highlighted", 0)]


async def test_names_are_never_markup() -> None:
    app = TableApp(Source(1))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        row = read(1, Direction.FIRST, None, 1).rows[0]
        object.__setattr__(app.table.selected_row, "name", "[@click=app.quit]P[/]")
        app.table.refresh()
        assert row.name == "Acme"
        assert "[@click=app.quit]P[/]" in app.lines[1]


async def test_a_narrow_window_keeps_the_important_columns() -> None:
    app = TableApp(Source(30))
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press("end")
        assert app.lines[0].split() == ["Number"]
        assert app.lines[4].split() == ["›", "⚙", "A-29"]
