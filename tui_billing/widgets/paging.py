"""The rows a list holds: a bounded window over a list of any size, moved by keyset pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from typing import Generic

from tui_billing.domain.pages import Direction, Page, RowT

MAX_ROWS = 1_000

Fetch = Callable[[Direction, Hashable | None, int], Awaitable[Page[RowT] | None]]
"""Reads one page: direction, key (none for FIRST and LAST), most rows; none if it could not be read."""


class RowWindow(Generic[RowT]):
    """The rows in memory, which of them are visible, and which one the cursor is on."""

    def __init__(self) -> None:
        self.rows: list[RowT] = []
        self.before = self.after = False
        self.cursor = self.top = 0
        self.height = 1

    @property
    def current(self) -> RowT | None:
        """The row under the cursor, or none in an empty list."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def visible(self) -> list[RowT]:
        """The rows on the screen."""
        return self.rows[self.top : self.top + self.height]

    @property
    def more_above(self) -> bool:
        """Whether the list goes on above the screen."""
        return self.before or self.top > 0

    @property
    def more_below(self) -> bool:
        """Whether the list goes on below the screen."""
        return self.after or self.top + self.height < len(self.rows)

    def replace(self, page: Page[RowT], cursor: int, line: int) -> None:
        """Take the page's rows instead of all rows, with the cursor on one of them, at that line of the screen."""
        self.rows, self.before, self.after = list(page.rows), page.before, page.after
        self.cursor = max(0, min(cursor, len(self.rows) - 1))
        self.top = self.cursor - line
        self.reveal()

    def append(self, page: Page[RowT]) -> None:
        """Take the rows after the last one, and forget rows far above the screen."""
        self.rows.extend(page.rows)
        self.after = page.after and bool(page.rows)
        cut = max(0, min(len(self.rows) - MAX_ROWS, self.top - self.height))
        if cut:
            del self.rows[:cut]
            self._shift(-cut)
            self.before = True

    def prepend(self, page: Page[RowT]) -> None:
        """Take the rows before the first one, and forget rows far below the screen."""
        self.rows[:0] = page.rows
        self._shift(len(page.rows))
        # The screen may have become taller than what was here.
        self.reveal()
        self.before = page.before and bool(page.rows)
        keep = max(MAX_ROWS, self.top + 2 * self.height)
        if len(self.rows) > keep:
            del self.rows[keep:]
            self.after = True

    def move(self, delta: int) -> int:
        """Move the cursor; the answer is what must wait for rows that are not here yet."""
        target = self.cursor + delta
        self.cursor = max(0, min(target, len(self.rows) - 1))
        self.reveal()
        return self._left(target - self.cursor)

    def move_pages(self, pages: int) -> int:
        """Move cursor and screen by whole pages; the answer is the rows still to go when more have come."""
        self.top += pages * self.height
        return self.move(pages * self.height)

    def scroll(self, delta: int) -> int:
        """Move the screen, and the cursor if it would leave it; the answer is what must wait for rows to come."""
        target = self.top + delta
        self.top = max(0, min(target, len(self.rows) - self.height))
        self.cursor = max(self.top, min(self.cursor, self.top + self.height - 1, len(self.rows) - 1))
        return self._left(target - self.top)

    def reveal(self) -> None:
        """Bring the cursor onto the screen, and leave no empty lines while there are rows to fill them."""
        self.top = max(self.cursor - self.height + 1, min(self.top, self.cursor))
        self.top = max(0, min(self.top, len(self.rows) - self.height))

    def missing(self) -> Direction | None:
        """The side on which less than a screen is in reserve although the list goes on there."""
        if self.after and len(self.rows) - self.top < 2 * self.height:
            return Direction.AFTER
        if self.before and self.top < self.height:
            return Direction.BEFORE
        return None

    def _left(self, delta: int) -> int:
        goes_on = self.after if delta > 0 else self.before
        return delta if goes_on else 0

    def _shift(self, rows: int) -> None:
        self.cursor += rows
        self.top += rows
