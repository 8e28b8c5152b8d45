"""All Accounts: every customer of the provider, searched, filtered and opened."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account, AccountFilter, AccountOrder, AccountState, AccountType
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.payments import Payment
from tui_billing.screens.messages import AccountOpened, ExceptionsOpened
from tui_billing.screens.money_screen import MoneyScreen
from tui_billing.screens.payment_actions import ISSUE_CREDIT, PaymentAction
from tui_billing.screens.searched_screen import SearchedScreen
from tui_billing.widgets.columns import Cell, Column
from tui_billing.widgets.details import Detail, Details
from tui_billing.widgets.tab_line import Tab, TabLine
from tui_billing.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui_billing.services.results import MoneyMoved

NO_ACCOUNTS = "No accounts yet. Add the first one with: tui-billing accounts add"
TABS: dict[str, AccountType | None] = {
    "All": None,
    "Retail": AccountType.RETAIL,
    "Corporate": AccountType.CORPORATE,
    "Trial": AccountType.TRIAL,
}
STATES: tuple[AccountState | None, ...] = (None, *AccountState)
STATE_STYLES = {AccountState.ACTIVE: "", AccountState.NEW: "", AccountState.TERMINATED: "muted"}
ORDERS = {"Number": AccountOrder.NUMBER, "Name": AccountOrder.NAME}
COLUMNS = (
    Column("gear", icon="⚙", tooltip="Gear menu: what can be done with this account", priority=9),
    Column("dashboard", icon="▤", tooltip="Open this customer's dashboard", priority=9),
    Column("Number", 8, priority=8),
    Column("Name", 16, grow=True, priority=9),
    Column("Type", 9, priority=3),
    Column("State", 10, priority=4),
    Column("Balance", 19, align="right", priority=7),
    Column("Master user", 12, priority=1),
)


class AllAccounts(MoneyScreen, SearchedScreen):
    """The list of accounts with the selected one's details."""

    CSS_PATH = "all_accounts.tcss"
    MONEY: ClassVar[tuple[PaymentAction, ...]] = (ISSUE_CREDIT,)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "dashboard", "Dashboard", tooltip="Open the selected customer's dashboard", id="dashboard"),
        ISSUE_CREDIT.binding,
        Binding("s", "next_state", "State", tooltip="Show accounts of the next state only", id="state"),
        Binding("o", "next_order", "Order", tooltip="Sort by name, or by number again", show=False, id="order"),
        # The line of the tabs says it, so that the key bar keeps its room.
        Binding("e", "exceptions", "Exceptions", tooltip="Everything that needs a person", show=False, id="exceptions"),
        *(Binding(str(n), f"tab('{tab}')", f"{tab} accounts", show=False) for n, tab in enumerate(TABS, 1)),
    ]

    PERMISSIONS = {"exceptions": (Permission.FINANCE,)}
    SEARCHES = "Number, name or master user"
    path = ("Accounts", "All Accounts")
    _chosen = AccountFilter()

    def content(self) -> Iterable[Widget]:
        """Tabs, search line, list and details."""
        self._tabs = TabLine([Tab(name, name, str(n)) for n, name in enumerate(TABS, 1)], note=self._note)
        self._table: VirtualTable[Account] = VirtualTable(
            COLUMNS, cells=account_cells, key=lambda account: account.number, empty=NO_ACCOUNTS
        )
        self._details = Details(id="details")
        yield self._tabs
        yield self.search_line()
        with Horizontal(id="main"):
            yield self._table
            yield self._details

    def begin(self) -> None:
        """Read the first accounts."""
        super().begin()
        self._choose(AccountFilter())

    @property
    def chosen(self) -> tuple[Account | None, Payment | None]:
        """The selected account."""
        return self._table.selected_row, None

    def action_dashboard(self) -> None:
        """Open the selected account's dashboard."""
        self._table.action_open()

    def action_exceptions(self) -> None:
        """Open the list of what needs a person."""
        self.post_message(ExceptionsOpened())

    def action_next_state(self) -> None:
        """Show the accounts of the next state only, after the last one all of them."""
        state = STATES[(STATES.index(self._chosen.state) + 1) % len(STATES)]
        self._choose(replace(self._chosen, state=state))
        self._tabs.show(note=self._note)

    def action_next_order(self) -> None:
        """Sort by name, or by number again; the selected account stays selected."""
        selected = self._table.selected_row
        order = AccountOrder.NAME if self._chosen.order is AccountOrder.NUMBER else AccountOrder.NUMBER
        self._choose(replace(self._chosen, order=order), None if selected is None else selected.number)
        self._tabs.show(note=self._note)

    @property
    def _note(self) -> str:
        state = f"State: {self._chosen.state.label if self._chosen.state else 'all'}"
        state += " · by name" if self._chosen.order is AccountOrder.NAME else ""
        return f"{state} · e Exceptions" if self.session.may(Permission.FINANCE) else state

    def action_tab(self, name: str) -> None:
        """Show the accounts of one type, or all."""
        self._tabs.show(active=name)
        self._choose(replace(self._chosen, type=TABS[name]))

    def money_moved(self, moved: MoneyMoved | None) -> None:
        """Show the new balance."""
        self._table.reload(None if moved is None else moved.account.number)

    @on(TabLine.TabChosen)
    def _on_tab(self, event: TabLine.TabChosen) -> None:
        self.action_tab(event.name)

    @on(VirtualTable.RowOpened)
    def _on_opened(self, event: VirtualTable.RowOpened) -> None:
        self.post_message(AccountOpened(event.row))

    @on(VirtualTable.HeaderPressed)
    def _on_header(self, event: VirtualTable.HeaderPressed) -> None:
        order = ORDERS.get(event.column)
        if order is not None and order is not self._chosen.order:
            self.action_next_order()

    @on(VirtualTable.IconPressed)
    def _on_icon(self, event: VirtualTable.IconPressed) -> None:
        if event.column == "gear":
            self.action_gear()
        else:
            self.post_message(AccountOpened(event.row))

    @on(VirtualTable.RowHighlighted)
    def _on_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        account: Account | None = event.row
        if account is None:
            self._details.show("No account", [])
        else:
            self._details.show(account.name, account_details(account))

    def show_found(self) -> None:
        """Show the accounts of tab and state that the search finds."""
        self._choose(replace(self._chosen, search=self.search))

    def _choose(self, chosen: AccountFilter, number: str | None = None) -> None:
        self._chosen = chosen
        ways = (*(("s next state",) if chosen.state else ()), *(("1 all types",) if chosen.type else ()))
        empty = self.why_empty(NO_ACCOUNTS, "No account matches.", *ways)
        self._table.show_source(self._fetch, number, empty=empty)

    async def _fetch(self, direction: Direction, key: Hashable | None, limit: int) -> Page[Account] | None:
        number = None if key is None else str(key)
        return await self.read(self.services.accounts.page, self.session, self._chosen, direction, number, limit)


def account_cells(account: Account) -> Sequence[str | Cell]:
    """An account's cells in the order of the columns."""
    return (
        account.number,
        account.name,
        account.type.label,
        Cell(account.state.label, STATE_STYLES.get(account.state, "warning")),
        Cell(str(account.balance), "negative" if account.balance.minor_units < 0 else ""),
        Cell(account.master_user, "muted"),
    )


def account_details(account: Account) -> list[Detail]:
    """What the details of an account say, the most asked for first."""
    limit = "none" if account.credit_limit_minor is None else str(account.money(account.credit_limit_minor))
    terms = f"{account.payment_terms_days} days" if account.type is AccountType.CORPORATE else "by card"
    return [
        Detail("Number", account.number),
        Detail("Type", account.type.label),
        Detail("Master user", account.master_user),
        Detail("Created", f"{account.created:%Y-%m-%d}"),
        Detail("Currency", account.currency),
        Detail("Credit balance", str(account.credit_balance)),
        Detail("Amount due", str(account.amount_due), "negative" if account.amount_due.minor_units else ""),
        Detail("Credit limit", limit),
        Detail("Payment terms", terms),
        Detail("Card on file", f"{account.card.label}, {account.card.expiry}" if account.card else "none"),
    ]
