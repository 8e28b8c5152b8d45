"""The application: it opens the database, signs in, locks and quits, and passes on where the operator wants to go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui_billing.config import SANDBOX, Settings
from tui_billing.domain.database_urls import shown_url
from tui_billing.domain.errors import BillingError
from tui_billing.loading import load_everything, load_first_screen
from tui_billing.plain_app import PlainApp
from tui_billing.screens.login import LoginScreen
from tui_billing.screens.messages import AccountOpened, PaymentOpened, PlaceChosen, SessionEnded, SignedIn
from tui_billing.screens.plain_screen import PlainScreen
from tui_billing.terminal.driver import exit_on_signals

if TYPE_CHECKING:
    from tui_billing.navigation import Navigation
    from tui_billing.screens.watching import Watcher
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

IDLE_CHECK_S = 5
# By then whoever had typed everything ahead sees the first list.
BREATHER_S = 1.0
TYPED_AHEAD_S = 0.02
POLL_S = 0.001
# What signing in takes until it computes the password's hash.
HEAD_START_S = 0.005


class BillingApp(PlainApp):
    """The payments desk on one database."""

    TITLE = "tui-billing"
    # With the first screen's, so that Textual parses all there is once.
    CSS_PATH = ["app.tcss", "screens/login.tcss"]
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, since other bindings of the application end at a modal.
        Binding("f1", "help", "Help", key_display="F1", priority=True, tooltip="The keys of this screen", id="help"),
        Binding("ctrl+p", "command_palette", "Palette", priority=True, show=False, id="palette"),
        Binding("ctrl+l", "lock", "Lock", priority=True, show=False, tooltip="Until your password is given", id="lock"),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True, tooltip="Leave the desk", id="quit"),
    ]

    def __init__(
        self,
        settings: Settings,
        open_services: Callable[[], DeskServices],
        when_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(settings.log_file)
        self.settings = settings
        self.watcher: Watcher | None = None
        self._open_services = open_services
        self._when_loaded = when_loaded
        self._login = LoginScreen(self.services, shown_url(settings.database), settings.demo)
        self._painted = asyncio.Event()
        self._opening: asyncio.Task[DeskServices] | None = None
        self._navigation: Navigation | None = None

    @property
    def session(self) -> OperatorSession | None:
        """Who is signed in, if anybody is."""
        return None if self._navigation is None else self._navigation.session

    def get_default_screen(self) -> LoginScreen:
        """The log in is the lowest screen: an empty one would be laid out and painted before it."""
        return self._login

    def on_load(self) -> None:
        """Leave in order when told to, from before the terminal is taken."""
        exit_on_signals(self, asyncio.get_running_loop())

    def on_mount(self) -> None:
        """Open the database behind the log in."""
        self.set_interval(IDLE_CHECK_S, self._lock_when_idle)
        self._opening = asyncio.create_task(self._opened())
        self.call_after_refresh(self._painted.set)
        self._open()

    async def services(self) -> DeskServices:
        """The services, once the database is open; raises what kept it from opening."""
        assert self._opening is not None, "the database is opened when the application is mounted"
        if self._opening.done() and self._opening.exception() is not None:
            self._opening = asyncio.create_task(self._opened())
        return await asyncio.shield(self._opening)

    @work
    async def _open(self) -> None:
        try:
            services = await self.services()
            if services.training:
                self._login.show_training()
            if services.upgraded:
                self._login.show_notice(services.upgraded)
            # The screen behind the log in too, while the operator types, or the password is checked, which another
            # core does meanwhile if it comes first.
            await asyncio.sleep(HEAD_START_S)
            await asyncio.to_thread(load_first_screen, services)
            await asyncio.sleep(BREATHER_S)
            await asyncio.to_thread(load_everything, services)
            await asyncio.to_thread(services.outcomes.resolve_all)
        except BillingError as refusal:
            self._login.show_notice(refusal.sentence)
        finally:
            self._when_loaded()

    async def _opened(self) -> DeskServices:
        # After the first paint: the database's libraries take longer to import than the screen to show.
        await self._painted.wait()
        # Python's threads take turns of milliseconds: what has been typed ahead comes up before they begin.
        with suppress(TimeoutError):
            async with asyncio.timeout(TYPED_AHEAD_S):
                while not (self._gate.is_empty and self._login.is_painted):
                    await asyncio.sleep(POLL_S)
        return await asyncio.to_thread(self._open_services)

    async def on_signed_in(self, event: SignedIn) -> None:
        """Show the profile's first screen."""
        try:
            services = await self.services()
            # Not here, where an import that another thread has begun would be waited for.
            first_screen = await asyncio.to_thread(load_first_screen, services)
            screen, account = await first_screen(services, event.session)
        except BillingError as refusal:
            self._login.refuse(refusal.sentence)
            return
        from tui_billing.navigation import Navigation

        self._navigation = Navigation(self, services, event.session, self._database_label(services))
        await self._navigation.show(screen, account)
        self._watch(services)

    @work(exclusive=True, group="watch")
    async def _watch(self, services: DeskServices) -> None:
        """Follow what others change until the session ends."""
        from tui_billing.screens.watching import Watcher

        self.watcher = Watcher(self, services, lambda: not self._is_locked(), self.settings.watch_pause_s)
        await self.watcher.run()

    def on_database_failed(self) -> None:
        """Say so until the database answers again."""
        if self.watcher is not None:
            self.watcher.failed()

    async def on_account_opened(self, event: AccountOpened) -> None:
        """Show the account's dashboard."""
        if way := self._way():
            await way.open_account(event.account)

    async def on_exceptions_opened(self) -> None:
        """Show what needs a person."""
        if way := self._way():
            await way.open_exceptions()

    async def on_payment_opened(self, event: PaymentOpened) -> None:
        """Show a customer's payment, or just the customer."""
        if way := self._way():
            await way.open_payment(event.account, event.payment)

    async def on_place_chosen(self, event: PlaceChosen) -> None:
        """Show another place of the customer."""
        if way := self._way():
            await way.open_place(event.account, event.place)

    async def on_went_back(self) -> None:
        """Go one step back."""
        if way := self._way():
            await way.go_back()

    async def on_session_ended(self, event: SessionEnded) -> None:
        """Go back to the log in and say why."""
        self.workers.cancel_group(self, "watch")
        ended, self._navigation, self.watcher = self._navigation, None, None
        if ended is not None:
            await ended.end()
        self._login.start_anew(event.reason)

    def action_log_out(self) -> None:
        """End the session and go back to the log in."""
        if self._in_flight():
            self.notify("A payment is in flight. Wait for its outcome.", severity="warning", markup=False)
        else:
            self.post_message(SessionEnded("Logged out."))

    def action_help(self) -> None:
        """Show the keys of this screen, but not over the lock, nor again however often it is pressed."""
        from tui_billing.screens.modals.help import Help

        if not self._is_locked() and not self._is_open(Help):
            self.push_screen(Help(self.screen))

    def action_command_palette(self) -> None:
        """Open the palette, but not over the lock, and do what is chosen there."""
        from tui_billing.screens.modals.palette import Command, Palette

        def chosen(command: Command | None) -> None:
            if command is not None:
                self.call_later(command.run)

        if not self._is_locked() and not self._is_open(Palette):
            self.push_screen(Palette(self.screen), chosen)

    @work
    async def action_lock(self) -> None:
        """Lock the screen, whatever is open on it."""
        from tui_billing.screens.modals.lock import LockScreen

        services = await self.services()
        if self.session is not None and not self._is_locked():
            # A notice names customers and balances, and it would stand over the lock.
            self.clear_notifications()
            await self.push_screen_wait(LockScreen(services, self.session))

    @work
    async def action_leave(self) -> None:
        """Quit, asking only while a payment is in flight."""
        if self._in_flight():
            from tui_billing.screens.modals.confirm_quit import ConfirmQuit

            if isinstance(self.screen, ConfirmQuit) or not await self.push_screen_wait(ConfirmQuit()):
                return
        self.exit()

    def _in_flight(self) -> bool:
        return any(isinstance(screen, PlainScreen) and screen.busy for screen in self.screen_stack)

    def _is_locked(self) -> bool:
        from tui_billing.screens.modals.lock import LockScreen

        return self._is_open(LockScreen)

    def _is_open(self, kind: type[Screen[Any]]) -> bool:
        return any(isinstance(screen, kind) for screen in self.screen_stack)

    def _way(self) -> Navigation | None:
        """The way through the screens, unless it is locked or nobody is signed in."""
        return None if self._is_locked() else self._navigation

    def _lock_when_idle(self) -> None:
        if self.idle_s > self.settings.idle_lock_s:
            self.action_lock()

    def _database_label(self, services: DeskServices) -> str:
        home = str(Path.home())
        database = shown_url(self.settings.database).replace(home, "~", 1)
        kind = "training · " if services.training else "sandbox · " if services.default_gateway == SANDBOX else ""
        return f"{kind}{database}"
