"""A list of numbered rows of any size, read in pages like a database would give them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field

from textual.app import ComposeResult
from textual.screen import Screen

from tests.widgets.hosting import Painted
from tui_billing.domain.pages import Direction, Page
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.virtual_table import VirtualTable


@dataclass(frozen=True)
class Row:
    number: int
    name: str = "Acme"


def read(count: int, direction: Direction, key: Hashable | None, limit: int) -> Page[Row]:
    at = key if isinstance(key, int) else 0
    first = {
        Direction.FIRST: 0,
        Direction.LAST: count - limit,
        Direction.AFTER: at + 1,
        Direction.BEFORE: at - limit,
        Direction.AROUND: at - limit // 2,
    }[direction]
    last = min(count, first + limit)
    first = max(0, first)
    return Page(tuple(Row(n) for n in range(first, last)), first > 0, last < count)


@dataclass
class Source:
    """Counts what it was asked for; with the gate shut, answers wait."""

    count: int
    requests: list[tuple[Direction, Hashable | None]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Row] | None:
        self.requests.append((direction, key))
        await self.gate.wait()
        return None if self.broken else read(self.count, direction, key, limit)


COLUMNS = (
    Column("Gear", icon="⚙", tooltip="Actions", priority=9),
    Column("Number", 12, priority=9),
    Column("Name", 10, grow=True, priority=8),
    Column("State", 10, priority=3),
    Column("Balance", 12, align="right", priority=5),
)


class TableScreen(Screen[None]):
    """Hears which row is highlighted."""

    app: TableApp

    def on_virtual_table_row_highlighted(self, message: VirtualTable.RowHighlighted) -> None:
        self.app.seen.append(("highlighted", message.row.number if message.row else None))


class TableApp(Painted):
    """A table of numbered rows that writes down its messages."""

    def __init__(self, source: Source, opens: bool = True) -> None:
        super().__init__()
        self.source = source
        self.table: VirtualTable[Row] = VirtualTable(
            COLUMNS, cells=cells, key=lambda row: row.number, empty="No rows.", opens=opens
        )
        self.seen: list[tuple[str, int | None]] = []

    def get_default_screen(self) -> TableScreen:
        return TableScreen()

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show_source(self.source.fetch)
        self.table.focus()

    def on_virtual_table_row_opened(self, message: VirtualTable.RowOpened) -> None:
        self.seen.append(("opened", message.row.number))

    def on_virtual_table_icon_pressed(self, message: VirtualTable.IconPressed) -> None:
        self.seen.append((message.column, message.row.number))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    @property
    def selected(self) -> int | None:
        row = self.table.selected_row
        return None if row is None else row.number


def cells(row: Row) -> list[str | Cell]:
    return [f"A-{row.number}", row.name, Cell("Active", "positive"), f"{row.number}.00 USD"]
