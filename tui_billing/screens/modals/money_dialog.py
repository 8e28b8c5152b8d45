"""The dialog every money action runs in: says before OK what will happen, does just that, and can't do it twice."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import work
from textual.binding import Binding, BindingType

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import BillingError, InvalidInput, OutcomeUnknown, RuleRefused, StoreUnavailable
from tui_billing.domain.idempotency import new_key
from tui_billing.domain.payments import Payment
from tui_billing.domain.text import shown
from tui_billing.screens.messages import DatabaseFailed
from tui_billing.screens.modals.form_dialog import FormDialog
from tui_billing.screens.modals.outlook import FiguresChanged, Outlook, changed_words
from tui_billing.screens.payment_details import payment_title

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.previews import Preview
    from tui_billing.services.results import MoneyMoved
    from tui_billing.services.session import OperatorSession
    from tui_billing.widgets.field import Field

RequestT = TypeVar("RequestT")
# Nobody reads new figures in less: an Enter that comes sooner was meant for those before.
UNREAD_S = 0.5


class MoneyDialog(FormDialog[RequestT, "MoneyMoved"], Generic[RequestT]):
    """A form for one money action; dismisses with what was done, or none if it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "look_up", "Look up", show=False, tooltip="Ask what became of it; moves no money twice"),
    ]
    OF_PAYMENT: ClassVar[bool] = False
    """Whether it is about a payment that is there already, and says which."""

    def __init__(
        self, services: DeskServices, session: OperatorSession, account: Account, payment: Payment | None
    ) -> None:
        super().__init__(services, session, account)
        self.payment = payment
        self._key = new_key()
        self._seen = Outlook(account.balance)
        self._seen_for: RequestT | None = None
        # What was sent before its figures could be shown was judged by these.
        self._judged: Outlook | None = None
        self._read_from_s = 0.0
        self._follows = True
        self._foreseen = False
        # The first refusal after which nobody knew what had happened, until that is known.
        self._unknown: OutcomeUnknown | None = None

    @property
    def subject(self) -> Payment:
        """The payment that this dialog is about."""
        assert self.payment is not None, "this action is about a payment"
        return self.payment

    @property
    def given(self) -> tuple[str, ...]:
        """The customer, and the payment that this dialog is about."""
        if not self.OF_PAYMENT:
            return super().given
        return (*super().given, f"{payment_title(self.subject)} · received {self.subject.received:%Y-%m-%d}")

    def preview(self, request: RequestT) -> Preview:
        """What it would do. Runs off the event loop."""
        raise NotImplementedError

    def submit(self, request: RequestT, key: str) -> MoneyMoved:
        """Do it. Runs off the event loop, once for each key."""
        raise NotImplementedError

    def told(self, moved: MoneyMoved) -> str:
        """What was done, for the notice."""
        raise NotImplementedError

    @property
    def amount_note(self) -> str:
        """What stands beside the amount: what is due."""
        due = self.account.money(max(0, -self._seen.now.minor_units))
        return f"{self.account.currency}  due: {due.figure}"

    @property
    def may_be_sent(self) -> bool:
        """Not while the figures are newer than anybody can have read them."""
        return super().may_be_sent and monotonic() >= self._read_from_s

    @property
    def first_outlook(self) -> tuple[str, ...]:
        """The balance now, which was read just before."""
        return self._seen.lines

    @property
    def about_to_change(self) -> bool:
        """While what the form as it opens would do is being found out, and while it is being done."""
        return super().about_to_change or not self._foreseen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to look up only while nobody knows what happened."""
        return self._unknown is not None if action == "look_up" else super().check_action(action, parameters)

    def action_look_up(self) -> None:
        """Ask what became of it, under the same key."""
        self.action_submit()

    def on_mount(self) -> None:
        """Say what will happen with the form as it opens; without an amount it says so already."""
        self._foreseen = not self._amount_field.value
        if not self._foreseen:
            self.show_outlook()

    def send(self, request: RequestT) -> MoneyMoved:
        """Do it under the key that was made when the dialog opened, unless the figures are not those that were seen."""
        # What has been sent already may itself have changed them; it is only asked after.
        if self._unknown is None:
            self._judged = self._compared(request)
        return self.submit(request, self._key)

    def _compared(self, request: RequestT) -> Outlook | None:
        """The figures now, unless they are those that were seen, or the use case will say why there are none.

        Raises `FiguresChanged` if they are not those that the operator decided on.
        """
        if request == self._seen_for and self._seen.as_of == self.services.changes.version():
            return None
        try:
            now = self._outlook_of(request)
        except StoreUnavailable:
            raise
        except BillingError:
            return None
        if not now.refusal and now.is_news(self._seen, request == self._seen_for):
            raise FiguresChanged(now)
        return now

    def was_refused(self, refusal: BillingError) -> None:
        """Wait if nobody knows what happened; otherwise another try is another action, if this one was judged."""
        if isinstance(refusal, OutcomeUnknown):
            self._unknown = self._unknown or refusal
        # What refuses before the key is looked up says nothing of what was sent under it.
        if self._unknown is not None and not isinstance(refusal, RuleRefused):
            self._wait_for_outcome(self._unknown)
            return
        self._unknown = None
        super().was_refused(refusal)
        if isinstance(refusal, FiguresChanged):
            self._show(refusal.outlook, self._readable_request())
        elif not isinstance(refusal, StoreUnavailable):
            self._key = new_key()
            # The figures of what was typed last may have come while it was under way.
            self.show_outlook()

    def show_outlook(self) -> None:
        """Ask for the preview of the form as it is; without one, say the balance now."""
        self._show_preview()

    def catch_up(self) -> None:
        """Ask for it again, since others have changed something."""
        if self._follows and not self.busy and self._unknown is None:
            self._show_preview()

    @work(exclusive=True, group="preview")
    async def _show_preview(self) -> None:
        request = self._readable_request()
        try:
            outlook = await asyncio.to_thread(self._outlook_of, request)
        except StoreUnavailable:
            self.post_message(DatabaseFailed())
        except BillingError:
            # It is told when the form is sent, and asking again and again would be logged again and again.
            self._follows = False
        else:
            # What is under way was judged by what was seen before.
            if not self.busy:
                self._show(outlook, request)
        self._foreseen = True

    def _readable_request(self) -> RequestT | None:
        try:
            return self.request()
        except InvalidInput:
            return None

    def _outlook_of(self, request: RequestT | None) -> Outlook:
        refusal, as_of = "", self.services.changes.version()
        try:
            if request is not None:
                preview = self.preview(request)
                return Outlook(preview.now, preview, as_of=as_of)
        except InvalidInput:
            pass
        except RuleRefused as refused:
            refusal = refused.sentence
        account = self.services.accounts.show(self.session, self.account.number)
        return Outlook(account.balance, refusal=refusal, as_of=as_of)

    def _show(self, outlook: Outlook, request: RequestT | None) -> None:
        """Show the figures as they are now, and say so if they are not those that were seen."""
        news = outlook.is_news(self._seen, request == self._seen_for)
        self._seen, self._seen_for = outlook, request
        self._outlook.show(*outlook.lines)
        if news:
            self._read_from_s = monotonic() + UNREAD_S
            self._refusal.show(shown(changed_words(outlook)))
            self._amount_field.show_note(self.amount_note)

    @property
    def _amount_field(self) -> Field:
        return next(field for field in self._fields if field.name == "Amount")

    def _wait_for_outcome(self, unknown: OutcomeUnknown) -> None:
        """The same key again looks the outcome up and moves no money twice, so the form stays as it was sent."""
        self.busy = self.holds_keys = False
        if self._judged is not None:
            self._outlook.show(*self._judged.lines)
        self._ok.disabled = self._cancel.disabled = False
        self._ok.label = "Look up"
        self._ok.focus()
        self._refusal.show(f"{unknown.title}. {shown(unknown.sentence)}")
