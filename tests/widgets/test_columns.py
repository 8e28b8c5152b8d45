import pytest
from rich.cells import cell_len

from tui_billing.widgets.columns import Column, place_columns
from tui_billing.widgets.fitting import fitted

COLUMNS = (
    Column("Gear", icon="⚙", priority=9),
    Column("Number", 10, priority=9),
    Column("Name", 20, grow=True, priority=8),
    Column("State", 10, priority=2),
    Column("User", 10, priority=2),
)


@pytest.mark.parametrize(
    "text", ["", "Acme", "漢字漢字漢字漢字", "e\u0301" * 30, "a\nb\x1b[31m", "[red]x[/]", "x" * 500]
)
@pytest.mark.parametrize("width", [0, 1, 2, 7, 12])
def test_a_cell_fills_its_width_exactly_whatever_the_text(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) == width
    assert cell_len(fitted(text, width, "right")) == width


def test_a_long_text_is_cut_with_an_ellipsis_by_cells_not_characters() -> None:
    assert fitted("Globex Corporation", 8) == "Globex …"
    assert fitted("漢字漢字", 6) == "漢字 …"


def test_control_characters_never_reach_a_cell() -> None:
    assert fitted("a\x1b]52;c;x\x07", 12) == "a�]52;c;x�  "


def test_amounts_stand_at_the_right() -> None:
    assert fitted("1.00", 6, "right") == "  1.00"


def test_the_growing_column_takes_what_is_left() -> None:
    placed = place_columns(COLUMNS, 77)
    assert [p.width for p in placed] == [1, 10, 77 - 1 - 1 - 10 - 2 - 2 - 10 - 2 - 10, 10, 10]
    assert placed[-1].left + placed[-1].width == 77


def test_the_least_important_columns_vanish_first_and_the_last_of_equals_before_the_others() -> None:
    assert [p.column.label for p in place_columns(COLUMNS, 50)] == ["Gear", "Number", "Name", "State"]
    assert [p.column.label for p in place_columns(COLUMNS, 40)] == ["Gear", "Number", "Name"]
    assert [p.column.label for p in place_columns(COLUMNS, 12)] == ["Gear", "Number"]


def test_a_column_wider_than_the_window_is_cut_to_it() -> None:
    assert [p.width for p in place_columns([Column("Name", 20)], 8)] == [8]


def test_cells_belong_to_the_columns_without_an_icon_in_order() -> None:
    assert [p.cell for p in place_columns(COLUMNS, 77)] == [None, 0, 1, 2, 3]
    assert [p.cell for p in place_columns(COLUMNS, 50)] == [None, 0, 1, 2]
