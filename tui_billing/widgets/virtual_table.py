"""The one list of the desk: any number of rows, a few pages of them in memory, two lines painted per move."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic

from textual import events, work
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui_billing.domain.pages import Direction, RowT
from tui_billing.terminal.frames import happened
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.line_widget import LineWidget
from tui_billing.widgets.paging import Fetch
from tui_billing.widgets.row_feed import RowFeed
from tui_billing.widgets.table_lines import Painted, TableLines

NOT_READ = "Could not be read."
# Rows that are read ahead of the cursor, at least.
PAGE_ROWS = 100
AHEAD_S = 1 / 60
# Whoever goes elsewhere waits for no more than the screen and one more on each side where the list goes on.
SCREENS = {Direction.FIRST: 2, Direction.LAST: 2, Direction.AROUND: 4}
WHEEL_ROWS = 3


class TableMessage(Message):
    """A message of a table."""

    def __init__(self, table: VirtualTable[Any]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> VirtualTable[Any]:
        """The table this comes from."""
        return self.table


class RowMessage(TableMessage):
    """A message about one row of a table."""

    def __init__(self, table: VirtualTable[Any], row: Any) -> None:
        super().__init__(table)
        self.row = row


class VirtualTable(LineWidget, Generic[RowT], can_focus=True):
    """A list whose rows come in keyset pages; keys and clicks on rows that are still on their way wait for them."""

    DEFAULT_CSS = """
    VirtualTable { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First row", show=False),
        Binding("end", "last", "Last row", show=False),
        Binding("enter", "open", "Open", key_display="Enter"),
    ]
    OWN_KEYS: ClassVar[dict[str, str]] = {binding.key: binding.action for binding in Binding.make_bindings(BINDINGS)}

    class RowHighlighted(RowMessage, bubble=False):
        """The cursor came to another row, or its row was read anew; the row is none in an empty list.

        It is for the screen alone, and goes straight there: with each key, every widget on a way would take a turn.
        """

        def can_replace(self, message: Message) -> bool:
            """Of several moves in a row only the last one counts."""
            return isinstance(message, VirtualTable.RowHighlighted) and message.table is self.table

    class RowOpened(RowMessage):
        """Enter or a double click on a row."""

    class IconPressed(RowMessage):
        """A click on a row's icon; `column` is the label of the icon's column."""

        def __init__(self, table: VirtualTable[Any], row: Any, column: str) -> None:
            super().__init__(table, row)
            self.column = column

    class HeaderPressed(TableMessage):
        """A click on the label of a column."""

        def __init__(self, table: VirtualTable[Any], column: str) -> None:
            super().__init__(table)
            self.column = column

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        cells: Callable[[RowT], Sequence[str | Cell]],
        key: Callable[[RowT], Hashable],
        empty: str = "Nothing here.",
        opens: bool = True,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        self._lines: TableLines[RowT] = TableLines(self, columns, cells)
        super().__init__(id=id, classes=classes)
        self._opens = opens
        self._feed: RowFeed[RowT] = RowFeed(key)
        self._fetch: Fetch[RowT] | None = None
        self._loading: tuple[Direction, Hashable | None] | None = None
        self._empty = empty
        self._status = ""
        self._highlighted: RowT | None = None
        self._painted = Painted()
        # Set while something that others changed is still to be read; each time it is another one.
        self._out_of_date: object | None = None
        self._renewing = False
        # Set once somebody waits for the rows that are read ahead.
        self._needed = asyncio.Event()

    @property
    def selected_row(self) -> RowT | None:
        """The row under the cursor, or none."""
        return self._feed.window.current

    @property
    def settled(self) -> bool:
        """Whether every key so far has been honoured."""
        return self._feed.settled

    def show_source(self, fetch: Fetch[RowT], select_key: Hashable | None = None, empty: str | None = None) -> None:
        """Show the rows this fetch gives, from the first or around a key, instead of those before."""
        self._fetch = fetch
        self._empty = self._empty if empty is None else empty
        self._status = "Loading…"
        self._feed.start(select_key)
        self._sync(anew=True)

    def reload(self, select_key: Hashable | None = None) -> None:
        """Read the rows again; the cursor stays on its row, or goes to the one with this key."""
        self._feed.reload(select_key)
        self._sync()

    def reread(self) -> None:
        """Read what is on the screen again, beneath the keys; the cursor stays on its row, and what is as it was is not
        painted.
        """
        self._out_of_date = object()
        if self._fetch is not None and self._loading is None and not self._renewing and self.is_mounted:
            self._load()

    def when_settled(self, callback: Callable[[], object]) -> None:
        """Call back once the keys pressed so far have been honoured: at once, or when their rows have come."""
        self._feed.when_settled(callback)
        self._sync()

    def draw_line(self, y: int) -> Strip:
        """One line: the header, a row, or a word on why there are none."""
        window = self._feed.window
        visible = window.visible
        if y == 0:
            return self._lines.header()
        if y > len(visible):
            return self._lines.status(self._status) if y == 1 else self._lines.blank()
        more_above, more_below = y == 1 and window.more_above, y == len(visible) and window.more_below
        return self._lines.row(visible[y - 1], window.top + y - 1 == window.cursor, more_above, more_below)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A list whose rows open nothing offers no Enter."""
        return self._opens if action == "open" else super().check_action(action, parameters)

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self._feed.move(rows)
        self._sync()

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens."""
        self._feed.turn(pages)
        self._sync()

    def action_first(self) -> None:
        """Go to the first row of the whole list."""
        self._feed.jump(Direction.FIRST)
        self._sync()

    def action_last(self) -> None:
        """Go to the last row of the whole list."""
        self._feed.jump(Direction.LAST)
        self._sync()

    def action_open(self) -> None:
        """Open the row under the cursor."""
        self.when_settled(self._post_opened)

    def _post_opened(self) -> None:
        if self.selected_row is not None:
            self.post_message(self.RowOpened(self, self.selected_row))

    async def _on_key(self, event: events.Key) -> None:
        # As bindings they would go through every widget above before they come back here.
        if event.key in self.OWN_KEYS and await self.app.run_action(self.OWN_KEYS[event.key], self):
            event.stop()
            event.prevent_default()

    def on_mount(self) -> None:
        """Read the source that was given before the table was on the screen."""
        self._sync()

    def _on_resize(self, event: events.Resize) -> None:
        self._feed.resize(max(1, event.size.height - 1))
        self._sync()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._feed.scroll(WHEEL_ROWS)
        self._sync()

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._feed.scroll(-WHEEL_ROWS)
        self._sync()

    def _on_mouse_move(self, event: events.MouseMove) -> None:
        x, y = event.get_content_offset_capture(self)
        column = self._lines.column_at(x) if 0 < y <= len(self._feed.window.visible) else None
        tooltip = column.tooltip if column is not None and column.tooltip else None
        if tooltip != self.tooltip:
            self.tooltip = tooltip

    async def _on_click(self, event: events.Click) -> None:
        x, y = event.get_content_offset_capture(self)
        window = self._feed.window
        column = self._lines.column_at(x)
        if y == 0 and column is not None:
            self.post_message(self.HeaderPressed(self, column.label))
        if not self.settled or not 0 < y <= len(window.visible):
            return
        self._feed.move(window.top + y - 1 - window.cursor)
        self._sync()
        if column is not None and column.icon:
            self.post_message(self.IconPressed(self, self.selected_row, column.label))
        elif event.chain == 2 and self._opens:
            self._post_opened()

    # Exclusive: an older answer can never overwrite a newer one.
    @work(exclusive=True, group="rows")
    async def _load(self) -> None:
        while (wanted := self._feed.requested) is not None:
            await self._take(wanted)
        self._renewing = True
        try:
            while (out_of_date := self._out_of_date) is not None:
                await self._renew(out_of_date)
        finally:
            self._renewing = False

    async def _take(self, wanted: tuple[Direction, Hashable | None]) -> None:
        assert self._fetch is not None, "show_source() comes first"
        self._loading = wanted
        # Before the list knows its place, the terminal's height is more than enough.
        height = self.size.height or self.app.size.height
        replaced = self._feed.replacing
        if not replaced:
            await self._when_needed()
        page = await self._fetch(*wanted, SCREENS[wanted[0]] * height if replaced else max(PAGE_ROWS, 3 * height))
        if page is None:
            self._status = NOT_READ
            self._feed.fail()
        else:
            self._status = self._empty
            self._feed.take(page)
        # What the page made necessary, this worker reads next.
        self._loading = self._feed.requested
        self._sync(anew=replaced)

    async def _when_needed(self) -> None:
        """Let what was asked for be painted before rows are read ahead, unless a key or the screen waits for them."""
        if not self._feed.is_waited_for:
            self._needed.clear()
            await happened(self._needed, AHEAD_S)

    async def _renew(self, out_of_date: object) -> None:
        assert self._fetch is not None, "show_source() comes first"
        direction, key = self._feed.here
        page = await self._fetch(direction, key, SCREENS[direction] * self._feed.window.height)
        if page is not None:
            self._status = self._empty
        # A key may have led on to other rows meanwhile: then those are read next.
        if (page is None or self._feed.renew(key, page)) and self._out_of_date is out_of_date:
            self._out_of_date = None
        self._sync()

    def _sync(self, anew: bool = False) -> None:
        """Bring the screen, the listeners and the worker up to what the feed now holds."""
        if self._feed.is_waited_for:
            self._needed.set()
        self._repaint(anew)
        row = self.selected_row
        if row is not self._highlighted and not self._feed.replacing:
            self._highlighted = row
            self.screen.post_message(self.RowHighlighted(self, row))
        requested = self._feed.requested
        if self.is_mounted and requested is not None and requested is not self._loading:
            self._loading = requested
            self._load()

    def _repaint(self, anew: bool) -> None:
        window = self._feed.window
        status = "" if window.rows else self._status
        painted = Painted(
            window.visible, window.cursor - window.top + 1, (window.more_above, window.more_below), status
        )
        before, self._painted = self._painted, painted
        self.repaint(range(1 + window.height) if anew else painted.difference(before))

    def _forget(self) -> None:
        super()._forget()
        self._lines.forget()
