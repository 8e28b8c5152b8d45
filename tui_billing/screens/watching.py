"""What others change shows on the open screen, and so does a database that does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui_billing.domain.errors import StoreUnavailable
from tui_billing.screens.plain_screen import PlainScreen

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices

LONGEST_PAUSE_S = 5.0
ANSWER_S = 3.0


class Watcher:
    """Asks the database again and again, off the event loop, while somebody can see what it says."""

    def __init__(self, app: App[Any], services: DeskServices, in_sight: Callable[[], bool], pause_s: float) -> None:
        self._app = app
        self._services = services
        self.in_sight = in_sight
        self._shortest_pause_s = self.pause_s = pause_s
        self._failing_since: datetime | None = None

    async def run(self) -> None:
        """Look about once a second, less often while the database does not answer."""
        while True:
            await asyncio.sleep(self.pause_s)
            if self.in_sight():
                await self.look()

    async def look(self) -> None:
        """Ask once, and tell the screens what has come of it."""
        asking = asyncio.ensure_future(asyncio.to_thread(self._services.changes.seen))
        try:
            await asyncio.wait({asking}, timeout=ANSWER_S)
            if not asking.done():
                self.failed()
            changed = await asking
        except StoreUnavailable:
            self.failed()
            self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)
            return
        self.pause_s = self._shortest_pause_s
        if self._failing_since is not None:
            self._failing_since, changed = None, True
            self._tell_outage()
        if changed:
            for screen in self._screens():
                screen.fall_behind()

    def failed(self) -> None:
        """The database has not answered somebody; the next look finds out whether it does again."""
        if self._failing_since is None:
            self._failing_since = self._services.now()
        self._tell_outage()

    def _tell_outage(self) -> None:
        since = self._failing_since
        sentence = f"The database does not answer. Trying again… (since {since:%H:%M:%S} UTC)" if since else ""
        for screen in self._screens():
            screen.show_outage(sentence)

    def _screens(self) -> list[PlainScreen[Any]]:
        return [screen for screen in self._app.screen_stack if isinstance(screen, PlainScreen)]
