"""The form every dialog of the desk is: filled in, sent once however often Enter is pressed, refused in place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import BillingError, InvalidInput, SignInRefused, StoreUnavailable
from tui_billing.domain.text import shown
from tui_billing.screens.messages import DatabaseFailed, SessionEnded
from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.widgets.button import Button
from tui_billing.widgets.choice import Choice
from tui_billing.widgets.field import Field
from tui_billing.widgets.form import Buttons, Form, Words

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

# Most of what is sent is done sooner, and the dialog gone.
SOON_S = 0.15
KEYS = "Enter OK · Tab next field · Esc Cancel"
# Before each line of what will happen.
MARK = "▌ "
RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")


class FormDialog(DeskModal[ResultT | None], Generic[RequestT, ResultT]):
    """A form about one account; dismisses with what was done, or none if it was left."""

    CSS_PATH: ClassVar[Any] = "form_dialog.tcss"
    # Whoever tries to log out while money is in flight is told so here.
    NOTICES = True
    HEADING: ClassVar[str] = ""
    OK: ClassVar[str] = "OK"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "OK", key_display="Enter", show=False),
        Binding("escape", "leave", "Cancel", key_display="Esc", show=False),
    ]

    def __init__(self, services: DeskServices, session: OperatorSession, account: Account) -> None:
        super().__init__()
        self.services = services
        self.session = session
        self.account = account
        self.busy = False
        self.before_it_goes: Callable[[ResultT], Awaitable[None]] | None = None
        """Shows the result on the screen beneath, so that it is there when the dialog goes."""
        self._focused_before: Widget | None = None

    @property
    def heading(self) -> str:
        """The words of the action."""
        return self.HEADING

    @property
    def given(self) -> tuple[str, ...]:
        """What the form is about, a line each: the customer."""
        return (f"{shown(self.account.name)} · {self.account.number}",)

    def fields(self) -> Iterable[Field]:
        """The form, the field that is filled in first on top."""
        raise NotImplementedError

    def request(self) -> RequestT:
        """What the form asks for; raises `InvalidInput` for what cannot be read."""
        raise NotImplementedError

    def send(self, request: RequestT) -> ResultT:
        """Do it. Runs off the event loop."""
        raise NotImplementedError

    def show_outlook(self) -> None:
        """Say what will happen with the form as it is."""
        raise NotImplementedError

    @property
    def first_outlook(self) -> tuple[str, ...]:
        """What is said as the form opens, while it is being found out what will happen."""
        return ()

    def compose(self) -> ComposeResult:
        """Heading, form, what will happen, what is wrong, and the two buttons."""
        # Kept, not looked up: an answer may come when the dialog is being taken down.
        self._fields = list(self.fields())
        self._outlook = Words(*self.first_outlook, mark=MARK, least=2)
        self._refusal = Words(style="warning", least=1)
        self._ok, self._cancel = Button(self.OK, id="ok", classes="-primary"), Button("Cancel", id="cancel")
        self._form = Form(
            Words(*self.given, style="muted", cut=True),
            Words(least=1),
            *self._fields,
            Words(least=1),
            self._outlook,
            self._refusal,
            Words(least=1),
            Buttons(self._ok, self._cancel),
        )
        self._form.border_title = self.heading
        self._form.border_subtitle = KEYS
        yield self._form

    def on_mount(self) -> None:
        """Say what will happen with the form as it opens."""
        self.show_outlook()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _on_edited(self) -> None:
        for field in self._fields:
            field.show_error("")
        self._refusal.show()
        self.show_outlook()

    @property
    def may_be_sent(self) -> bool:
        """Whether OK does anything: not while it is being done."""
        return not self.busy

    @property
    def about_to_change(self) -> bool:
        """While it is being done: most often the dialog is gone before anybody could see that its form is closed."""
        return self.busy

    def show_outage(self, sentence: str) -> None:
        """Say it in the frame, where the keys stood: the form stays as it is."""
        self._form.border_subtitle = Content(sentence or KEYS)

    @on(Input.Submitted)
    @on(Choice.Submitted)
    @on(Button.Pressed, "#ok")
    def action_submit(self) -> None:
        """Do what the form says, unless that is under way."""
        if not self.may_be_sent:
            return
        try:
            request = self.request()
        except InvalidInput as invalid:
            self._refuse(invalid)
            return
        # Keys typed now are for what comes when it is done.
        self.busy = self.holds_keys = True
        self._focused_before = self.focused
        self.set_timer(SOON_S, self._close_form)
        self._submit(request)

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """What has been sent cannot be edited while it is under way."""
        if widget is None or not self.busy:
            super().set_focus(widget, scroll_visible, from_app_focus)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Leave without doing anything, unless it is under way."""
        if not self.busy:
            self.finish(None)

    @work(group="submit")
    async def _submit(self, request: RequestT) -> None:
        try:
            # Shielded: leaving the screen cannot cancel a payment in flight.
            result = await asyncio.shield(asyncio.to_thread(self.send, request))
        except SignInRefused as ended:
            self.post_message(SessionEnded(ended.sentence))
        except BillingError as refusal:
            if isinstance(refusal, StoreUnavailable) and refusal.lasts:
                self.post_message(DatabaseFailed())
            self.was_refused(refusal)
        else:
            if self.before_it_goes is not None:
                await self.before_it_goes(result)
            self.finish(result)

    def was_refused(self, refusal: BillingError) -> None:
        """Let the form be corrected: nothing was done and nothing will be."""
        self._open_form()
        self._refuse(refusal)

    def _close_form(self) -> None:
        """Say that it takes a while, if it is not done yet."""
        if not self.busy:
            return
        self.set_focus(None)
        self.holds_keys = False
        self._enable(False)
        self._refusal.show("Working… this dialog closes when it is done.")

    def _open_form(self) -> None:
        """Let the form be filled in again, where the operator was."""
        self.busy = self.holds_keys = False
        self._enable(True)
        self._ok.label = self.OK
        self._refusal.show()
        places = [place for place in (self._focused_before, *self.query(Input)) if place is not None]
        next((place for place in places if place.focusable), self._ok).focus()

    def _refuse(self, refusal: BillingError) -> None:
        name = refusal.field if isinstance(refusal, InvalidInput) else ""
        for field in self._fields:
            if field.name == name:
                field.show_error(refusal.sentence)
                return
        self._refusal.show(f"{refusal.title}: {shown(refusal.sentence)}")

    def _enable(self, enabled: bool) -> None:
        for field in self._fields:
            field.enable(enabled)
        self._ok.disabled = self._cancel.disabled = not enabled

    def on_click(self, event: events.Click) -> None:
        """A click beside the dialog does nothing: a form is never lost by a slip."""
        event.stop()
