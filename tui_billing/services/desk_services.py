"""All services of one open database, as the screens and the command line receive them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tui_billing.services.accounts import Accounts
from tui_billing.services.automatic_payments import AutomaticPayments
from tui_billing.services.backups import Backups
from tui_billing.services.billing import Billing
from tui_billing.services.billing_runs import BillingRuns
from tui_billing.services.cards import Cards
from tui_billing.services.changes import Changes
from tui_billing.services.charges import Charges
from tui_billing.services.checks import Checks
from tui_billing.services.credits import Credits
from tui_billing.services.dashboards import Dashboards
from tui_billing.services.disputes import Disputes
from tui_billing.services.documents import Documents
from tui_billing.services.outcomes import Outcomes
from tui_billing.services.passwords import Passwords
from tui_billing.services.payments import Payments
from tui_billing.services.previews import Previews
from tui_billing.services.reconciliation import Reconciliation
from tui_billing.services.refunds import Refunds
from tui_billing.services.sign_in import SignIn
from tui_billing.services.users import Users


@dataclass(frozen=True, slots=True)
class DeskServices:
    """The use cases by noun, and whether the database is for training."""

    sign_in: SignIn
    users: Users
    accounts: Accounts
    cards: Cards
    payments: Payments
    credits: Credits
    refunds: Refunds
    disputes: Disputes
    previews: Previews
    billing: Billing
    charges: Charges
    billing_runs: BillingRuns
    automatic_payments: AutomaticPayments
    dashboards: Dashboards
    documents: Documents
    outcomes: Outcomes
    reconciliation: Reconciliation
    checks: Checks
    changes: Changes
    backups: Backups
    passwords: Passwords
    training: bool

    @property
    def upgraded(self) -> str:
        """What opening the database has done to its tables, for people; nothing as a rule."""
        return self.sign_in.store.upgraded

    @property
    def today(self) -> date:
        """The day by the services' clock, in UTC: what a screen shows must be what a service checks against."""
        return self.now().date()

    def now(self) -> datetime:
        """The moment by the services' clock, in UTC."""
        return self.payments.clock()
