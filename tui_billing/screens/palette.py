"""The command palette: the application's own actions, and "Go to account …"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

from rich.text import Text
from textual import on
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import Input
from textual.worker import WorkerError

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, AccountFilter
from tui_billing.domain.errors import BillingError
from tui_billing.domain.pages import Direction
from tui_billing.domain.text import shown
from tui_billing.screens.base import DeskScreen
from tui_billing.screens.messages import AccountOpened

MOST_ACCOUNTS = 8
UNBOUND = {"Light or dark theme": "light_or_dark", "Log Out": "log_out"}


class Palette(CommandPalette):
    """The palette, in which Enter is about what was typed, not about what was found for the text before."""

    @on(Input.Submitted)
    async def _finish_search(self) -> None:
        searches = [w for w in self.workers if w.group == self._GATHER_COMMANDS_GROUP and not w.is_finished]
        if searches:
            with suppress(WorkerError):
                await self.workers.wait_for_complete(searches)


class ActionCommands(Provider):
    """What the keys in force do, by name."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for label, command, said in self._actions():
            yield DiscoveryHit(Text(label), command, text=label, help=said)

    async def search(self, query: str) -> Hits:
        """Those whose name matches."""
        matcher = self.matcher(query)
        for label, command, said in self._actions():
            if (score := matcher.match(label)) > 0:
                yield Hit(score, Text(label), command, text=label, help=said)

    def _actions(self) -> list[tuple[str, partial[Any], str]]:
        found: dict[str, tuple[str, partial[Any], str]] = {}
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            if enabled and binding.description and binding.id is not None and not binding.system:
                run = partial(self.app.run_action, binding.action, node)
                found[binding.id] = (binding.description, run, tooltip)
        for label, action in UNBOUND.items():
            found[label] = (label, partial(self.app.run_action, f"app.{action}"), "")
        return list(found.values())


class AccountCommands(Provider):
    """Go to an account, found by any part of its number, name or master user."""

    async def search(self, query: str) -> Hits:
        """The first accounts that match."""
        async for account in self._accounts(query.removeprefix("Go to account").strip()):
            label = f"Go to account {account.number} {shown(account.name)}"
            command = partial(self.screen.post_message, AccountOpened(account))
            yield Hit(0.5, Text(label), command, text=label, help=account.type.label)

    async def _accounts(self, search: str) -> AsyncIterator[Account]:
        screen = self.screen
        if not search or not isinstance(screen, DeskScreen) or not screen.session.may(Permission.ACCOUNT_MANAGE):
            return
        page = screen.services.accounts.page
        chosen = AccountFilter(search=search)
        try:
            found = await asyncio.to_thread(page, screen.session, chosen, Direction.FIRST, None, MOST_ACCOUNTS)
        except BillingError:
            return
        for account in found.rows:
            yield account
