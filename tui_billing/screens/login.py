"""Log in: the first screen, painted before anything heavy is imported."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_billing.domain.demo_users import DEMO_PASSWORD, DEMO_USERS
from tui_billing.domain.errors import BillingError
from tui_billing.domain.text import shown
from tui_billing.screens.messages import SignedIn
from tui_billing.screens.plain_screen import PlainScreen
from tui_billing.widgets.button import Button
from tui_billing.widgets.field import LABEL_CELLS, Field
from tui_billing.widgets.fitting import fitted, wrapped
from tui_billing.widgets.form import Buttons, Form, Line, Part, Words
from tui_billing.widgets.key_bar import KeyBar
from tui_billing.widgets.text_field import PasswordField, TextField

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices


class DemoUsers(Part):
    """Who may be tried in a training database, and the one password."""

    def __init__(self, training: bool) -> None:
        self._training = training

    def show(self) -> None:
        """Say it, as this has turned out to be one."""
        if not self._training:
            self._training = True
            self.changed()

    def lines(self, width: int) -> list[Line]:
        """A user on each line, if there is something to say."""
        if not self._training:
            return []
        password = wrapped(f"Training database, nothing is real. Password for all: {DEMO_PASSWORD}", width)
        names = max(len(name) for name, _, _ in DEMO_USERS) + 2
        users: list[Line] = [
            [("strong", fitted(name, names)), ("", f"{profile.value:<17}{purpose}")]
            for name, profile, purpose in DEMO_USERS
        ]
        return [[("strong", line)] for line in password] + users


class LoginScreen(PlainScreen[None]):
    """Asks for user name and password; in a training database it lists who may be tried."""

    CSS_PATH = "login.tcss"
    NOTICES = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "log_in", "Log In", key_display="Enter", show=True),
        Binding("tab", "app.focus_next", "Next field", key_display="Tab", priority=True),
        Binding("shift+tab", "app.focus_previous", "Previous field", priority=True, show=False),
    ]

    def __init__(self, services: Callable[[], Awaitable[DeskServices]], database: str, training: bool) -> None:
        super().__init__()
        self._services = services
        self._database = database
        self._training = training

    def compose(self) -> ComposeResult:
        """The form, a line for what went wrong, and the demo users."""
        self._username = TextField(max_length=64)
        self._password = PasswordField()
        # Kept, not looked up: an answer may come when the screen is being taken down.
        self._notice = Words(style="warning", least=1)
        self._demo_users = DemoUsers(self._training)
        box = Form(
            Words(shown(self._database), style="muted", cut=True),
            Field("Username", self._username),
            Field("Password", self._password),
            Buttons(Button("Log In", id="log-in", classes="-primary"), left=LABEL_CELLS),
            self._notice,
            id="box",
        )
        box.border_title = "tui-billing · the payments desk"
        yield box
        yield Form(self._demo_users, id="demo-users")
        yield KeyBar()

    def show_training(self) -> None:
        """Say that this is a training database, as it has turned out."""
        self._demo_users.show()

    def start_anew(self, notice: str) -> None:
        """Forget who was signed in, and say why nobody is now."""
        self.holds_keys = False
        self._username.value = ""
        self._password.value = ""
        self._username.focus()
        self.show_notice(notice)

    def show_notice(self, sentence: str) -> None:
        """Say what went wrong."""
        self._notice.show(shown(sentence))

    @on(Input.Submitted)
    @on(Button.Pressed)
    def action_log_in(self) -> None:
        """Sign in with what has been typed, or go on to the password while there is none."""
        if self.holds_keys:
            return
        if not self._password.value:
            self._password.focus()
            return
        self.holds_keys = True
        self.show_notice("Signing in…")
        self._sign_in(self._username.value, self._password.value)

    def refuse(self, sentence: str) -> None:
        """Say why nobody was signed in, and let it be tried again."""
        self.holds_keys = False
        self._password.value = ""
        self._password.focus()
        self.show_notice(sentence)

    @work
    async def _sign_in(self, name: str, password: str) -> None:
        try:
            services = await self._services()
            session = await asyncio.to_thread(services.sign_in.sign_in, name, password, origin())
        except BillingError as refusal:
            self.refuse(refusal.sentence)
            return
        self._password.value = ""
        self.post_message(SignedIn(session))


def origin() -> str:
    """Where the operator's line comes from; bytes of it that are not UTF-8, which no database takes, become `?`."""
    return os.environ.get("SSH_CONNECTION", "").encode("utf-8", "replace").decode()
