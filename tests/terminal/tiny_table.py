"""A list of ten million rows and a key bar on the desk's terminal layer."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.binding import Binding

from tests.widgets.rows import COLUMNS, Row, Source, cells
from tui_billing.terminal.driver import DeskDriver
from tui_billing.widgets.key_bar import KeyBar
from tui_billing.widgets.virtual_table import VirtualTable


class TinyTable(App[None]):
    """Ten million rows."""

    BINDINGS = [Binding("ctrl+q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield VirtualTable[Row](COLUMNS, cells=cells, key=lambda row: row.number)
        yield KeyBar()

    def on_mount(self) -> None:
        table = self.query_one(VirtualTable)
        table.show_source(Source(10_000_000).fetch)
        table.focus()


if __name__ == "__main__":
    TinyTable(driver_class=DeskDriver).run()
