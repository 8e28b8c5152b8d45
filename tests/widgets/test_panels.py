"""Details and the bar chart."""

from __future__ import annotations

import pytest

from tests.widgets.hosting import Host, lines
from tui_billing.widgets.bar_chart import Bar, BarChart
from tui_billing.widgets.details import Detail, Details, detail_lines

DETAILS = [Detail("Number", "A-1"), Detail("State", "Active", "positive"), Detail("Terms", "30 days")]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def text(details: list[Detail], width: int, height: int) -> list[str]:
    return ["".join(part for _, part in line).rstrip() for line in detail_lines(details, width, height)]


def test_labels_and_values_stand_in_columns() -> None:
    assert text(DETAILS, 40, 10) == ["Number            A-1", "State             Active", "Terms             30 days"]


def test_a_long_value_is_wrapped_between_words_and_a_long_word_within() -> None:
    lines_of_value = text([Detail("Card", "Visa ending in 4242 " + "x" * 30)], 36, 10)
    assert lines_of_value == [
        "Card              Visa ending in",
        "                  4242",
        "                  " + "x" * 18,
        "                  " + "x" * 12,
    ]


def test_more_details_than_lines_are_shown_in_two_columns_if_they_fit_side_by_side() -> None:
    assert text(DETAILS, 78, 2) == [
        "Number            A-1                   Terms             30 days",
        "State             Active",
    ]
    assert len(text(DETAILS, 50, 2)) == 3


def test_headings_and_lines_without_label() -> None:
    assert text([Detail("History"), Detail("", "recorded by finance")], 40, 9) == ["History", "recorded by finance"]


async def test_values_are_neither_markup_nor_commands_to_the_terminal() -> None:
    widget = Details("[/]\x1b", [("Name", "[b]x[/b]\n\x9b2J")])
    async with Host(widget).run_test(size=(60, 10)):
        assert [line.rstrip() for line in lines(widget)[:2]] == ["[/]�", "Name              [b]x[/b]��2J"]


async def test_other_details_paint_only_the_cells_that_differ() -> None:
    widget = Details("Globex", DETAILS)
    app = Host(widget, size=(60, 10))
    async with app.run_test(size=(60, 10)) as pilot:
        await app.until_shown(pilot, "Globex", "30 days")
        app.stretches.clear()
        widget.show("Globex", [DETAILS[0], Detail("State", "Closed"), DETAILS[2]])
        await app.until_shown(pilot, "Closed")
        assert app.stretches == [(2, 19, 19 + len("Closed"))]
        app.stretches.clear()
        widget.show("Acme", [DETAILS[0], Detail("State", "Closed"), DETAILS[2]])
        await app.until_shown(pilot, "Acme")
        assert app.stretches == [(0, 1, 1 + len("Globex"))]


async def test_what_was_composed_and_never_painted_is_painted_with_what_comes_after_it() -> None:
    widget = Details("Globex", DETAILS)
    app = Host(widget, size=(60, 10))
    async with app.run_test(size=(60, 10)) as pilot:
        await app.until_shown(pilot, "Globex", "30 days")
        widget.show("Initech Limited", DETAILS)
        lines(widget)
        app.screen._compositor.update_widgets({widget})
        assert app.screen._compositor.render_update() is not None, "and it comes to nothing"
        widget.show("Initial Limits", DETAILS)
        await app.until_shown(pilot, "Initial Limits")


async def test_a_frame_beside_and_around_the_lines_stays_as_they_change() -> None:
    class Framed(Host):
        CSS = "Details { border-left: solid red; border-top: solid red; padding: 0 1; }"

    widget = Details("Globex", DETAILS)
    app = Framed(widget, size=(60, 10))
    async with app.run_test(size=(60, 10)) as pilot:
        widget.show("Acme", DETAILS[:2])
        await app.until_shown(pilot, "│ Acme", "│ Number            A-1", "│\n")
        widget.styles.border_left = ("double", "red")
        await app.until_shown(pilot, "║ Acme", "║ Number            A-1", "║\n")
        assert "────" in app.terminal.text.splitlines()[0]


def chart(**options: object) -> BarChart:
    bars = [Bar(month, index * 100, 1_100 - index * 100) for index, month in enumerate(MONTHS)]
    return BarChart("Charges", "Payments", bars, lambda amount: f"{amount:,}.00 USD")


@pytest.mark.parametrize("width", [78, 120])
async def test_twelve_months_fit_and_their_labels_do_not_touch(width: int) -> None:
    widget = chart()
    async with Host(widget).run_test(size=(width, 24)):
        assert lines(widget)[-1].split() == MONTHS
        assert lines(widget)[0].rstrip() == "█ Charges   ▒ Payments"
        assert lines(widget)[1].startswith("1,100.00 USD│")
        assert lines(widget)[-2].startswith("    0.00 USD│")


async def test_a_narrow_chart_shows_the_last_months() -> None:
    widget = chart()
    async with Host(widget).run_test(size=(40, 24)):
        assert lines(widget)[-1].split() == MONTHS[-6:]


async def test_bars_are_as_high_as_their_amounts_and_told_apart_without_colour() -> None:
    widget = BarChart("Charges", "Payments", [Bar("Jan", 80, 40), Bar("Feb", 0, 1)])
    async with Host(widget).run_test(size=(40, 24)):
        body = lines(widget)[1:-1]
        assert sum("█" in line for line in body) == len(body)
        assert sum(line[8:11].count("▒") > 0 for line in body) == len(body) // 2
        assert "▒" in body[-1][12:]
        assert not any("▒" in line[12:] for line in body[:-1])


@pytest.mark.parametrize("bars", [[], [Bar("Jan", 0, 0)], [Bar("Jan", -5, 0)]])
async def test_a_chart_without_amounts_is_empty(bars: list[Bar]) -> None:
    widget = BarChart("Charges", "Payments", bars)
    async with Host(widget).run_test(size=(40, 24)):
        assert not any(glyph in line for line in lines(widget)[1:] for glyph in "█▒▁▄")
