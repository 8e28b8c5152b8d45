"""The customer dashboard: where the account stands at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui_billing.domain.money import Money
from tui_billing.screens.card_screen import CardScreen
from tui_billing.screens.customer_screen import USAGE_AND_BILLING
from tui_billing.screens.messages import Place
from tui_billing.screens.payment_actions import ISSUE_CREDIT, MAKE, RECORD
from tui_billing.widgets.bar_chart import Bar, BarChart
from tui_billing.widgets.details import Detail, Details
from tui_billing.widgets.virtual_table import NOT_READ

if TYPE_CHECKING:
    from tui_billing.services.dashboards import Dashboard as DashboardFigures


class Dashboard(CardScreen):
    """Figures, twelve months of charges against payments, and what is due by age."""

    PLACE = Place.DASHBOARD
    CSS_PATH = ["customer_screen.tcss", "dashboard.tcss"]
    MONEY = (RECORD, MAKE, ISSUE_CREDIT)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,ctrl+right", "usage", USAGE_AND_BILLING, key_display="u", id="usage"),
        ISSUE_CREDIT.binding,
    ]

    _has_figures = False

    def place(self) -> Iterable[Widget]:
        """The two panels, and the chart below them."""
        self._figures = Details("Account", id="figures")
        self._ages = Details("Due by age", id="ages")
        self._chart = BarChart("Charges", "Payments")
        with Horizontal(id="panels"):
            yield self._figures
            yield self._ages
        with Vertical(id="months"):
            yield Static("Twelve months", classes="heading")
            yield self._chart

    def begin(self) -> None:
        """Read the figures."""
        super().begin()
        self._has_figures = False
        self._figures.show("Account", ())
        self._ages.show("Due by age", ())
        self._chart.show(())
        self.action_reload()

    def action_reload(self) -> None:
        """Read the figures again."""
        self._load()

    def catch_up(self) -> None:
        """Read the figures again."""
        self._load()

    @work(exclusive=True, group="load")
    async def _load(self) -> None:
        figures = await self.read(self.services.dashboards.show, self.session, self.account.number)
        if figures is None:
            if not self._has_figures:
                self._figures.show("Account", [Detail("", NOT_READ)])
            return
        self.account, self._has_figures = figures.account, True
        self._figures.show(f"{figures.account.name} · {figures.account.state.label}", figure_details(figures))
        from tui_billing.services.dashboards import AGES

        ages = zip(AGES, figures.due_by_age, strict=True)
        late = [Detail(age, str(due), "negative" if due.minor_units and n else "") for n, (age, due) in enumerate(ages)]
        self._ages.show("Due by age", late)
        currency = figures.account.currency
        bars = [Bar(f"{m.first_day:%b}", max(0, m.charges_minor), max(0, m.payments_minor)) for m in figures.months]
        self._chart.show(bars, lambda minor_units: Money(minor_units, currency).figure)


def figure_details(figures: DashboardFigures) -> list[Detail]:
    """The account's figures, the balance first."""
    account, last = figures.account, figures.last_payment
    overdue = f", {figures.overdue_invoices} overdue" if figures.overdue_invoices else ""
    owed = account.amount_due.minor_units > 0
    return [
        Detail("Net balance", f"{figures.net_balance}", "negative" if owed else ""),
        Detail("Amount due", str(account.amount_due), "negative" if owed else ""),
        Detail("Credit balance", str(account.credit_balance), "positive" if account.credit_balance.minor_units else ""),
        Detail("Open invoices", f"{figures.open_invoices}{overdue}"),
        Detail("Last payment", f"{last[0]}, {last[1]:%Y-%m-%d}" if last else "none yet"),
        Detail("Card on file", f"{account.card.label}, {account.card.expiry}" if account.card else "none"),
    ]
