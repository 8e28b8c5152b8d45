"""The command palette: the application's own actions, and "Go to account …"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple, TypeGuard

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.fuzzy import Matcher
from textual.screen import Screen
from textual.widgets import Input

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import AccountFilter
from tui_billing.domain.errors import BillingError
from tui_billing.domain.pages import Direction
from tui_billing.domain.text import shown
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.messages import AccountOpened
from tui_billing.screens.modals.menu_modal import MenuModal
from tui_billing.widgets.fitting import fitted
from tui_billing.widgets.menu import Entry, Menu
from tui_billing.widgets.text_field import TextField

MOST_ACCOUNTS = 8
LABEL_CELLS = 22
GO_TO = "Go to account"
SAYS_HOW = f"{GO_TO} …: type a part of its name or number"
UNBOUND = {"Light or dark theme": "light_or_dark", "Log Out": "log_out"}


class Command(NamedTuple):
    """Something to do: its name, what else is said of it, and how it is done."""

    label: str
    said: str
    run: Callable[[], object]

    @property
    def lines(self) -> Entry:
        """The command as the palette shows it."""
        room = max(LABEL_CELLS, len(self.label))
        return [[("", fitted(self.label, room)), ("muted", f"  {self.said}")]]


class Palette(MenuModal[Command]):
    """Finds commands as one types, and dismisses with the one chosen, or none."""

    CSS_PATH = "palette.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
    ]

    def __init__(self, beneath: Screen[Any]) -> None:
        self._beneath = beneath
        self._actions = self._commands = actions_on(beneath)
        super().__init__([command.lines for command in self._commands])
        self._searching = False

    @property
    def commands(self) -> list[str]:
        """What is listed, by name."""
        return [command.label for command in self._commands]

    @property
    def about_to_change(self) -> bool:
        """While accounts are being searched."""
        return self._searching

    def compose(self) -> ComposeResult:
        """A line to type into, and what it finds."""
        with Vertical() as box:
            box.border_title = "Command palette"
            box.border_subtitle = "↑ ↓ · Enter Do it · Esc Close"
            yield TextField(placeholder="Search for commands…")
            yield self._menu

    def action_page(self, pages: int) -> None:
        """Mark a command pages away."""
        self._menu.page(pages)

    @on(Input.Submitted)
    @on(Menu.Chosen)
    def action_choose(self) -> None:
        """Take the marked command, which is about what was typed, not about what was found for the text before."""
        # Keys behind Enter are for the screen to which the command leads.
        self.holds_keys = self._searching
        if self._commands and not self._searching:
            self.finish(self._commands[self._menu.current])

    @on(Input.Changed)
    def _on_typed(self, event: Input.Changed) -> None:
        typed = event.value.strip()
        self._commands = actions_like(typed, self._actions)
        self._searching = True
        self._menu.show([command.lines for command in self._commands])
        self._search(typed)

    @work(exclusive=True, group="search")
    async def _search(self, typed: str) -> None:
        found = await accounts_like(sought(typed), self._beneath)
        self._searching = False
        if found or not self._commands:
            self._commands = [*self._commands, *found]
            begun = GO_TO.casefold().startswith(typed.casefold()) and may_see_accounts(self._beneath)
            empty = SAYS_HOW if begun else "No matches found"
            self._menu.show([command.lines for command in self._commands], empty=empty)
        if self.holds_keys:
            self.action_choose()


def actions_on(screen: Screen[Any]) -> list[Command]:
    """What the keys in force on a screen do, by name, and what no key does."""
    run = screen.app.run_action
    found = {
        binding.id: Command(binding.description, tooltip, partial(run, binding.action, node))
        for node, binding, enabled, tooltip in screen.active_bindings.values()
        if enabled and binding.description and binding.id is not None and not binding.system
    }
    unbound = [Command(label, "", partial(run, f"app.{action}")) for label, action in UNBOUND.items()]
    return [*found.values(), *unbound]


def actions_like(typed: str, actions: list[Command]) -> list[Command]:
    """The actions whose name matches, the best match first."""
    if not typed:
        return actions
    match = Matcher(typed).match
    scores = {action: match(action.label) for action in actions}
    return sorted((action for action in actions if scores[action] > 0), key=lambda action: -scores[action])


def sought(typed: str) -> str:
    """What is typed of an account, behind the command's own words or without them, in capitals or not."""
    behind = typed[len(GO_TO) :] if typed.casefold().startswith(GO_TO.casefold()) else typed
    return behind.strip()


def may_see_accounts(screen: Screen[Any]) -> TypeGuard[DeskScreen]:
    """Whether it is a screen of somebody who may go to any account."""
    return isinstance(screen, DeskScreen) and screen.session.may(Permission.ACCOUNT_MANAGE)


async def accounts_like(search: str, screen: Screen[Any]) -> list[Command]:
    """To go to the first accounts found by any part of number, name or master user, for those who may see them."""
    if not search or not may_see_accounts(screen):
        return []
    page, chosen = screen.services.accounts.page, AccountFilter(search=search)
    try:
        found = await asyncio.to_thread(page, screen.session, chosen, Direction.FIRST, None, MOST_ACCOUNTS)
    except BillingError:
        return []
    return [
        Command(
            f"{GO_TO} {account.number} {shown(account.name)}",
            account.type.label,
            partial(screen.post_message, AccountOpened(account)),
        )
        for account in found.rows
    ]
