"""The button of one line."""

from __future__ import annotations

import pytest

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.button import Button


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_enter_and_space_press_the_button_with_the_focus(key: str) -> None:
    app = Host(first := Button("OK"), Button("Cancel"), keep=(Button.Pressed,))
    async with app.run_test() as pilot:
        first.focus()
        await pilot.press(key)
        assert [pressed.button for pressed in app.seen] == [first]


async def test_a_click_presses_a_button_and_one_that_is_disabled_takes_none() -> None:
    app = Host(Button("OK", id="ok"), Button("Cancel", id="cancel"), keep=(Button.Pressed,))
    async with app.run_test() as pilot:
        app.query_one("#ok", Button).disabled = True
        await pilot.click("#ok")
        await pilot.click("#cancel")
        assert {pressed.button.id for pressed in app.seen} == {"cancel"}


async def test_another_label_is_shown_in_the_middle_with_room_for_it() -> None:
    app = Host(Button("first"), button := Button("OK"))
    async with app.run_test() as pilot:
        assert lines(button) == ["[   OK   ]"]
        button.label = "Issue [b]Credit"
        await pilot.pause()
        assert lines(button) == ["[  Issue [b]Credit  ]"]


async def test_the_button_with_the_focus_can_be_told_without_colour() -> None:
    app = Host(Button("OK", id="ok"), Button("Cancel", id="cancel"))
    async with app.run_test() as pilot:
        ok, cancel = app.query_one("#ok", Button), app.query_one("#cancel", Button)
        ok.focus()
        await pilot.pause()
        assert [lines(ok), lines(cancel)] == [["[ › OK   ]"], ["[  Cancel  ]"]]
        cancel.focus()
        await pilot.pause()
        assert [lines(ok), lines(cancel)] == [["[   OK   ]"], ["[› Cancel  ]"]]
