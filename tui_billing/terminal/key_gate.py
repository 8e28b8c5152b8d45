"""Type-ahead in order: a key that may change the screen or the focus takes effect before the next key is sent on.

Textual queues a key for the widget that is focused when the key arrives; keys that were typed before their screen was
there would go to the wrong one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.widgets import Input

# Only ever reached on a machine that is far behind; a key that goes on too soon is lost.
SETTLE_DEADLINE_S = 10.0
HOLD_DEADLINE_S = 60.0
PAUSE_S = 0.002
# What a key leads to before there is another screen, at most: what is submitted, the row it opens, whose account opens.
MESSAGES_OF_A_KEY = 3
LIST_KEYS = frozenset({"up", "down", "j", "k", "pageup", "pagedown", "home", "end"})
QUIT_KEY = "ctrl+q"

Typed = events.Key | events.Paste


class KeyGate:
    """Holds keys back while an earlier one is being acted upon, or while `holding` says the screen will change."""

    def __init__(self, app: App[Any], send: Callable[[Typed], Awaitable[None]], holding: Callable[[], bool]) -> None:
        self._app = app
        self._send = send
        self._holding = holding
        self._waiting: deque[Typed] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every key so far has been sent on, and those before the last one have taken effect."""
        return self._task is None

    async def take(self, key: Typed) -> None:
        """Send the key or paste on now, or when those before it have taken effect."""
        if self._task is None and self._flows(key) and not self._holding():
            await self._send(key)
            return
        if _quits(key):
            self._waiting.clear()
        self._waiting.append(key)
        if self._task is None:
            self._task = asyncio.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            # When the application ends, its screens go first, and keys still waiting go with them.
            with suppress(ScreenStackError):
                while self._waiting:
                    await self._send_next(self._waiting.popleft())
        finally:
            self._task = None

    async def _send_next(self, key: Typed) -> None:
        if not _quits(key):
            if self._holding():
                await self._until(lambda: not self._holding(), HOLD_DEADLINE_S)
                # The screen on top may only be passed, on the way to the one that the key is for.
                await self._messages_have_gone_up()
            await self._until(self._screen_ready, SETTLE_DEADLINE_S)
        flows = self._flows(key)
        await self._send(key)
        if not flows:
            await self._settled()

    def _flows(self, key: Typed) -> bool:
        """Whether the key can change neither screen nor focus: text for a field, or a move in a list."""
        focused = self._app.focused
        if isinstance(key, events.Paste):
            return isinstance(focused, Input)
        if isinstance(focused, Input):
            return key.is_printable or key.key == "backspace"
        return focused is not None and key.key in LIST_KEYS

    async def _settled(self) -> None:
        """Wait until the key has gone from the focused widget up to the application, and what it caused has begun."""
        await self._messages_have_gone_up()
        if not self._screen_ready():
            await self._until(self._screen_ready, SETTLE_DEADLINE_S)
            # What has waited for this, such as a row that opens when it is read, has only now set out.
            await self._messages_have_gone_up()
            await self._until(self._screen_ready, SETTLE_DEADLINE_S)

    async def _messages_have_gone_up(self) -> None:
        """Wait until what is on its way has reached the application, and so has what was made of it on the way.

        Keys that are held wait in any case.
        """
        for _ in range(1 + MESSAGES_OF_A_KEY):
            if self._holding():
                return
            for pump in self._chain():
                done = asyncio.Event()
                if pump.call_later(done.set):
                    # Not by looking again and again: what is typed ahead would be milliseconds behind for each of them.
                    with suppress(TimeoutError):
                        await asyncio.wait_for(done.wait(), SETTLE_DEADLINE_S)

    def _chain(self) -> list[MessagePump]:
        focused = self._app.focused
        above = [] if focused is None else [focused, *focused.ancestors]
        return [pump for pump in dict.fromkeys((*above, self._app.screen, self._app)) if pump.is_running]

    def _screen_ready(self) -> bool:
        screen = self._app.screen
        focused = screen.focused
        ready = screen.is_running and screen.is_mounted and (focused is not None or not screen.focus_chain)
        # A list whose rows are still being read has yet to honour the keys before.
        return ready and bool(getattr(focused, "settled", True))

    async def _until(self, condition: Callable[[], bool], deadline_s: float) -> None:
        loop = asyncio.get_running_loop()
        end_s = loop.time() + deadline_s
        while not condition() and loop.time() < end_s:
            await asyncio.sleep(PAUSE_S)


def _quits(key: Typed) -> bool:
    return isinstance(key, events.Key) and key.key == QUIT_KEY
