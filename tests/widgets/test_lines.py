"""The one- and two-line widgets: path, tabs, keys."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.key_bar import KeyBar
from tui_billing.widgets.path_line import PathLine, path_runs
from tui_billing.widgets.tab_line import Tab, TabLine

PATH = ("Accounts", "All Accounts", "Globex Corporation", "Usage and Billing", "Payments")
TABS = (Tab("all", "All", "1"), Tab("retail", "Retail", "2"), Tab("trial", "Trial"))


def path(width: int, *parts: str) -> str:
    return "".join(text for _, text in path_runs(parts or PATH, width))


def test_a_path_that_fits_is_shown_whole() -> None:
    assert path(78) == "Accounts › All Accounts › Globex Corporation › Usage and Billing › Payments"


def test_a_narrow_path_loses_its_middle_first_and_never_its_last_part() -> None:
    assert path(60) == "Accounts › … › Usage and Billing › Payments"
    assert path(28) == "Accounts › … › Payments"
    assert path(15) == "… › Payments"
    assert path(8) == "Payments"
    assert path(5) == "Paym…"
    assert path(0, "") == ""


async def test_the_second_line_has_the_user_at_the_left_and_the_database_at_the_right() -> None:
    widget = PathLine(*PATH, who="finance · Finance Admin", database="demo database")
    async with Host(widget).run_test(size=(80, 24)) as pilot:
        assert lines(widget)[1].startswith("finance · Finance Admin  ")
        assert lines(widget)[1].endswith(" demo database")
        widget.show("Log in", who="")
        await pilot.pause()
        assert lines(widget)[0].rstrip() == "Log in"
        assert lines(widget)[1].strip() == "demo database"


async def test_a_name_on_the_path_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    widget = PathLine("Accounts", "[@click=app.quit]PAY[/]\x1b[2J")
    async with Host(widget).run_test(size=(80, 24)):
        assert lines(widget)[0].rstrip() == "Accounts › [@click=app.quit]PAY[/]�[2J"


async def test_tabs_show_their_keys_and_the_note_stands_at_the_right() -> None:
    widget = TabLine(TABS, note="State: Active")
    async with Host(widget).run_test(size=(60, 5)):
        assert lines(widget)[0].startswith(" 1 All  2 Retail  Trial ")
        assert lines(widget)[0].endswith(" State: Active ")


async def test_the_active_tab_is_marked_without_colour() -> None:
    widget = TabLine(TABS, active="retail")
    async with Host(widget).run_test(size=(60, 5)):
        widget.show("trial")
        marked = [segment.text for segment in widget.render_line(0) if segment.style and segment.style.underline]
        assert marked == ["Trial"]


async def test_a_click_on_a_tab_chooses_it_and_a_click_between_tabs_does_not() -> None:
    app = Host(widget := TabLine(TABS), keep=(TabLine.TabChosen,))
    async with app.run_test(size=(60, 5)) as pilot:
        await pilot.click(widget, offset=(10, 0))
        await pilot.click(widget, offset=(7, 0))
        await pilot.click(widget, offset=(50, 0))
        await pilot.pause()
        assert [message.name for message in app.seen] == ["retail"]


class KeysApp(App[None]):
    BINDINGS = [
        Binding("g", "gear", "Actions"),
        Binding("r", "record", "Record Payment"),
        Binding("m", "make", "Make Payment"),
        Binding("z", "hidden", "Hidden", show=False),
        Binding("f1,question_mark", "help", "Help", key_display="F1"),
    ]
    allowed = {"gear", "record", "make", "help"}
    done: list[str]

    def compose(self) -> ComposeResult:
        self.done = []
        yield KeyBar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action in self.allowed if action in {"gear", "record", "make", "help"} else True

    def action_gear(self) -> None:
        self.done.append("gear")

    def action_record(self) -> None:
        self.done.append("record")

    def action_help(self) -> None:
        self.done.append("help")


def bar(app: App[None]) -> str:
    return lines(app.query_one(KeyBar))[0]


async def test_the_keys_in_force_are_shown_and_help_stands_at_the_right_end() -> None:
    async with (app := KeysApp()).run_test(size=(80, 10)):
        assert bar(app).split("  ")[:3] == ["g Actions", "r Record Payment", "m Make Payment"]
        assert bar(app).endswith(" F1 Help")
        assert "Hidden" not in bar(app)
        assert len(bar(app)) == app.query_one(KeyBar).size.width


async def test_a_narrow_bar_leaves_out_whole_entries_and_keeps_help() -> None:
    async with (app := KeysApp()).run_test(size=(40, 10)):
        assert bar(app).split() == ["g", "Actions", "r", "Record", "Payment", "F1", "Help"]


async def test_what_is_not_allowed_any_more_leaves_the_bar() -> None:
    async with (app := KeysApp()).run_test(size=(80, 10)) as pilot:
        app.allowed = {"gear", "help"}
        app.screen.refresh_bindings()
        await pilot.pause()
        assert "Record" not in bar(app)


async def test_letters_leave_the_bar_while_they_are_typed_into_a_field() -> None:
    async with (app := KeysApp()).run_test(size=(80, 10)) as pilot:
        await app.mount(field := Input())
        field.focus()
        await pilot.pause()
        assert bar(app).split() == ["F1", "Help"]


async def test_a_click_on_an_entry_presses_its_key() -> None:
    async with (app := KeysApp()).run_test(size=(80, 10)) as pilot:
        await pilot.click(KeyBar, offset=(14, 0))
        await pilot.click(KeyBar, offset=(78, 0))
        await pilot.click(KeyBar, offset=(60, 0))
        await pilot.pause()
        assert app.done == ["record", "help"]
