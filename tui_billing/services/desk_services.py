"""All services of one open database, as the screens and the command line receive them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from tui_billing.services.passwords import Passwords
from tui_billing.services.service import utc_now
from tui_billing.services.sign_in import SignIn

if TYPE_CHECKING:
    from pathlib import Path

    from tui_billing.gateways.base import PaymentGateway
    from tui_billing.services.accounts import Accounts
    from tui_billing.services.automatic_payments import AutomaticPayments
    from tui_billing.services.backups import Backups
    from tui_billing.services.billing_runs import BillingRuns
    from tui_billing.services.cards import Cards
    from tui_billing.services.changes import Changes
    from tui_billing.services.charges import Charges
    from tui_billing.services.checks import Checks
    from tui_billing.services.credits import Credits
    from tui_billing.services.dashboards import Dashboards
    from tui_billing.services.disputes import Disputes
    from tui_billing.services.documents import Documents
    from tui_billing.services.invoices import Invoices
    from tui_billing.services.outcomes import Outcomes
    from tui_billing.services.payments import Payments
    from tui_billing.services.previews import Previews
    from tui_billing.services.reconciliation import Reconciliation
    from tui_billing.services.refunds import Refunds
    from tui_billing.services.statements import Statements
    from tui_billing.services.users import Users
    from tui_billing.store.engine import Store


S = TypeVar("S")


class _Made(Generic[S]):
    """A service of the module and class of its name, imported and made when it is first asked for."""

    def __init__(self, **own: str) -> None:
        # What it takes beside what every service does, and where that is found among the services' own.
        self._own = own

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, services: DeskServices | None, owner: type | None = None) -> S:
        if services is None:
            raise AttributeError(self._name)
        module = import_module(f"tui_billing.services.{self._name}")
        kind = getattr(module, self._name.title().replace("_", ""))
        own = {parameter: getattr(services, name) for parameter, name in self._own.items()}
        made: S = kind(services.store, services.gateways, services.clock, **own)
        # From here on found before this is.
        vars(services)[self._name] = made
        return made


@dataclass(frozen=True)
class DeskServices:
    """The use cases by noun, and whether the database is for training.

    What nobody has used yet has not been imported: with all of it the first list would come a third later.
    """

    store: Store
    gateways: Mapping[str, PaymentGateway]
    passwords: Passwords
    training: bool
    default_gateway: str
    gateway_record: Path
    clock: Callable[[], datetime] = utc_now
    documents_folder: Path | None = None

    accounts: ClassVar[_Made[Accounts]] = _Made()
    automatic_payments: ClassVar[_Made[AutomaticPayments]] = _Made()
    backups: ClassVar[_Made[Backups]] = _Made(record="gateway_record")
    billing_runs: ClassVar[_Made[BillingRuns]] = _Made()
    cards: ClassVar[_Made[Cards]] = _Made(default_gateway="default_gateway")
    charges: ClassVar[_Made[Charges]] = _Made()
    checks: ClassVar[_Made[Checks]] = _Made()
    credits: ClassVar[_Made[Credits]] = _Made()
    dashboards: ClassVar[_Made[Dashboards]] = _Made()
    disputes: ClassVar[_Made[Disputes]] = _Made()
    documents: ClassVar[_Made[Documents]] = _Made(folder="documents_folder", training="training")
    invoices: ClassVar[_Made[Invoices]] = _Made()
    outcomes: ClassVar[_Made[Outcomes]] = _Made()
    payments: ClassVar[_Made[Payments]] = _Made()
    previews: ClassVar[_Made[Previews]] = _Made()
    reconciliation: ClassVar[_Made[Reconciliation]] = _Made()
    refunds: ClassVar[_Made[Refunds]] = _Made()
    statements: ClassVar[_Made[Statements]] = _Made()
    users: ClassVar[_Made[Users]] = _Made()

    @cached_property
    def sign_in(self) -> SignIn:
        """Signing in."""
        return SignIn(self.store, self.passwords, self.clock)

    @cached_property
    def changes(self) -> Changes:
        """Whether others have changed something."""
        from tui_billing.services.changes import Changes

        return Changes(self.store)

    def load(self, nouns: Collection[str] = ()) -> dict[str, object]:
        """Import and make these services, or every one, unless that has been done; gives them by noun."""
        every = [name for name, made in vars(DeskServices).items() if isinstance(made, (_Made, cached_property))]
        return {name: getattr(self, name) for name in nouns or every}

    @property
    def upgraded(self) -> str:
        """What opening the database has done to its tables, for people; nothing as a rule."""
        return self.store.upgraded

    @property
    def today(self) -> date:
        """The day by the services' clock, in UTC: what a screen shows must be what a service checks against."""
        return self.now().date()

    def now(self) -> datetime:
        """The moment by the services' clock, in UTC."""
        return self.clock()
