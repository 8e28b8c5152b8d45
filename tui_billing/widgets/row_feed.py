"""What the operator asked of a list, done in order, with the pages it needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from functools import partial
from typing import Generic

from tui_billing.domain.pages import Direction, Page, RowT
from tui_billing.widgets.paging import RowWindow

REPLACING = frozenset({Direction.FIRST, Direction.LAST, Direction.AROUND})

Command = Callable[[], "Command | None"]
"""One thing that was asked for; it gives back what is left of it when it must wait for rows."""


class RowFeed(Generic[RowT]):
    """A row window that asks for the pages it needs.

    Commands are honoured in order: one that needs rows still on their way waits for them, and so do those behind it.
    """

    def __init__(self, key: Callable[[RowT], Hashable]) -> None:
        self.window: RowWindow[RowT] = RowWindow()
        self.requested: tuple[Direction, Hashable | None] | None = None
        self._key = key
        self._commands: deque[Command] = deque()

    @property
    def settled(self) -> bool:
        """Whether everything asked for has been done."""
        return not self._commands and not self.replacing

    @property
    def is_waited_for(self) -> bool:
        """Whether a key or the screen lacks rows that are on their way."""
        return not self.settled or len(self.window.visible) < self.window.height

    @property
    def replacing(self) -> bool:
        """Whether all rows are about to be replaced."""
        return self.requested is not None and self.requested[0] in REPLACING

    def start(self, select_key: Hashable | None) -> None:
        """Forget all rows, and ask for the first ones or those around a key."""
        height = self.window.height
        self.window = RowWindow()
        self.window.height = height
        self._commands.clear()
        self.requested = (Direction.FIRST if select_key is None else Direction.AROUND, select_key)

    def reload(self, select_key: Hashable | None = None) -> None:
        """Ask for the rows anew, around the key or else around the cursor."""
        row = self.window.current
        key = select_key if select_key is not None or row is None else self._key(row)
        self.requested = (Direction.FIRST if key is None else Direction.AROUND, key)

    @property
    def here(self) -> tuple[Direction, Hashable | None]:
        """What to read to see again what is on the screen: the cursor's row with its neighbours."""
        row = self.window.current
        return (Direction.FIRST, None) if row is None else (Direction.AROUND, self._key(row))

    def renew(self, key: Hashable | None, page: Page[RowT]) -> bool:
        """Take the rows around this key as they are now; false if the cursor is not among them any more.

        Rows out of sight are forgotten and read when a key leads to them: they may be out of date too.
        """
        if not self.settled:
            return False
        window, there = self.window, set(map(self._key, page.rows))
        if window.current is not None and self._key(window.current) not in {key, *there}:
            return False
        # The cursor's own row, or if it is gone the one that has come to its place.
        nearest = map(self._key, (*window.rows[window.cursor :], *window.rows[window.cursor :: -1]))
        self._replace(Direction.AROUND, next((key for key in nearest if key in there), None), page)
        return True

    def move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.do(partial(self._step, rows))

    def turn(self, pages: int) -> None:
        """Move the cursor by screens."""
        self.do(partial(self._turn, pages))

    def jump(self, direction: Direction) -> None:
        """Go to the first or the last row of the whole list."""
        self.do(partial(self._jump, direction))

    def when_settled(self, callback: Callable[[], object]) -> None:
        """Call back once everything asked for so far has been done."""
        self.do(partial(_call, callback))

    def do(self, command: Command) -> None:
        """Queue a command."""
        self._commands.append(command)
        self._go_on()

    def resize(self, height: int) -> None:
        """The screen now shows this many rows."""
        self.window.height = height
        self.window.reveal()
        self._go_on()

    def scroll(self, rows: int) -> None:
        """Move the screen by rows."""
        self.do(partial(self._scroll, rows))

    def fail(self) -> None:
        """The page could not be read: drop what was waiting for it."""
        self.requested = None
        self._commands.clear()

    def take(self, page: Page[RowT]) -> None:
        """Take the page that was asked for, and go on with what waits for it."""
        assert self.requested is not None, "this page was not asked for"
        (direction, key), self.requested = self.requested, None
        if direction is Direction.AFTER:
            self.window.append(page)
        elif direction is Direction.BEFORE:
            self.window.prepend(page)
        else:
            self._replace(direction, key, page)
        self._go_on()

    def _go_on(self) -> None:
        while self._commands and not self.replacing:
            left = self._commands.popleft()()
            if left is not None:
                self._commands.appendleft(left)
                break
        missing = self.window.missing()
        if missing is not None and self.requested is None and self.window.rows:
            edge = self.window.rows[-1 if missing is Direction.AFTER else 0]
            self.requested = (missing, self._key(edge))

    def _replace(self, direction: Direction, key: Hashable | None, page: Page[RowT]) -> None:
        line = self.window.cursor - self.window.top
        from_start = not self.window.more_above and not page.before
        if direction is Direction.FIRST:
            cursor = line = 0
        elif direction is Direction.LAST:
            cursor, line = len(page.rows) - 1, self.window.height - 1
        else:
            keys = [self._key(row) for row in page.rows]
            gone = len(keys) // 2 if page.before else 0
            cursor = keys.index(key) if key in keys else gone
            # A list that was shown from its start stays so, or a row that is new at the top would be out of sight.
            line = cursor if from_start else line
        self.window.replace(page, cursor, line)

    def _step(self, rows: int) -> Command | None:
        left = self.window.move(rows)
        return partial(self._step, left) if left else None

    def _turn(self, pages: int) -> Command | None:
        left = self.window.move_pages(pages)
        return partial(self._step, left) if left else None

    def _scroll(self, rows: int) -> Command | None:
        left = self.window.scroll(rows)
        return partial(self._scroll, left) if left else None

    def _jump(self, direction: Direction) -> Command | None:
        forwards = direction is Direction.LAST
        if self.window.after if forwards else self.window.before:
            self.requested = (direction, None)
        else:
            self.window.move(len(self.window.rows) if forwards else -len(self.window.rows))
        return None


def _call(callback: Callable[[], object]) -> Command | None:
    callback()
    return None
