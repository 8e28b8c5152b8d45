"""The application: sign-in, navigation, idle lock, quitting, and what happens on a crash."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from textual import events, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import AwaitMount

from tui_billing.config import Settings
from tui_billing.domain.database_urls import shown_url
from tui_billing.domain.errors import BillingError
from tui_billing.driver import DeskDriver, exit_on_signals
from tui_billing.key_gate import KeyGate
from tui_billing.loading import load_everything, load_first_screen
from tui_billing.screens.login import LoginScreen
from tui_billing.screens.messages import AccountOpened, PaymentOpened, Place, PlaceChosen, SessionEnded, SignedIn
from tui_billing.screens.plain_screen import PlainScreen

if TYPE_CHECKING:
    from tui_billing.domain.accounts import Account
    from tui_billing.screens.base import DeskScreen
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
# The log in, and the first screen of the profile.
STACK_OF_FIRST_SCREEN = 2
KEY_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End", "enter": "Enter", "escape": "Esc"}
KEY_NAMES |= {"f5": "F5", "left": "←", "right": "→"}
# The dark and the light theme that stay calm in as many colours as the terminal has.
THEMES = {"truecolor": ("nord", "solarized-light"), "standard": ("ansi-dark", "ansi-light")}
NEUTRAL = ("textual-dark", "textual-light")


class BillingApp(App[None]):
    """The payments desk on one database."""

    TITLE = "tui-billing"
    # With the first screen's, so that Textual parses all there is once.
    CSS_PATH = ["app.tcss", "screens/login.tcss"]
    # The desk has one of its own.
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 6
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority, since other bindings of the application end at a modal.
        Binding("f1", "help", "Help", key_display="F1", priority=True, tooltip="The keys of this screen", id="help"),
        Binding("ctrl+p", "command_palette", "Palette", priority=True, show=False, id="palette"),
        Binding("ctrl+l", "lock", "Lock", priority=True, show=False, tooltip="Until your password is given", id="lock"),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True, tooltip="Leave the desk", id="quit"),
        Binding("ctrl+c", "nothing", show=False, system=True),
        Binding("tab", "app.focus_next", show=False, priority=True, system=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True, system=True),
    ]

    def __init__(
        self,
        settings: Settings,
        open_services: Callable[[], DeskServices],
        when_loaded: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(driver_class=DeskDriver)
        # Not by assignment, which would parse every style a second time once the screen is there.
        self._themes = THEMES.get(self.console.color_system or "", NEUTRAL)
        self.set_reactive(App.theme, self._themes[0])
        self.stylesheet.set_variables(self.get_css_variables())
        self.settings = settings
        self.session: OperatorSession | None = None
        self.watcher: Watcher | None = None
        self._open_services = open_services
        self._when_loaded = when_loaded
        self._login = LoginScreen(self.services, shown_url(settings.database), settings.demo)
        self._painted = asyncio.Event()
        self._opening: asyncio.Task[DeskServices] | None = None
        self._gate = KeyGate(self, super().on_event, self._holds_keys)
        self._last_key_s = time.time()
        self._kept: dict[type[DeskScreen], DeskScreen] = {}

    def get_default_screen(self) -> LoginScreen:
        """The log in is the lowest screen: an empty one would be laid out and painted before it."""
        return self._login

    def on_mount(self) -> None:
        """Open the database behind the log in."""
        exit_on_signals(self, asyncio.get_running_loop())
        self.set_interval(IDLE_CHECK_S, self._lock_when_idle)
        self._opening = asyncio.create_task(self._opened())
        self.call_after_refresh(self._painted.set)
        self._open()

    async def on_event(self, event: events.Event) -> None:
        """Pass keys through the gate, and notice that somebody is there."""
        if isinstance(event, (events.Key, events.Paste, events.MouseDown)) and not event.is_forwarded:
            self._last_key_s = time.time()
            if isinstance(event, (events.Key, events.Paste)):
                await self._gate.take(event)
                return
        await super().on_event(event)

    def get_key_display(self, binding: Binding) -> str:
        """A key as keyboards name it."""
        if binding.key_display:
            return binding.key_display
        *held, key = binding.key.split("+")
        name = KEY_NAMES.get(key) or (key.upper() if held else super().get_key_display(binding))
        return "+".join([*(part.capitalize() for part in held), name])

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
        self.session = event.session
        await self._show(screen, account)
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
        """Show the account's dashboard, over All Accounts."""
        from tui_billing.screens.all_accounts import AllAccounts
        from tui_billing.screens.dashboard import Dashboard

        if self._is_locked():
            return
        await self._back_to(AllAccounts)
        await self._show(Dashboard, event.account)

    async def on_exceptions_opened(self) -> None:
        """Show what needs a person, over All Accounts."""
        from tui_billing.screens.exceptions import Exceptions

        if not self._is_locked():
            await self._show(Exceptions)

    async def on_payment_opened(self, event: PaymentOpened) -> None:
        """Show a customer's payment, over the customer's dashboard, over the list it was chosen in."""
        from tui_billing.screens.dashboard import Dashboard
        from tui_billing.screens.payments import Payments

        if self._is_locked():
            return
        await self._show(Dashboard, event.account)
        if event.payment is not None:
            await self._show(Payments, event.account, event.payment)

    async def on_place_chosen(self, event: PlaceChosen) -> None:
        """Show another place of the customer: the dashboard lies below the others."""
        from tui_billing.screens.dashboard import Dashboard
        from tui_billing.screens.places import PLACES

        if self._is_locked():
            return
        await self._back_to(Dashboard)
        if event.place is Place.DASHBOARD:
            self._reload_screen()
        else:
            await self._show(PLACES[event.place], event.account)

    async def on_went_back(self) -> None:
        """Go one step back; the first screen after the log in stays."""
        if len(self.screen_stack) > STACK_OF_FIRST_SCREEN and not self._is_locked():
            await self.pop_screen()
            self._reload_screen()

    async def on_session_ended(self, event: SessionEnded) -> None:
        """Go back to the log in and say why."""
        self.session = self.watcher = None
        self.workers.cancel_group(self, "watch")
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        for kept in self._kept.values():
            self.uninstall_screen(kept)
            await kept.remove()
        self._kept.clear()
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

    def action_nothing(self) -> None:
        """Take a key that would do something else elsewhere."""

    def action_light_or_dark(self) -> None:
        """Change between the dark and the light theme."""
        dark, light = self._themes
        self.theme = dark if self.theme == light else light

    def action_suspend_process(self) -> None:
        """Never: behind a stopped desk there is the operator's shell."""

    def _fatal_error(self) -> None:
        """A bug: the details go to the log file, without local variables, and one sentence to the terminal."""
        from rich.text import Text

        from tui_billing.failure_log import told_of_failure, write_failure

        error = sys.exc_info()[1] or self._exception or RuntimeError()
        written = write_failure(self.settings.log_file, error, "the desk")
        self._return_code = 1
        self._exit_renderables.append(Text(f"{told_of_failure(error, written)} No payment is lost."))
        self._close_messages_no_wait()

    def refresh(self, *, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Not when a screen has gone: the one beneath is laid out and painted already."""
        return self if layout else super().refresh(repaint=repaint, recompose=recompose)

    def _get_screen(self, screen: Screen[Any] | str) -> tuple[Screen[Any], AwaitMount]:
        """With its styles from the start; Textual adds them later, and parses and matches all there are anew."""
        new = [path for path in self.get_screen(screen).css_path if not self.stylesheet.has_source(str(path), "")]
        if new:
            self.stylesheet.read_all(new)
            self.stylesheet.parse()
        return super()._get_screen(screen)

    def _holds_keys(self) -> bool:
        return isinstance(self.screen, PlainScreen) and self.screen.holds_keys

    def _in_flight(self) -> bool:
        return any(isinstance(screen, PlainScreen) and screen.busy for screen in self.screen_stack)

    def _is_locked(self) -> bool:
        from tui_billing.screens.modals.lock import LockScreen

        return self._is_open(LockScreen)

    def _is_open(self, kind: type[Screen[Any]]) -> bool:
        return any(isinstance(screen, kind) for screen in self.screen_stack)

    def _reload_screen(self) -> None:
        """Read what the screen shows again: money may have moved while it was covered."""
        if isinstance(self.screen, PlainScreen):
            self.screen.action_reload()

    def _lock_when_idle(self) -> None:
        if time.time() - self._last_key_s > self.settings.idle_lock_s:
            self.action_lock()

    def _database_label(self, services: DeskServices) -> str:
        home = str(Path.home())
        database = shown_url(self.settings.database).replace(home, "~", 1)
        return f"{'training · ' if services.training else ''}{database}"

    async def _show(
        self, kind: type[DeskScreen], account: Account | None = None, payment: tuple[date, int] | None = None
    ) -> None:
        """Show the one screen of this kind, which stays for the session, about this account and first this payment."""
        services = await self.services()
        if self.session is None:
            return
        screen = self._kept.get(kind)
        if screen is None:
            screen = self._kept[kind] = kind(services, self.session, self._database_label(services))
            self.install_screen(screen, kind.__name__)
        screen.about(account, payment)
        if screen.is_mounted:
            screen.begin()
        await self.push_screen(screen)

    async def _back_to(self, kind: type[DeskScreen]) -> None:
        """Take away what lies over the screen of this kind, if it is there."""
        if self._is_open(kind):
            while not isinstance(self.screen, kind):
                await self.pop_screen()
