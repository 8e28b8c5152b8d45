"""The places of a customer, and the screen of each."""

from __future__ import annotations

from tui_billing.screens.activity import Activity
from tui_billing.screens.customer_screen import CustomerScreen
from tui_billing.screens.dashboard import Dashboard
from tui_billing.screens.invoices import Invoices
from tui_billing.screens.messages import Place
from tui_billing.screens.payments import Payments

PLACES: dict[Place, type[CustomerScreen]] = {
    screen.PLACE: screen for screen in (Dashboard, Activity, Invoices, Payments)
}
