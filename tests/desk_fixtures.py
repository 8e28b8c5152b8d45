"""A desk on a real database file: accounts of every kind, users of every profile, and a clock that is set by hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.charging import add_charges, issue_invoice
from tests.postgresql import databases
from tui_billing.config import HashingCost, Settings
from tui_billing.desk import create_database, gateway_record, open_services
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import Account, AccountState, AccountType
from tui_billing.domain.exceptions import ExceptionLine
from tui_billing.domain.invoices import Charge, Invoice
from tui_billing.domain.money import Money
from tui_billing.domain.pages import Direction
from tui_billing.domain.payments import CancelReason, ChargeBack, Payment
from tui_billing.gateways.base import PaymentGateway
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.services.accounts import NewAccount
from tui_billing.services.billing_runs import BillingRun
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.reconciliation import ReconciledPeriod
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession
from tui_billing.store.engine import Store
from tui_billing.store.sqlite import SqliteStore

SQLITE, POSTGRESQL = "sqlite", "postgresql"
# In the directory of a desk on a server: the URL of its database; in a template's, that database's name.
URL_FILE, TEMPLATE_FILE = "postgresql.url", "postgresql.template"
_templates: dict[str, Path] = {}
OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
PASSWORD = "a quiet desk by the window"
CHEAP = HashingCost(memory_kib=64, rounds=1)
ORIGIN = "203.0.113.7 52011 198.51.100.2 22"

CORPORATE = "10000001"  # USD
RETAIL = "10000002"  # EUR, a card that approves
YEN = "10000003"  # corporate
DINAR = "10000004"  # retail, a card that approves
TRIAL = "10000005"  # USD
CARDLESS = "10000006"  # retail, USD
MISSING = "99999999"

ACCOUNTS = (
    NewAccount(CORPORATE, "Globex Corporation", AccountType.CORPORATE, "USD", "globex", billing_day=1),
    NewAccount(RETAIL, "Mara Lindqvist", AccountType.RETAIL, "EUR", "mara", billing_day=15, payment_terms_days=0),
    NewAccount(YEN, "Kitano Heavy Industries", AccountType.CORPORATE, "JPY", "kitano", billing_day=28),
    NewAccount(DINAR, "Dana Al-Sabah", AccountType.RETAIL, "KWD", "dana", billing_day=10),
    NewAccount(TRIAL, "Tryout Ltd", AccountType.TRIAL, "USD", "tryout"),
    NewAccount(CARDLESS, "Nocard Svensson", AccountType.RETAIL, "USD", "nocard"),
)
CARD_HOLDERS = (RETAIL, DINAR)
USERS: dict[str, tuple[Profile, str | None]] = {
    "finance": (Profile.FINANCE_ADMIN, None),
    "finance2": (Profile.FINANCE_ADMIN, None),
    "ops": (Profile.OPS_ADMIN, None),
    "sales": (Profile.SALES_SUPPORT, None),
    "helpdesk": (Profile.HELP_DESK, None),
    "product": (Profile.PRODUCT_MANAGER, None),
    "mara": (Profile.MASTER_USER, RETAIL),
    "mara.billing": (Profile.BILLING_ADMIN, RETAIL),
    "mara.power": (Profile.POWER_USER, RETAIL),
    "mara.user": (Profile.USER, RETAIL),
    "globex": (Profile.MASTER_USER, CORPORATE),
    "dana": (Profile.MASTER_USER, DINAR),
}
USER_OF_PROFILE = {Profile.ROOT: "root"} | {profile: name for name, (profile, _) in reversed(USERS.items())}


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: int) -> None:
        """Move on by a span such as `seconds=61`."""
        self.now += timedelta(**span)


@dataclass
class Desk:
    """The services of one open database, and short words for what tests do with them."""

    settings: Settings
    services: DeskServices
    clock: Clock
    gateway: SandboxGateway
    _sessions: dict[str, OperatorSession] = field(default_factory=dict)
    _keys: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def store(self) -> Store:
        """The database itself, to look behind the services."""
        return self.services.payments.store

    @property
    def path(self) -> Path:
        """The database file."""
        assert isinstance(self.store, SqliteStore)
        return self.store.path

    @property
    def root(self) -> OperatorSession:
        """The user root, signed in."""
        return self.session("root")

    @property
    def finance(self) -> OperatorSession:
        """The user finance, signed in."""
        return self.session("finance")

    def session(self, name: str) -> OperatorSession:
        """The session of a user as after signing in, without the time that takes."""
        if name not in self._sessions:
            ((user_id, profile, number),) = self.rows(
                'SELECT u.id, profile, number FROM "user" u LEFT JOIN account ON account.id = u.account_id'
                " WHERE u.name = :name",
                name=name,
            )
            self._sessions[name] = OperatorSession(user_id, name, Profile(profile), number, ORIGIN)
        return self._sessions[name]

    def sign_in(self, name: str, password: str = PASSWORD) -> OperatorSession:
        """A new session."""
        return self.services.sign_in.sign_in(name, password, ORIGIN)

    def key(self) -> str:
        """An idempotency key that nobody has used."""
        return f"key-{next(self._keys)}"

    def account(self, number: str = CORPORATE) -> Account:
        """An account as it stands."""
        return self.services.accounts.show(self.root, number)

    def payment(self, payment_id: str) -> Payment:
        """A payment as it stands."""
        number = self.rows(
            "SELECT number FROM account JOIN payment ON account.id = account_id WHERE payment.id = :id", id=payment_id
        )
        return self.services.payments.details(self.finance, number[0][0], payment_id).payment

    def record(self, amount: str, number: str = CORPORATE, key: str | None = None, **details: Any) -> MoneyMoved:
        """Record Payment as finance."""
        return self.services.payments.record(self.finance, number, RecordRequest(amount, **details), key or self.key())

    def make(self, amount: str, user: str = "mara", key: str | None = None) -> MoneyMoved:
        """Make Payment as the master user of a retail account."""
        session = self.session(user)
        assert session.account_number is not None
        return self.services.payments.make(session, session.account_number, amount, key or self.key())

    def credit(
        self, amount: str, number: str = CORPORATE, expires: date | None = None, key: str | None = None
    ) -> MoneyMoved:
        """Issue Credit as finance."""
        request = CreditRequest(amount, "Goodwill", expires)
        return self.services.credits.issue(self.finance, number, request, key or self.key())

    def charge_back(self, payment: Payment, amount: str = "", key: str | None = None) -> MoneyMoved:
        """Issue Charge Back as finance."""
        return self.services.refunds.charge_back(self.finance, payment.id, ChargeBackRequest(amount), key or self.key())

    def reconcile(self, since: date | None = None) -> ReconciledPeriod:
        """Reconcile as finance."""
        return self.services.reconciliation.reconcile(self.finance, since)

    def exceptions(self) -> list[ExceptionLine]:
        """What needs a person, newest first."""
        page = self.services.reconciliation.exceptions(self.finance, None, Direction.FIRST, None, 500)
        return list(page.rows)

    def dispute(self, amount: str, card: str = "card_disputed") -> str:
        """Make a payment that is disputed at once, reconcile, and give the dispute's reference."""
        self.set_card(card)
        reference = f"dp_{self.make(amount).payment.gateway_reference}"
        self.reconcile()
        return reference

    def record_dispute(self, reference: str, key: str | None = None) -> MoneyMoved:
        """Record Dispute as finance."""
        return self.services.disputes.record(self.finance, reference, key or self.key())

    def reverse(self, charge_back: ChargeBack | None, amount: str = "", key: str | None = None) -> MoneyMoved:
        """Charge Back Reversed as finance."""
        assert charge_back is not None
        return self.services.disputes.reverse(self.finance, charge_back.id, amount, key or self.key())

    def won_dispute(self, amount: str) -> MoneyMoved:
        """Make a payment that is disputed, record that, and let the bank decide for the customer's provider."""
        recorded = self.record_dispute(self.dispute(amount, "card_dispute_won"))
        self.clock.advance(minutes=2)
        self.reconcile()
        return recorded

    def cancel(self, payment: Payment, key: str | None = None) -> MoneyMoved:
        """Cancel Payment as finance."""
        reason = CancelReason.ENTERED_IN_ERROR
        return self.services.refunds.cancel_payment(self.finance, payment.id, reason, key or self.key())

    def cancel_credit(self, credit: Payment, key: str | None = None) -> MoneyMoved:
        """Cancel Credit as finance."""
        reason = CancelReason.ENTERED_IN_ERROR
        return self.services.credits.cancel(self.finance, credit.id, reason, key or self.key())

    def invoice(self, amount: str, number: str = CORPORATE) -> Invoice:
        """Add one charge of today and issue the invoice."""
        self.charge(amount, number)
        return issue_invoice(self.services, self.finance, number)

    def charge(self, amount: str, number: str = CORPORATE, dated: date | None = None) -> None:
        """Add one charge, of today unless told otherwise."""
        amount_minor = Money.parse(amount, self.account(number).currency).minor_units
        line = Charge(dated or self.clock().date(), "Compute", "1", amount, amount_minor)
        add_charges(self.services, number, [line])

    def bill(self, through: date | None = None, only: str | None = None) -> BillingRun:
        """Bill as finance, through yesterday unless told otherwise."""
        return self.services.billing_runs.run(self.finance, through, only)

    def due(self, invoice: Invoice, number: str = CORPORATE) -> int:
        """What is due of an invoice now, in minor units."""
        return self.services.invoices.details(self.finance, number, invoice.sequence).invoice.due_minor

    def balance(self, number: str = CORPORATE) -> str:
        """The balance of an account as the screens print it."""
        return str(self.account(number).balance)

    def set_card(self, card: str, number: str = RETAIL) -> None:
        """Put another of the sandbox's cards on file."""
        self.execute(
            "UPDATE account SET card_payment_method_reference = :card WHERE number = :number", card=card, number=number
        )

    def set_state(self, state: AccountState, number: str = RETAIL) -> None:
        """Put an account into another state."""
        self.services.accounts.change_state(self.root, number, state)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """What an SQL query finds: days, moments and sums as SQLite has them, whatever the database."""
        with self.store.reading() as connection:
            found = connection.execute(text(statement), values)
            return [tuple(map(_plain, row)) for row in found]

    def execute(self, statement: str, **values: Any) -> None:
        """Run an SQL statement in a transaction of its own."""
        with self.store.writing() as connection:
            connection.execute(text(statement), values)

    def audit(self, subject: str = "%") -> list[tuple[str, str, str, str, str]]:
        """The audit log: user, origin, action, subject, outcome; oldest first."""
        found = self.rows(
            "SELECT user_name, origin, action, subject, outcome FROM audit_entry"
            " WHERE subject LIKE :s ORDER BY sequence",
            s=subject,
        )
        return [tuple(row) for row in found]

    def assert_books_are_right(self) -> None:
        """The check finds nothing, and the gateway's record agrees with the card clearing account."""
        assert self.services.checks.check(self.finance) == []
        clearing = {
            currency: minor for (_, currency), minor in self.services.checks.card_clearing(self.finance).items()
        }
        assert {c: m for c, m in clearing.items() if m} == {c: m for c, m in self.gateway.totals().items() if m}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, (Decimal, bool)) else value


def settings_in(directory: Path) -> Settings:
    """The settings of a desk in this directory: on a file in it, or on the database whose URL stands in one."""
    url = directory / URL_FILE
    return Settings(
        database=url.read_text() if url.exists() else str(directory / "billing.db"),
        gateway_record=directory / "billing.sandbox.db",
        log_file=directory / "desk.log",
        hashing=CHEAP,
    )


def create_desk(directory: Path) -> None:
    """Make the database that every test begins with."""
    settings = settings_in(directory)
    create_database(settings, PASSWORD)
    services = open_services(settings, Clock(OPENED))
    root = services.sign_in.sign_in("root", PASSWORD)
    for new in ACCOUNTS:
        services.accounts.add(root, new)
        services.accounts.change_state(root, new.number, AccountState.ACTIVE)
    for name, (profile, number) in USERS.items():
        services.users.add(root, name, profile, PASSWORD, services.passwords, number)
    store = services.payments.store
    with store.writing() as connection:
        for number in CARD_HOLDERS:
            put_card = text(
                "UPDATE account SET card_brand = 'Visa', card_last_four = '4242', card_expiry = '12/29',"
                " card_gateway = 'sandbox', card_customer_reference = :customer,"
                " card_payment_method_reference = 'card_approved' WHERE number = :number"
            )
            connection.execute(put_card, {"customer": f"customer_{number}", "number": number})
    store.close()


@contextmanager
def opened_desk(template: Path, directory: Path, clock: Clock | None = None) -> Iterator[Desk]:
    """A desk of its own in this directory, begun from the template; closed afterwards."""
    with copied(template, directory), opened_in(directory, clock) as desk:
        yield replace(desk, _keys=count(1 + desk.rows("SELECT count(*) FROM money_action")[0][0]))


@contextmanager
def copied(template: Path, directory: Path) -> Iterator[None]:
    """A copy of the template in this directory, as long as this lasts."""
    shutil.copytree(template, directory, dirs_exist_ok=True)
    name = template / TEMPLATE_FILE
    if not name.exists():
        yield
        return
    with databases.borrowed(name.read_text()) as url:
        (directory / URL_FILE).write_text(url)
        yield


def make_template(directory: Path, kind: str, name: str, fill: Callable[[Path], None]) -> Path:
    """A directory that desks can be copied from, with the database that `fill` makes as its settings say."""
    if kind == SQLITE:
        fill(directory)
        return directory

    def fill_database(url: str) -> None:
        (directory / URL_FILE).write_text(url)
        fill(directory)

    (directory / TEMPLATE_FILE).write_text(databases.template(name, fill_database))
    return directory


@contextmanager
def opened_in(directory: Path, clock: Clock | None = None) -> Iterator[Desk]:
    """The desk whose database is in this directory; closed afterwards."""
    settings, clock = settings_in(directory), clock or Clock()
    services = open_services(settings, clock)
    try:
        yield Desk(settings, services, clock, SandboxGateway(gateway_record(settings), clock))
    finally:
        services.payments.store.close()


def with_service(services: DeskServices, noun: str, service: object) -> DeskServices:
    """The same services, one of them in place of its own."""
    services.__dict__[noun] = service
    return services


def with_gateways(services: DeskServices, *others: PaymentGateway) -> DeskServices:
    """The same services, talking to other gateways."""
    gateways: Mapping[str, PaymentGateway] = {gateway.name: gateway for gateway in others}
    return replace(services, gateways=gateways)


@pytest.fixture(scope="session")
def desk_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that every desk is copied from, with a database of the kind that the test asks for."""
    kind = getattr(request, "param", SQLITE)
    if kind not in _templates:
        _templates[kind] = make_template(tmp_path_factory.mktemp("template"), kind, "desk", create_desk)
    return _templates[kind]


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk of one's own."""
    with opened_desk(desk_template, tmp_path) as opened:
        yield opened


@pytest.fixture
def desk_directory(desk_template: Path, tmp_path: Path) -> Iterator[Path]:
    """The directory of a desk that nobody has opened yet."""
    with copied(desk_template, tmp_path):
        yield tmp_path
