"""The locked screen: the same user's password brings the desk back where it was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import Input

from tui_billing.domain.errors import BillingError
from tui_billing.domain.text import shown
from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.widgets.field import Field
from tui_billing.widgets.form import Form, Words
from tui_billing.widgets.text_field import PasswordField

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession


class LockScreen(DeskModal[None]):
    """Covers everything until the password is given; what was under way beneath goes on."""

    CSS_PATH = "lock.tcss"

    def __init__(self, services: DeskServices, session: OperatorSession) -> None:
        super().__init__()
        self._services = services
        self._session = session
        self._busy = False

    def compose(self) -> ComposeResult:
        """Who locked it, and the password."""
        self._password = PasswordField()
        self._refusal = Words(style="warning", least=1)
        who = Words(f"{shown(self._session.name)}, your password brings you back where you were.")
        form = Form(who, Words(least=1), Field("Password", self._password), self._refusal)
        form.border_title = "Locked"
        yield form

    @on(Input.Submitted)
    def _on_submitted(self) -> None:
        if not self._busy and self._password.value:
            self._busy = True
            self._refusal.show("Unlocking…")
            self._unlock(self._password.value)

    @work
    async def _unlock(self, password: str) -> None:
        self._password.value = ""
        try:
            await asyncio.to_thread(self._services.sign_in.confirm, self._session, password)
        except BillingError as refusal:
            self._refusal.show(shown(refusal.sentence))
        else:
            self.finish(None)
        finally:
            self._busy = False
