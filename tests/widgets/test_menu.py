"""The list of things to choose from: what is marked, scrolled to and clicked."""

from __future__ import annotations

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.menu import Menu

ENTRIES = [[[("", f"Entry {n}")], [("muted", f"reason {n}")]] for n in range(20)]


async def test_the_marked_entry_is_always_in_sight_whole_and_the_first_comes_after_the_last() -> None:
    menu = Menu(ENTRIES, 18)
    menu.styles.height = 5
    async with Host(menu).run_test(size=(40, 10)):
        assert [line.rstrip() for line in lines(menu)[-2:]] == ["› Entry 18", "  reason 18"]
        menu.move(1)
        menu.move(1)
        assert menu.current == 0
        assert [line.rstrip() for line in lines(menu)[:3]] == ["› Entry 0", "  reason 0", "  Entry 1"]
        menu.page(-1)
        assert menu.current == 0
        menu.page(9)
        assert menu.current == 19
        assert [line.rstrip() for line in lines(menu)[-2:]] == ["› Entry 19", "  reason 19"]


async def test_a_click_marks_an_entry_whatever_has_been_scrolled_and_says_so() -> None:
    menu = Menu(ENTRIES, 19)
    menu.styles.height = 4
    async with (app := Host(menu, keep=(Menu.Chosen,))).run_test(size=(40, 10)) as pilot:
        await pilot.click(menu, offset=(5, 1))
        assert (menu.current, len(app.seen)) == (18, 1)


async def test_without_entries_it_says_so_and_nothing_can_be_marked() -> None:
    async with (app := Host(menu := Menu(empty="No matches found"), keep=(Menu.Chosen,))).run_test(size=(40, 10)) as it:
        menu.move(1)
        menu.page(1)
        assert [line.rstrip() for line in lines(menu)] == ["  No matches found"]
        await it.click(menu)
        assert app.seen == []
        menu.show(ENTRIES)
        assert menu.current == 0
