"""The screens of one session: each is made once, shown over the others, and goes when the session ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_billing.screens.messages import Place
from tui_billing.screens.plain_screen import PlainScreen

if TYPE_CHECKING:
    from datetime import date

    from textual.app import App

    from tui_billing.domain.accounts import Account
    from tui_billing.screens.desk_screen import DeskScreen
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

# The log in, and the first screen of the profile.
STACK_OF_FIRST_SCREEN = 2


class Navigation:
    """The way through the screens of one session."""

    def __init__(self, app: App[None], services: DeskServices, session: OperatorSession, database: str) -> None:
        self.session = session
        self._app = app
        self._services = services
        self._database = database
        self._kept: dict[type[DeskScreen], DeskScreen] = {}

    async def show(
        self, kind: type[DeskScreen], account: Account | None = None, payment: tuple[date, int] | None = None
    ) -> None:
        """Show the one screen of this kind, which stays for the session, about this account and first this payment."""
        screen = self._kept.get(kind)
        if screen is None:
            screen = self._kept[kind] = kind(self._services, self.session, self._database)
            self._app.install_screen(screen, kind.__name__)
        screen.about(account, payment)
        if screen.is_mounted:
            screen.begin()
        await self._app.push_screen(screen)

    async def open_account(self, account: Account) -> None:
        """Show the account's dashboard, over All Accounts."""
        from tui_billing.screens.all_accounts import AllAccounts
        from tui_billing.screens.dashboard import Dashboard

        await self._back_to(AllAccounts)
        await self.show(Dashboard, account)

    async def open_exceptions(self) -> None:
        """Show what needs a person, over All Accounts."""
        from tui_billing.screens.exceptions import Exceptions

        await self.show(Exceptions)

    async def open_payment(self, account: Account, payment: tuple[date, int] | None) -> None:
        """Show a customer's payment, over the customer's dashboard, over the list it was chosen in."""
        from tui_billing.screens.dashboard import Dashboard
        from tui_billing.screens.payments import Payments

        await self.show(Dashboard, account)
        if payment is not None:
            await self.show(Payments, account, payment)

    async def open_place(self, account: Account, place: Place) -> None:
        """Show another place of the customer: the dashboard lies below the others."""
        from tui_billing.screens.dashboard import Dashboard
        from tui_billing.screens.places import PLACES

        await self._back_to(Dashboard)
        if place is Place.DASHBOARD:
            self._reload()
        else:
            await self.show(PLACES[place], account)

    async def go_back(self) -> None:
        """Go one step back; the first screen after the log in stays."""
        if len(self._app.screen_stack) > STACK_OF_FIRST_SCREEN:
            await self._app.pop_screen()
            self._reload()

    async def end(self) -> None:
        """Take away every screen but the log in, and forget what they have shown."""
        while len(self._app.screen_stack) > 1:
            await self._app.pop_screen()
        for kept in self._kept.values():
            self._app.uninstall_screen(kept)
            await kept.remove()
        self._kept.clear()

    async def _back_to(self, kind: type[DeskScreen]) -> None:
        """Take away what lies over the screen of this kind, if it is there."""
        if any(isinstance(screen, kind) for screen in self._app.screen_stack):
            while not isinstance(self._app.screen, kind):
                await self._app.pop_screen()

    def _reload(self) -> None:
        """Read what the screen on top shows again: money may have moved while it was covered."""
        if isinstance(self._app.screen, PlainScreen):
            self._app.screen.action_reload()
