"""What one types into: text fields, passwords, and choices."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.choice import Choice
from tui_billing.widgets.text_field import PasswordField, TextField

SIZE = (80, 24)
METHODS = ("Check", "Wire", "Cash", "Card by phone")


async def test_enter_in_a_text_field_submits_it() -> None:
    app = Host(field := TextField(), keep=(Input.Submitted,))
    async with app.run_test(size=SIZE) as pilot:
        field.focus()
        await pilot.press("1", "2", "enter")
        assert [message.value for message in app.seen] == ["12"]


async def test_a_text_field_neither_blinks_nor_has_a_border() -> None:
    async with Host(field := TextField()).run_test(size=SIZE):
        assert not field.cursor_blink
        assert field.outer_size.height == 1


async def test_editing_keys_take_effect_in_the_order_they_were_typed() -> None:
    app = Host(field := TextField(), keep=(Input.Submitted,))
    async with app.run_test(size=SIZE) as pilot:
        field.focus()
        await pilot.pause()
        for key, character in [("1", "1"), ("2", "2"), ("backspace", "\x7f"), ("3", "3"), ("home", None), ("9", "9")]:
            app.post_message(events.Key(key, character))
        app.post_message(events.Key("enter", "\r"))
        app.post_message(events.Key("7", "7"))
        await pilot.pause()
        assert [message.value for message in app.seen] == ["913"]


async def test_pasted_control_characters_are_made_visible() -> None:
    async with Host(field := TextField()).run_test(size=SIZE) as pilot:
        field.focus()
        field.post_message(events.Paste("a\tb\x1b]52;c;x\x07\u202e"))
        await pilot.pause()
        assert field.value == "a b�]52;c;x��"


async def test_a_huge_paste_is_refused_with_one_bell_and_without_delay() -> None:
    async with (app := Host(field := TextField(max_length=50))).run_test(size=SIZE) as pilot:
        bells: list[int] = []
        app.bell = lambda: bells.append(1)  # type: ignore[method-assign]
        field.focus()
        for _ in range(20):
            field.post_message(events.Paste("x" * 200_000))
        await pilot.pause()
        assert field.value == ""
        assert len(bells) == 1


async def test_a_text_field_shows_markup_as_it_was_typed() -> None:
    async with Host(field := TextField()).run_test(size=SIZE):
        field.value = "[b]x[/b][@click=app.quit]"
        assert "[b]x[/b][@click=app.quit]" in field.render_line(0).text


async def test_a_password_is_shown_as_dots_and_never_copied_or_cut() -> None:
    async with (app := Host(field := PasswordField())).run_test(size=SIZE) as pilot:
        copied: list[str] = []
        app.copy_to_clipboard = lambda text: copied.append(text)  # type: ignore[method-assign]
        field.focus()
        await pilot.press(*"secret", "ctrl+shift+a", "ctrl+c", "ctrl+x", "super+c")
        await pilot.pause()
        assert field.value == "secret"
        assert "secret" not in field.render_line(0).text
        assert "••••••" in field.render_line(0).text
        assert copied == []
        assert app.clipboard == ""


async def test_a_password_has_a_length_it_cannot_exceed() -> None:
    async with Host(field := PasswordField()).run_test(size=SIZE) as pilot:
        field.focus()
        field.post_message(events.Paste("x" * 1_000))
        field.post_message(events.Paste("y"))
        await pilot.pause()
        assert field.value == "x" * 1_000


async def test_arrows_and_space_go_round_the_values_of_a_choice() -> None:
    app = Host(choice := Choice(METHODS), keep=(Choice.Changed,))
    async with app.run_test(size=SIZE) as pilot:
        choice.focus()
        await pilot.press("left", "right", "space", "right")
        assert choice.value == "Cash"
        assert [message.value for message in app.seen] == ["Card by phone", "Check", "Wire", "Cash"]


async def test_a_first_letter_chooses_the_next_value_that_has_it() -> None:
    async with Host(choice := Choice(METHODS)).run_test(size=SIZE) as pilot:
        choice.focus()
        for key, value in [("c", "Cash"), ("c", "Card by phone"), ("C", "Check"), ("w", "Wire"), ("z", "Wire")]:
            await pilot.press(key)
            assert choice.value == value


async def test_enter_in_a_choice_submits_it() -> None:
    app = Host(choice := Choice(METHODS, "Wire"), keep=(Choice.Submitted,))
    async with app.run_test(size=SIZE) as pilot:
        choice.focus()
        await pilot.press("enter")
        assert [message.value for message in app.seen] == ["Wire"]


async def test_a_click_goes_on_and_a_click_on_the_left_arrow_goes_back() -> None:
    async with Host(choice := Choice(METHODS)).run_test(size=SIZE) as pilot:
        await pilot.click(choice, offset=(6, 0))
        assert choice.value == "Wire"
        await pilot.click(choice, offset=(1, 0))
        assert choice.value == "Check"
        assert lines(choice)[0].startswith("‹ Check         ›")


async def test_the_arrows_of_a_choice_show_that_it_has_the_focus() -> None:
    async with Host(choice := Choice(METHODS), TextField()).run_test(size=SIZE) as pilot:
        assert lines(choice)[0].startswith("‹ Check ")
        await pilot.press("tab")
        assert lines(choice)[0].startswith("  Check ")


async def test_setting_the_value_of_a_choice_shows_it() -> None:
    async with Host(choice := Choice(METHODS)).run_test(size=SIZE):
        choice.value = "Cash"
        assert "Cash" in lines(choice)[0]
