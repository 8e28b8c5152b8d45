"""The composition root: settings in; database, gateways and services out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from tui_billing.config import Settings
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState, AccountType
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.services.accounts import Accounts
from tui_billing.services.billing import Billing
from tui_billing.services.checks import Checks
from tui_billing.services.credits import Credits
from tui_billing.services.dashboards import Dashboards
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.outcomes import Outcomes
from tui_billing.services.passwords import Passwords, checked_password
from tui_billing.services.payments import Payments
from tui_billing.services.previews import Previews
from tui_billing.services.refunds import Refunds
from tui_billing.services.session import utc_now
from tui_billing.services.sign_in import SignIn
from tui_billing.services.users import Users
from tui_billing.store import accounts, users
from tui_billing.store.engine import Store, sqlite_path


def open_services(settings: Settings, clock: Callable[[], datetime] = utc_now) -> DeskServices:
    """The services on the configured database; raises `NotFound` or `SetUpRefused` if it cannot be opened."""
    store = Store.open(settings.database)
    passwords = Passwords(settings.hashing)
    parts = (store, {SandboxGateway.name: SandboxGateway(gateway_record(settings))}, clock)
    return DeskServices(
        sign_in=SignIn(store, passwords, clock),
        users=Users(*parts),
        accounts=Accounts(*parts),
        payments=Payments(*parts),
        credits=Credits(*parts),
        refunds=Refunds(*parts),
        previews=Previews(*parts),
        billing=Billing(*parts),
        dashboards=Dashboards(*parts),
        outcomes=Outcomes(*parts),
        checks=Checks(*parts),
        passwords=passwords,
        training=store.is_training(),
    )


def create_database(settings: Settings, root_password: str) -> None:
    """Make the configured database with the System account and the user root; raises `SetUpRefused` if it is there."""
    password_hash = Passwords(settings.hashing).hash(checked_password(root_password))

    def fill(connection: Connection) -> None:
        accounts.add(connection, _system_account(utc_now()))
        users.add(connection, name="root", profile=Profile.ROOT.value, password_hash=password_hash)

    Store.create(settings.database, fill)


def database_exists(settings: Settings) -> bool:
    """Whether the configured database has been made."""
    return sqlite_path(settings.database).exists()


def gateway_record(settings: Settings) -> Path:
    """The file of the sandbox's own record: beside the database unless configured otherwise."""
    path = sqlite_path(settings.database)
    return settings.gateway_record or path.with_name(f"{path.stem}.sandbox.db")


def _system_account(now: datetime) -> dict[str, object]:
    return {
        "number": SYSTEM_NUMBER,
        "name": "System",
        "type": AccountType.SYSTEM.value,
        "state": AccountState.ACTIVE.value,
        "currency": "USD",
        "master_user": "root",
        "created": now.date(),
        "billing_day": 1,
        "payment_terms_days": 0,
    }
