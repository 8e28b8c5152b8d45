"""The dialog every money action runs in: says before OK what will happen, and can't do it twice."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import BillingError, InvalidInput, OutcomeUnknown, SignInRefused, StoreUnavailable
from tui_billing.domain.money import Money
from tui_billing.domain.payments import Payment
from tui_billing.domain.text import shown
from tui_billing.screens.messages import SessionEnded
from tui_billing.screens.modals.desk_modal import DeskModal
from tui_billing.widgets.choice import Choice
from tui_billing.widgets.field import Field

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.previews import Preview
    from tui_billing.services.results import MoneyMoved
    from tui_billing.services.session import OperatorSession

RequestT = TypeVar("RequestT")
INVOICES_NAMED = 3


class MoneyDialog(DeskModal["MoneyMoved | None"], Generic[RequestT]):
    """A form for one money action; dismisses with what was done, or none if it was left."""

    CSS_PATH = "money_dialog.tcss"
    HEADING: ClassVar[str] = ""
    OK: ClassVar[str] = "OK"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "OK", key_display="Enter", show=False),
        Binding("escape", "leave", "Cancel", key_display="Esc", show=False),
    ]

    def __init__(
        self, services: DeskServices, session: OperatorSession, account: Account, payment: Payment | None
    ) -> None:
        super().__init__()
        self.services = services
        self.session = session
        self.account = account
        self.payment = payment
        self.busy = False
        self._focused_before: Widget | None = None
        self._key = uuid.uuid4().hex

    @property
    def heading(self) -> str:
        """The words of the action."""
        return self.HEADING

    @property
    def subject(self) -> Payment:
        """The payment that this dialog is about."""
        assert self.payment is not None, "this action is about a payment"
        return self.payment

    def fields(self) -> Iterable[Field]:
        """The form, the amount first."""
        raise NotImplementedError

    def request(self) -> RequestT:
        """What the form asks for; raises `InvalidInput` for what cannot be read."""
        raise NotImplementedError

    def preview(self, request: RequestT) -> Preview:
        """What it would do. Runs off the event loop."""
        raise NotImplementedError

    def submit(self, request: RequestT, key: str) -> MoneyMoved:
        """Do it. Runs off the event loop, once for each key."""
        raise NotImplementedError

    def told(self, moved: MoneyMoved) -> str:
        """What was done, for the notice."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Heading, form, what will happen, what is wrong, and the two buttons."""
        # Kept, not looked up: an answer may come when the dialog is being taken down.
        self._outlook = Static(classes="preview", markup=False)
        self._refusal = Static(classes="refusal", markup=False)
        self._ok = Button(Text(self.OK), id="ok", compact=True, variant="primary")
        with Vertical() as box:
            box.border_title = self.heading
            box.border_subtitle = "Enter OK · Tab next field · Esc Cancel"
            yield Static(Text(f"{shown(self.account.name)} · {self.account.number}"), classes="customer")
            with Vertical(classes="form"):
                yield from self.fields()
            yield self._outlook
            yield self._refusal
            with Horizontal(classes="buttons"):
                yield self._ok
                yield Button(Text("Cancel"), id="cancel", compact=True)

    def on_mount(self) -> None:
        """Say what will happen with the form as it opens."""
        self._show_preview()

    @on(Input.Changed)
    @on(Choice.Changed)
    def _on_edited(self) -> None:
        for field in self.query(Field):
            field.show_error("")
        self._refusal.update("")
        self._show_preview()

    @on(Input.Submitted)
    @on(Choice.Submitted)
    @on(Button.Pressed, "#ok")
    def action_submit(self) -> None:
        """Do what the form says, unless that is under way."""
        if self.busy:
            return
        try:
            request = self.request()
        except InvalidInput as invalid:
            self._refuse(invalid)
            return
        self._close_form()
        self._submit(request)

    @on(Button.Pressed, "#cancel")
    def action_leave(self) -> None:
        """Leave without doing anything, unless it is under way."""
        if not self.busy:
            self.finish(None)

    @work(group="submit")
    async def _submit(self, request: RequestT) -> None:
        moved: MoneyMoved | None = None
        try:
            # Shielded: leaving the screen cannot cancel a payment in flight.
            moved = await asyncio.shield(asyncio.to_thread(self.submit, request, self._key))
        except (OutcomeUnknown, StoreUnavailable) as unknown:
            self._wait_for_outcome(unknown)
        except SignInRefused as ended:
            self.post_message(SessionEnded(ended.sentence))
        except BillingError as refusal:
            # Nothing was done and nothing will be, so another try is another action.
            self._key = uuid.uuid4().hex
            self._open_form()
            self._refuse(refusal)
        if moved is not None:
            self.finish(moved)

    @work(exclusive=True, group="preview")
    async def _show_preview(self) -> None:
        try:
            preview = await asyncio.to_thread(self.preview, self.request())
        except BillingError:
            balance = Text(f"Balance now {self.account.balance}")
            self._outlook.update(balance)
            return
        self._outlook.update(preview_text(preview))

    def _wait_for_outcome(self, unknown: BillingError) -> None:
        """The same key again looks the outcome up and moves no money twice, so the form stays as it was sent."""
        self.busy = False
        for button in self.query(Button):
            button.disabled = False
        self._ok.label = Text("Look up")
        self._ok.focus()
        self._refusal.update(Text(f"{unknown.title}. {shown(unknown.sentence)}"))

    def _close_form(self) -> None:
        """What has been sent cannot be edited while it is under way."""
        self.busy = True
        self._focused_before = self.focused
        for part in (*self.query(Button), *self.query(Field)):
            part.disabled = True
        self._refusal.update("Working… this dialog closes when it is done.")

    def _open_form(self) -> None:
        """Let the form be filled in again, where the operator was."""
        self.busy = False
        for part in (*self.query(Button), *self.query(Field)):
            part.disabled = False
        self._ok.label = Text(self.OK)
        self._refusal.update("")
        places = [place for place in (self._focused_before, *self.query(Input)) if place is not None]
        next((place for place in places if place.focusable), self._ok).focus()

    def _refuse(self, refusal: BillingError) -> None:
        name = refusal.field if isinstance(refusal, InvalidInput) else ""
        for field in self.query(Field):
            if name and field.id == name.lower().replace(" ", "-"):
                field.show_error(refusal.sentence)
                return
        self._refusal.update(Text(f"{refusal.title}: {shown(refusal.sentence)}"))

    def on_click(self, event: events.Click) -> None:
        """A click beside the dialog does nothing: a form is never lost by a slip."""
        event.stop()


def preview_text(preview: Preview) -> Text:
    """Balance now → balance after, and which invoices it will pay or re-open."""
    lines = [f"Balance {preview.now} → {preview.after}"]
    for word, changes in (("Pays", preview.paid), ("Re-opens", preview.reopened)):
        named = [f"{shown(number)} ({amount.figure})" for number, amount in changes[:INVOICES_NAMED]]
        if len(changes) > INVOICES_NAMED:
            rest_minor = sum(amount.minor_units for _, amount in changes[INVOICES_NAMED:])
            rest = Money(rest_minor, preview.now.currency).figure
            named.append(f"{len(changes) - INVOICES_NAMED} more ({rest})")
        if named:
            lines.append(f"{word} {', '.join(named)}")
    if not preview.paid and not preview.reopened:
        lines.append("Pays or re-opens no invoice")
    return Text("\n".join(lines))
