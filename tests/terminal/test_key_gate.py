"""Keys that were typed ahead go to the screen that those before them open, however late each message sets out."""

from __future__ import annotations

import asyncio

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui_billing.terminal.key_gate import KeyGate

DEADLINE_S = 15.0


class Submitted(Message):
    """What was typed is to be opened."""


class RowOpened(Message):
    """A row of the list."""


class AccountOpened(Message):
    """What lies behind it."""


async def long_turn() -> None:
    """Let everybody else go first, many times."""
    for _ in range(100):
        await asyncio.sleep(0)


class Focusable(Widget, can_focus=True):
    pass


class Line(Focusable):
    def on_key(self) -> None:
        self.post_message(Submitted())

    async def on_submitted(self) -> None:
        await long_turn()


class Rows(Focusable):
    async def on_row_opened(self) -> None:
        await long_turn()


class Account(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield Focusable()

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)


class Accounts(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Line()
        yield Rows()

    def on_submitted(self) -> None:
        rows = self.query_one(Rows)
        rows.focus()
        rows.post_message(RowOpened())

    def on_row_opened(self) -> None:
        self.post_message(AccountOpened())

    async def on_account_opened(self) -> None:
        await long_turn()


class Desk(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.gate = KeyGate(self, super().on_event, lambda: False)
        self.account = Account()

    def get_default_screen(self) -> Accounts:
        return Accounts()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.gate.take(event)
        else:
            await super().on_event(event)

    async def on_account_opened(self) -> None:
        await self.push_screen(self.account)


async def test_a_key_behind_enter_is_for_the_account_that_enter_opens() -> None:
    app = Desk()
    async with app.run_test() as pilot, asyncio.timeout(DEADLINE_S):
        for key in ("enter", "u"):
            app.post_message(events.Key(key, None))
        await pilot.pause()
        while not app.gate.is_empty:
            await pilot.pause()
        await pilot.pause()
        assert app.account.keys == ["u"]
