"""A form: what it says around its fields and buttons, and what is wrong below them."""

from __future__ import annotations

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.button import Button
from tui_billing.widgets.field import Field
from tui_billing.widgets.form import Buttons, Form, Words
from tui_billing.widgets.text_field import TextField

SIZE = (60, 12)


async def test_an_error_stands_under_its_field_which_gets_the_cursor_and_what_is_below_makes_room() -> None:
    first, second = Field("Amount", TextField(), "due: 12.00"), Field("Memo", TextField())
    form = Form(first, second)
    async with Host(form).run_test(size=SIZE) as pilot:
        second.widget.focus()
        first.show_error("Amount [b]is[/b] required, and it is required in the currency of the account.")
        await pilot.pause()
        assert first.widget.has_focus
        assert [line.rstrip() for line in lines(form)] == [
            f"Amount{'due: 12.00':>40}",
            f"{'':18}! Amount [b]is[/b] required, and it is",
            f"{'':18}required in the currency of the account.",
            "Memo",
        ]
        assert second.widget.region.y == 3
        first.show_error("")
        await pilot.pause()
        assert (first.error, form.size.height, second.widget.region.y) == ("", 2, 1)


async def test_words_and_buttons_are_where_the_form_has_them() -> None:
    words = Words("Nothing yet", mark="▌ ", least=2)
    ok, cancel = Button("OK"), Button("Cancel")
    form = Form(Field("Memo", TextField()), words, Buttons(ok, cancel))
    async with Host(form).run_test(size=SIZE) as pilot:
        assert [line.rstrip() for line in lines(form)] == ["Memo", "▌ Nothing yet", "▌", ""]
        assert (ok.region.right, cancel.region.right, cancel.region.y) == (46, 60, 3)
        words.show("One", "two", "three")
        await pilot.pause()
        assert [line.rstrip() for line in lines(form)] == ["Memo", "▌ One", "▌ two", "▌ three", ""]
        assert ok.region.y == cancel.region.y == 4
        ok.label = "A longer label"
        await pilot.pause()
        assert ok.region.right == 46


async def test_a_field_moves_up_though_the_form_takes_as_many_lines_as_before() -> None:
    above, field, below = Words("One", "two"), Field("Memo", TextField()), Words("three")
    async with Host(Form(above, field, below)).run_test(size=SIZE) as pilot:
        above.show("One")
        below.show("two", "three")
        await pilot.pause()
        assert field.widget.region.y == 1


async def test_a_fixed_field_stays_so_whatever_becomes_of_the_others() -> None:
    fixed, free = Field("Card", TextField(), fixed=True), Field("Memo", TextField())
    for enabled in (False, True):
        for field in (fixed, free):
            field.enable(enabled)
        assert (fixed.widget.disabled, free.widget.disabled) == (True, not enabled)
