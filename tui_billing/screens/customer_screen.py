"""What the four places of a customer's dashboard share: whom one is viewing, the tabs, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Static

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.payments import Payment
from tui_billing.domain.text import shown
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.messages import Place, PlaceChosen
from tui_billing.screens.money_screen import MoneyScreen
from tui_billing.widgets.tab_line import Tab, TabLine

if TYPE_CHECKING:
    from datetime import date

    from tui_billing.services.results import MoneyMoved

USAGE_AND_BILLING = "Usage and Billing"
NAME_CELLS = 40
SEES_PAYMENTS = (Permission.FINANCE, Permission.ACCOUNT_ADMIN, Permission.BILLING_ADMIN)
CHANGES_CARD = (Permission.FINANCE, Permission.BILLING_ADMIN)


class CustomerScreen(MoneyScreen):
    """One place of one customer's dashboard."""

    PLACE: ClassVar[Place]
    CSS_PATH: ClassVar[Any] = "customer_screen.tcss"
    PERMISSIONS = {"payments": SEES_PAYMENTS, "card": CHANGES_CARD}
    BINDINGS: ClassVar[list[BindingType]] = [
        # The tabs show these keys already, so the key bar leaves its room to the others.
        Binding("u,ctrl+right", "usage", USAGE_AND_BILLING, key_display="u", show=False, id="usage"),
        Binding("h,ctrl+left", "place('Dashboard')", "Dashboard", key_display="h", show=False, id="home"),
        Binding("p", "payments", "Payments", show=False, id="payments"),
        Binding("i", "place('Invoices')", "Invoices", show=False, id="invoices"),
        Binding("a", "place('Activity')", "Activity", show=False, id="activity"),
    ]

    account: Account
    """Whose place it is."""

    @property
    def path(self) -> tuple[str, ...]:
        """Where one is, below the list that the customer was chosen in; a customer's own users have none."""
        desk_screens = (screen for screen in self.app.screen_stack if isinstance(screen, DeskScreen))
        above = [screen.path for screen in desk_screens if not isinstance(screen, CustomerScreen)][-1:]
        below = () if self.PLACE is Place.DASHBOARD else (USAGE_AND_BILLING, self.PLACE.value)
        return (*(above[0] if above else ()), self.account.name, *below)

    @property
    def chosen(self) -> tuple[Account | None, Payment | None]:
        """The customer that is viewed, and no payment."""
        return self.account, None

    def content(self) -> Iterable[Widget]:
        """Whom one is viewing, the tabs, and the place itself."""
        if self.session.may(Permission.ACCOUNT_MANAGE):
            yield Static(viewing(self.account), classes="viewing")
        at_home = self.PLACE is Place.DASHBOARD
        sections = [Tab(Place.DASHBOARD.value, "Dashboard", "h"), Tab(USAGE_AND_BILLING, USAGE_AND_BILLING, "u")]
        yield TabLine(sections, Place.DASHBOARD.value if at_home else USAGE_AND_BILLING, id="sections")
        if not at_home:
            places = (Place.ACTIVITY, Place.INVOICES, Place.PAYMENTS)
            allowed = [place for place in places if place is not Place.PAYMENTS or self.session.may(*SEES_PAYMENTS)]
            tabs = [Tab(place.value, place.value, place.value[0].lower()) for place in allowed]
            self._places = TabLine(tabs, self.PLACE.value, id="places")
            yield self._places
        yield from self.place()

    def about(self, account: Account | None, payment: tuple[date, int] | None) -> None:  # noqa: ARG002
        """Be about this account."""
        assert account is not None, "a customer's place is about an account"
        self.account = account

    def begin(self) -> None:
        """Say whom one is viewing."""
        super().begin()
        for line in self.query(".viewing").results(Static):
            line.update(viewing(self.account))

    def place(self) -> Iterable[Widget]:
        """The widgets of this place."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the other places, not the one where one is; within the dashboard only the ways out of it."""
        at_home = self.PLACE is Place.DASHBOARD
        here = {"place": bool(parameters) and parameters[0] == self.PLACE.value, "usage": not at_home}
        here["payments"] = self.PLACE is Place.PAYMENTS
        if here.get(action):
            return False
        return super().check_action(action, parameters)

    def action_place(self, name: str) -> None:
        """Go to another place of this customer."""
        self.post_message(PlaceChosen(self.account, Place(name)))

    def action_payments(self) -> None:
        """Go to the payments."""
        self.action_place(Place.PAYMENTS.value)

    def action_usage(self) -> None:
        """Go to Usage and Billing: its payments, or its invoices where payments are not shown."""
        self.action_place((Place.PAYMENTS if self.session.may(*SEES_PAYMENTS) else Place.INVOICES).value)

    def money_moved(self, moved: MoneyMoved | None) -> None:
        """Read this place again with the new balance."""
        if moved is not None:
            self.account = moved.account
        self.action_reload()

    @on(TabLine.TabChosen)
    def _on_tab(self, event: TabLine.TabChosen) -> None:
        if event.name == USAGE_AND_BILLING:
            self.action_usage()
        else:
            self.action_place(event.name)


def viewing(account: Account) -> Text:
    """Whom one is viewing; a long name is cut, for the number alone tells two alike apart."""
    name = Text(shown(account.name))
    name.truncate(NAME_CELLS, overflow="ellipsis")
    words = ("Viewing a customer: ", name, f" · {account.number} · Esc goes back")
    return Text.assemble(*words, overflow="ellipsis", no_wrap=True)
