"""What every screen of a signed-in operator has: path line, key bar, and one way to ask the services."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, ParamSpec, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import BillingError, NotPermitted, SignInRefused, StoreUnavailable
from tui_billing.domain.text import shown
from tui_billing.screens.messages import DatabaseFailed, SessionEnded, WentBack
from tui_billing.screens.plain_screen import PlainScreen
from tui_billing.widgets.key_bar import KeyBar
from tui_billing.widgets.path_line import PathLine

if TYPE_CHECKING:
    from datetime import date

    from tui_billing.domain.accounts import Account
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

P = ParamSpec("P")
R = TypeVar("R")
ResultT = TypeVar("ResultT")


class DeskScreen(PlainScreen[None]):
    """A screen of the desk: says where one is and who is signed in, and offers only what the profile allows."""

    AUTO_FOCUS = "VirtualTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc", tooltip="One step back", id="back"),
        Binding("f5", "reload", "Reload", show=False, tooltip="Read what is shown again", id="reload"),
    ]
    _permitted = True

    PERMISSIONS: ClassVar[dict[str, tuple[Permission, ...]]] = {}
    """By action: any one of these permissions shows it; an action that is not named here is open to all."""

    def __init__(self, services: DeskServices, session: OperatorSession, database: str) -> None:
        super().__init__()
        self.services = services
        self.session = session
        self.database = database

    @property
    def path(self) -> tuple[str, ...]:
        """Where one is, from the outside in."""
        raise NotImplementedError

    @property
    def is_first(self) -> bool:
        """Whether a session begins with this screen: behind it there is only the log in."""
        return self in self.app.screen_stack[1:2]

    def content(self) -> Iterable[Widget]:
        """The widgets between the path line and the key bar."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """The path on top, the content, the keys at the bottom."""
        who = f"{self.session.name} · {self.session.profile.value}"
        self._path_line = PathLine(*self.path, who=who, database=self.database)
        yield self._path_line
        yield from self.content()
        yield KeyBar()

    def about(self, account: Account | None, payment: tuple[date, int] | None) -> None:
        """Be about this account, and its payment of this received date and sequence first; said before it begins."""

    def on_mount(self) -> None:
        """Begin, the first of many times."""
        self.begin()

    def begin(self) -> None:
        """Show what comes first, and nothing of what was shown before: a screen stays, and is opened again."""
        # What was asked for before would come too late.
        self.workers.cancel_node(self)
        self.holds_keys, self._permitted = False, True
        self.caught_up()
        self._path_line.show(*self.path)
        self._path_line.show_notice("")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what the profile does not allow from footer, gear menu, help and palette alike."""
        if action == "back" and self.is_first:
            return False
        needed = self.PERMISSIONS.get(action)
        if needed is not None and not self.session.may(*needed):
            return False
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """Go one step back."""
        self.post_message(WentBack())

    async def opened(self, screen: Screen[ResultT | None] | None) -> ResultT | None:
        """Open the screen that was prepared while keys were held, if there is one, and wait for what it returns."""
        self.holds_keys = False
        # Something else may have come on top meanwhile, such as the lock.
        return await self.app.push_screen_wait(screen) if screen is not None and self.is_active else None

    async def opened_form(self, form: Screen[ResultT | None]) -> ResultT | None:
        """Open a form, whose edge a notice of what went before would hide, and wait for what it returns."""
        self.app.clear_notifications()
        return await self.opened(form)

    def fall_behind(self) -> None:
        """Catch up, but not with what is not permitted any more: each try would be one more refusal in the log."""
        if self._permitted:
            super().fall_behind()

    def show_outage(self, sentence: str) -> None:
        """Say it instead of who one is, so that nothing else moves."""
        if self.is_mounted:
            self._path_line.show_notice(sentence)

    async def asked(self, use_case: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """What a use case answers, asked off the event loop; a refusal is shown, and answered with none."""
        with self.reporting_errors():
            return await asyncio.to_thread(use_case, *args, **kwargs)
        return None

    async def read(self, use_case: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """What a use case answers, for the screen to show: without the database it is read again once that answers."""
        with self.reporting_errors():
            try:
                return await asyncio.to_thread(use_case, *args, **kwargs)
            except StoreUnavailable:
                # The banner says it.
                self.post_message(DatabaseFailed())
        return None

    @contextmanager
    def reporting_errors(self) -> Iterator[None]:
        """Show a refusal as a notice; the end of the session leads back to the log in."""
        try:
            yield
        except SignInRefused as ended:
            self.post_message(SessionEnded(ended.sentence))
        except BillingError as refusal:
            if isinstance(refusal, StoreUnavailable) and refusal.lasts:
                self.post_message(DatabaseFailed())
            self._permitted = not isinstance(refusal, NotPermitted)
            self.notify(shown(refusal.sentence), title=refusal.title, severity="warning", markup=False)
