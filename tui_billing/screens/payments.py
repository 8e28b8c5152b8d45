"""Usage and Billing > Payments: everything that came in for a customer, and its ways back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.payments import Payment, PaymentFilter, PaymentState
from tui_billing.domain.receipts import refuse_receipt
from tui_billing.screens.card_screen import CardScreen
from tui_billing.screens.document_screen import DocumentScreen, save_binding
from tui_billing.screens.look_up_screen import LookUpScreen
from tui_billing.screens.messages import Place
from tui_billing.screens.modals.details import DetailsView
from tui_billing.screens.payment_actions import ACTIONS, LOOK_UP
from tui_billing.screens.payment_details import payment_details, payment_summary, payment_title, state_in_words
from tui_billing.screens.searched_screen import SearchedScreen
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.details import Details
from tui_billing.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui_billing.documents.document import Document
    from tui_billing.services.outcomes import LookedUp
    from tui_billing.services.results import MoneyMoved

NO_PAYMENTS = "No payments here yet. The gear menu (g) says what can be done."
FILTERS = tuple(PaymentFilter)
STATE_STYLES = {
    PaymentState.PENDING: "warning",
    PaymentState.FAILED: "negative",
    PaymentState.CANCELLED: "muted",
    PaymentState.CHARGED_BACK: "muted",
    PaymentState.PARTLY_CHARGED_BACK: "warning",
}
COLUMNS = (
    Column("Date", 10, priority=9),
    Column("ID", 8, priority=7),
    Column("Kind", 6, priority=6),
    Column("Method or card", 15, grow=True, priority=2),
    Column("Reference", 12, grow=True, priority=1),
    Column("Amount", 18, align="right", priority=9),
    Column("Unapplied", 12, align="right", priority=3),
    Column("State", 19, grow=True, priority=8),
    Column("Recorded by", 11, priority=0),
)


class Payments(CardScreen, DocumentScreen, SearchedScreen, LookUpScreen):
    """The payments and credits of a customer, newest first."""

    PLACE = Place.PAYMENTS
    SEARCHES = "ID, reference or memo"
    SAVES = "Save Receipt"
    MONEY = tuple(ACTIONS.values())
    BINDINGS: ClassVar[list[BindingType]] = [
        *(action.binding for action in ACTIONS.values()),
        Binding("f", "next_filter", "Filter", tooltip="Show the next kind of payments only", id="filter"),
        save_binding(SAVES, show=False),
    ]
    _filter = PaymentFilter.ALL
    _detailed = ""
    _balance: Money | None = None
    """What the account's balance was read as; the account that the screen is opened with may be older."""
    _first_selected: tuple[date, int] | None = None

    def place(self) -> Iterable[Widget]:
        """The list and the details of the selected row."""
        self._table: VirtualTable[Payment] = VirtualTable(
            COLUMNS,
            cells=payment_cells,
            key=lambda payment: (payment.received, payment.sequence),
            empty=NO_PAYMENTS,
        )
        self._details = Details(id="details")
        yield self.search_line()
        with Horizontal(id="main"):
            yield self._table
            yield self._details

    def about(self, account: Account | None, payment: tuple[date, int] | None) -> None:
        """Be about this account, with the cursor on this payment."""
        super().about(account, payment)
        self._first_selected = payment

    def begin(self) -> None:
        """Read the newest payments, or those around the one to begin with."""
        super().begin()
        self._filter = PaymentFilter.ALL
        self._detailed = ""
        self._balance = None
        self._details.show("", ())
        self._show_note()
        self._table.show_source(self._fetch, self._first_selected, empty=NO_PAYMENTS)

    @property
    def chosen(self) -> tuple[Account | None, Payment | None]:
        """The customer and the selected payment."""
        return self.account, self._table.selected_row

    def documents(self) -> Callable[[], Sequence[Document]]:
        """The receipt of the selected payment, and those of its charge backs."""
        payment = self._table.selected_row
        if payment is None:
            raise RuleRefused("No payment is selected.")
        refuse_receipt(payment)
        services, session, number = self.services.documents, self.session, self.account.number

        def made() -> Sequence[Document]:
            receipt = services.receipt(session, number, payment.id)
            given_back = (
                services.charge_back_receipts(session, number, payment.id) if payment.charged_back_minor else ()
            )
            return (receipt, *given_back)

        return made

    def show_found(self) -> None:
        """Show the payments of this kind that the search finds."""
        ways = () if self._filter is PaymentFilter.ALL else ("f shows the next kind",)
        self._table.show_source(self._fetch, empty=self.why_empty(NO_PAYMENTS, "No payment matches.", *ways))

    def action_next_filter(self) -> None:
        """Show the next kind of rows only, after the last one all of them."""
        self._filter = FILTERS[(FILTERS.index(self._filter) + 1) % len(FILTERS)]
        self._show_note()
        self.show_found()

    def action_reload(self) -> None:
        """Read the list and the balance again."""
        self._table.reload()
        self._reload_account()

    def catch_up(self) -> None:
        """Read the rows on the screen and the balance again."""
        super().catch_up()
        self._reload_account()

    def money_moved(self, moved: MoneyMoved | None) -> None:
        """Show the row the action made or changed, selected."""
        if moved is None:
            self.action_reload()
            return
        self._filter = PaymentFilter.ALL
        self._show_account(moved.account)
        self._table.reload((moved.payment.received, moved.payment.sequence))

    async def _offer(self, name: str, account: Account, payment: Payment | None) -> None:
        """A look-up needs no dialog, since it moves nothing."""
        if name == LOOK_UP.name and payment is not None and not LOOK_UP.refusal(account, payment):
            self.look_up(account.number, payment.id)
        else:
            await super()._offer(name, account, payment)

    def looked_up(self, found: LookedUp | None) -> None:  # noqa: ARG002
        """Show what has become of the row."""
        self.action_reload()

    @on(VirtualTable.RowHighlighted)
    def _on_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        payment: Payment | None = event.row
        if payment is None:
            self._detailed = ""
            self._details.show("No payment selected", [])
            return
        wide = self.has_class("-wide")
        # Of the payment that is there in full already, a word less would be a step back for the blink of an eye.
        if not wide or self._detailed != payment.id:
            self._detailed = ""
            self._details.show(f"{payment_title(payment)} · {state_in_words(payment)}", payment_summary(payment))
        if wide:
            self._show_details(payment)

    @on(VirtualTable.RowOpened)
    def _on_opened(self, event: VirtualTable.RowOpened) -> None:
        self.holds_keys = True
        self._open_details(event.row)

    @work(exclusive=True, group="open")
    async def _open_details(self, payment: Payment) -> None:
        details = await self.asked(self.services.payments.details, self.session, self.account.number, payment.id)
        await self.opened(None if details is None else DetailsView(payment_title(payment), payment_details(details)))

    @work(exclusive=True, group="details")
    async def _show_details(self, payment: Payment) -> None:
        details = await self.read_details(self.services.payments.details, self.session, self.account.number, payment.id)
        if details is not None:
            self._detailed = payment.id
            self._details.show(payment_title(payment), payment_details(details))

    @work(exclusive=True, group="account")
    async def _reload_account(self) -> None:
        account = await self.read(self.services.accounts.show, self.session, self.account.number)
        if account is not None:
            self._show_account(account)

    def _show_account(self, account: Account) -> None:
        self.account, self._balance = account, account.balance
        self._show_note()

    def _show_note(self) -> None:
        kind = () if self._filter is PaymentFilter.ALL else (self._filter.value,)
        balance = () if self._balance is None else (f"Balance {self._balance}",)
        self._places.show(note=" · ".join((*kind, *balance)))

    async def _fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Payment] | None:
        services, session, number = self.services, self.session, self.account.number
        arguments = (self._filter, direction, cast("Any", key), limit, self.search)

        def page_and_balance() -> tuple[Page[Payment], Account | None]:
            page = services.payments.page(session, number, *arguments)
            # With the first rows, so that both come in one frame.
            return page, services.accounts.show(session, number) if self._balance is None else None

        page, account = await self.read(page_and_balance) or (None, None)
        if account is not None:
            self._show_account(account)
        return page


def payment_cells(payment: Payment) -> Sequence[str | Cell]:
    """A payment's cells in the order of the columns."""
    gone = payment.state in (PaymentState.CANCELLED, PaymentState.FAILED, PaymentState.CHARGED_BACK)
    waiting = " · charge back pending" if payment.charge_back_pending_minor else ""
    return (
        f"{payment.received:%Y-%m-%d}",
        Cell(payment.short_id, "muted"),
        payment.kind.label,
        payment.means,
        Cell(payment.reference, "muted"),
        Cell(str(payment.amount), "muted" if gone else ""),
        Cell(payment.unapplied.figure if payment.unapplied_minor else "–", "" if payment.unapplied_minor else "muted"),
        Cell(payment.state.label + waiting, "warning" if waiting else STATE_STYLES.get(payment.state, "")),
        Cell(payment.recorded_by, "muted"),
    )
