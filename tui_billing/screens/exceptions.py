"""Accounts > Exceptions: everything that needs a person, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_billing.domain.exceptions import ExceptionKind, ExceptionLine
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.text import shown
from tui_billing.screens.exception_actions import ACTIONS, LOOK_UP, RECORD_DISPUTE
from tui_billing.screens.look_up_screen import LookUpScreen
from tui_billing.screens.messages import PaymentOpened
from tui_billing.screens.modals.gear_menu import GearEntry, GearMenu
from tui_billing.screens.money_screen import told_of
from tui_billing.screens.searched_screen import SearchedScreen
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.details import Detail, Details
from tui_billing.widgets.tab_line import Tab, TabLine
from tui_billing.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui_billing.services.outcomes import LookedUp

# What fits below the list with its sentences whole; the account stands in the list.
NARROW_DETAILS = 3
NOTHING = "Nothing needs a person."
KINDS: tuple[ExceptionKind | None, ...] = (None, *ExceptionKind)
STYLES = {ExceptionKind.DIFFERENCE: "negative", ExceptionKind.DISPUTE_WON: "positive"}
COLUMNS = (
    Column("Since", 10, priority=6),
    Column("What", 15, priority=9),
    Column("Account", 8, priority=5),
    Column("Name", 12, grow=True, priority=8),
    Column("Amount", 16, align="right", priority=9),
    Column("Reference", 14, grow=True, priority=3),
    Column("What to do", 24, priority=4),
)


class Exceptions(SearchedScreen, LookUpScreen):
    """The list, newest first, with the selected line's details."""

    CSS_PATH = "exceptions.tcss"
    SEARCHES = "Number, name, master user, payment or reference"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "gear", "Gear menu", tooltip="What can be done here", id="gear"),
        Binding("o", "reconcile", "Reconcile", tooltip="Ask the gateways now; moves no money", id="reconcile"),
        *(action.binding for action in ACTIONS.values()),
        Binding("f", "next_filter", "Filter", tooltip="Show the next kind only", id="filter"),
    ]
    path = ("Accounts", "Exceptions")
    _kind: ExceptionKind | None = None
    _reconciling = False

    def content(self) -> Iterable[Widget]:
        """The heading, the search line, the list and the details."""
        self._heading = TabLine([Tab("exceptions", "Exceptions")], note="All")
        self._table: VirtualTable[ExceptionLine] = VirtualTable(
            COLUMNS, cells=line_cells, key=lambda line: (line.since, line.id), empty=NOTHING
        )
        self._details = Details(one_column=True, id="details")
        yield self._heading
        yield self.search_line()
        with Horizontal(id="main"):
            yield self._table
            yield self._details

    def begin(self) -> None:
        """Read the list, as the last reconcile left it."""
        super().begin()
        self._details.show("", ())
        self._show_kind(None)

    def show_found(self) -> None:
        """Show the lines of this kind that the search finds."""
        ways = () if self._kind is None else ("f shows the next kind",)
        self._table.show_source(self._fetch, empty=self.why_empty(NOTHING, "Nothing matches.", *ways))

    def action_next_filter(self) -> None:
        """Show the next kind only, after the last one all of them."""
        self._show_kind(KINDS[(KINDS.index(self._kind) + 1) % len(KINDS)])

    def _show_kind(self, kind: ExceptionKind | None) -> None:
        self._kind = kind
        self._heading.show(note=f"{self._kind.label} only" if self._kind else "All")
        self.show_found()

    def action_reconcile(self) -> None:
        """Ask the gateways, unless they are being asked."""
        if self._reconciling:
            self.notify("The gateways are being asked already.", markup=False)
            return
        self._reconciling = True
        self.notify("Asking the gateways…", markup=False)
        self._reconcile()

    @work
    async def action_gear(self) -> None:
        """Open the gear menu and do what is chosen there, with the line it was opened for."""
        line = self._table.selected_row
        entries = [GearEntry(each.key, each.label, each.name, each.refusal(line)) for each in ACTIONS.values()]
        chosen = await self.opened(GearMenu([*entries, GearEntry("o", "Reconcile", "reconcile")]))
        if chosen == "reconcile":
            self.action_reconcile()
        elif chosen:
            self._do(chosen, line)

    def action_do(self, name: str) -> None:
        """Do this with the line at hand, or say why not."""
        self._do(name, self._table.selected_row)

    def looked_up(self, found: LookedUp | None) -> None:  # noqa: ARG002
        """Show what is left."""
        self._table.reload()

    @on(VirtualTable.RowHighlighted)
    def _on_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        line: ExceptionLine | None = event.row
        if line is None:
            self._details.show("Nothing selected", [])
        else:
            details = line_details(line)
            title = " · ".join(filter(None, (line.kind.label, line.account_name)))
            self._details.show(title, details if self.has_class("-wide") else details[:NARROW_DETAILS])

    @on(VirtualTable.RowOpened)
    def _on_opened(self, event: VirtualTable.RowOpened) -> None:
        self.holds_keys = True
        self._open(event.row)

    def _do(self, name: str, line: ExceptionLine | None) -> None:
        refusal = ACTIONS[name].refusal(line)
        if refusal or line is None:
            self.notify(shown(refusal), title=ACTIONS[name].label, severity="warning", markup=False)
        elif name == LOOK_UP.name:
            assert line.payment_id is not None, "an outcome is that of a payment"
            self.look_up(line.account_number, line.payment_id)
        else:
            self.holds_keys = True
            self._run_dialog(name, line)

    @work
    async def _run_dialog(self, name: str, line: ExceptionLine) -> None:
        from tui_billing.screens.modals.dispute_dialogs import RecordDispute, ReverseChargeBack

        try:
            account = await self.asked(self.services.accounts.show, self.session, line.account_number)
            if account is None:
                return
            kind = RecordDispute if name == RECORD_DISPUTE.name else ReverseChargeBack
            await told_of(self, kind(self.services, self.session, account, line))
        finally:
            self.holds_keys = False
        self._table.reload()

    @work(exclusive=True, group="open")
    async def _open(self, line: ExceptionLine) -> None:
        try:
            if not line.account_number:
                self.notify("The ledger knows no account for this.", severity="warning", markup=False)
                return
            account = await self.asked(self.services.accounts.show, self.session, line.account_number)
            if account is not None:
                known = line.payment_received is not None and line.payment_sequence is not None
                key = (line.payment_received, line.payment_sequence) if known else None
                self.post_message(PaymentOpened(account, cast("Any", key)))
                await self._left()
        finally:
            self.holds_keys = False

    async def _left(self) -> None:
        """Wait until the application has dealt with what was posted, on its way from here: keys are for what comes."""
        done = asyncio.Event()
        self.call_later(self.app.call_later, done.set)
        await done.wait()

    @work(group="reconcile")
    async def _reconcile(self) -> None:
        try:
            done = await self.asked(self.services.reconciliation.reconcile, self.session)
        finally:
            self._reconciling = False
        if done is None:
            return
        # That they are being asked is no news any more.
        self.app.clear_notifications()
        words = f"{done.resolved} looked up, {done.still_unknown} still not known. Compared since {done.since}."
        self.notify(words, title="Reconciled", markup=False)
        for name, sentence in done.unavailable:
            self.notify(shown(sentence), title=f"Not available: {shown(name)}", severity="warning", markup=False)
        self._table.reload()

    async def _fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[ExceptionLine] | None:
        after = cast("Any", key)
        page = self.services.reconciliation.exceptions
        return await self.read(page, self.session, self._kind, direction, after, limit, self.search)


def line_cells(line: ExceptionLine) -> Sequence[str | Cell]:
    """A line's cells in the order of the columns."""
    return (
        f"{line.since:%Y-%m-%d}",
        Cell(line.kind.short_label, STYLES.get(line.kind, "warning")),
        Cell(line.account_number, "muted"),
        line.account_name or "not in the ledger",
        str(line.amount),
        Cell(line.reference, "muted"),
        line.kind.to_do,
    )


def line_details(line: ExceptionLine) -> list[Detail]:
    """What has happened, what to do, and everything else, the most asked for first."""
    return [
        Detail("", line.sentence),
        Detail("", line.kind.advice, "accent"),
        Detail("Reference", line.reference or "none"),
        Detail("Account", f"{line.account_number} {line.account_name}".strip() or "none"),
        Detail("Payment", line.payment_id or "none"),
        Detail("Charge back", line.charge_back_id or "none"),
        Detail("Gateway", line.gateway or "none"),
        Detail("Since", f"{line.since:%Y-%m-%d %H:%M} UTC"),
    ]
