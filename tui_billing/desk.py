"""The composition root: settings in; database, gateways and services out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui_billing.config import SANDBOX, Settings, names_stripe, record_beside, stripe_key
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState, AccountType
from tui_billing.domain.database_urls import is_postgresql, shown_url, without_password
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.domain.errors import SetUpRefused
from tui_billing.gateways.by_name import GatewaysByName
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.passwords import Passwords, checked_password
from tui_billing.services.service import utc_now
from tui_billing.store import opening
from tui_billing.store.folder_lock import one_at_a_time
from tui_billing.store.schema_version import TRAINING_APPLICATION_ID

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui_billing.gateways.base import PaymentGateway

DEMO_ACCOUNTS = 40


def open_services(settings: Settings, clock: Callable[[], datetime] = utc_now) -> DeskServices:
    """The services on the configured database; raises `NotFound` or `SetUpRefused` if it cannot be opened."""
    store = opening.open_store(settings.database)
    training = store.is_training()
    if settings.demo and not training:
        store.close()
        raise SetUpRefused(f"{store.name} is not a demo database. Name another file.")
    passwords = Passwords(settings.hashing)
    try:
        gateways = open_gateways(replace(settings, demo=training), clock)
    except SetUpRefused:
        store.close()
        raise
    return DeskServices(
        store=store,
        gateways=gateways,
        passwords=passwords,
        training=training,
        default_gateway=SANDBOX if training else settings.gateway,
        gateway_record=gateway_record(settings),
        clock=clock,
        documents_folder=settings.documents,
    )


def open_gateways(settings: Settings, clock: Callable[[], datetime] = utc_now) -> GatewaysByName:
    """The sandbox, and Stripe where its key is named; raises `SetUpRefused` if Stripe takes new cards and cannot.

    Both may be there, since money goes back through the gateway that took it. Nothing is imported or connected yet.
    """

    def sandbox() -> PaymentGateway:
        from tui_billing.gateways.sandbox import SandboxGateway

        return SandboxGateway(gateway_record(settings), clock)

    makers: dict[str, Callable[[], PaymentGateway]] = {SANDBOX: sandbox}
    if names_stripe(settings):
        from tui_billing.gateways.stripe import StripeGateway

        at = settings.stripe
        stripe = StripeGateway(lambda: stripe_key(settings), at.api_base, after_the_page=at.after_card_page)
        if settings.gateway == stripe.name:
            stripe.check()
        makers[stripe.name] = lambda: stripe
    return GatewaysByName(makers)


def create_database(settings: Settings, root_password: str) -> None:
    """Make the configured database with the System account and the user root; raises `SetUpRefused` if it is there."""
    from tui_billing.store import accounts, users

    password_hash = Passwords(settings.hashing).hash(checked_password(root_password))

    def fill(connection: Connection) -> None:
        accounts.add(connection, _system_account(utc_now()))
        users.add(connection, name="root", profile=Profile.ROOT.value, password_hash=password_hash)

    opening.create(settings.database, fill)


def create_demo(
    settings: Settings,
    accounts: int = DEMO_ACCOUNTS,
    payments: int | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
    anew: bool = False,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Make the demo database and the sandbox's record of its payments, unless it is there; `anew` replaces it."""
    from tui_billing.gateways.sandbox import SandboxGateway
    from tui_billing.store.demo.load import fill_demo
    from tui_billing.store.sqlite import SqliteStore
    from tui_billing.store.sqlite_files import unfinished
    from tui_billing.store.sqlite_paths import sqlite_path

    if is_postgresql(settings.database):
        raise SetUpRefused("The demo database is a SQLite file. Leave --database out, or name a file.")
    path, record = sqlite_path(settings.database), gateway_record(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with one_at_a_time(path.parent), unfinished(record) as new_record:
        if path.exists():
            if not anew:
                return
            _refuse_real(path)
            _refuse_open(path)
        fill = partial(
            fill_demo,
            today=clock().date(),
            password_hash=Passwords(settings.hashing).hash(DEMO_PASSWORD),
            accounts=accounts,
            payments=payments,
            progress=progress,
            on_gateway_rows=SandboxGateway(new_record).load,
        )
        take_place = partial(_take_place, path, record, new_record)
        SqliteStore.create(settings.database, fill, training=True, take_place=take_place)


def database_exists(settings: Settings) -> bool:
    """Whether the configured database has been made."""
    return opening.exists(settings.database)


def refuse_existing(settings: Settings) -> None:
    """Raise `SetUpRefused` if the configured database has been made."""
    if database_exists(settings):
        raise SetUpRefused(f"{database_name(settings)} is there already. Open it, or name another one.")


def database_name(settings: Settings) -> str:
    """The configured database for people."""
    if is_postgresql(settings.database):
        return shown_url(settings.database)
    from tui_billing.store.sqlite_paths import sqlite_path

    return str(sqlite_path(settings.database))


def database_url(settings: Settings) -> str:
    """The URL of the configured database; one on a server as it was given, without its password."""
    if is_postgresql(settings.database):
        return without_password(settings.database)
    from tui_billing.store.sqlite_paths import sqlite_path, sqlite_url

    return sqlite_url(sqlite_path(settings.database))


def gateway_record(settings: Settings) -> Path:
    """The file of the sandbox's own record: beside the database unless configured otherwise."""
    if settings.gateway_record is not None:
        return settings.gateway_record
    if is_postgresql(settings.database):
        # Practice alone: what one machine's sandbox has recorded, another one's has not.
        name = re.sub(r"[^\w.,-]", "_", shown_url(settings.database))
        return settings.log_file.with_name(f"{name}.sandbox.db")
    from tui_billing.store.sqlite_paths import sqlite_path

    return record_beside(sqlite_path(settings.database))


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


def _refuse_open(path: Path) -> None:
    from tui_billing.store.sqlite_files import held

    with held(path):
        pass


def _refuse_real(path: Path) -> None:
    from tui_billing.store.sqlite_paths import application_id

    if application_id(path) != TRAINING_APPLICATION_ID:
        raise SetUpRefused(f"{path} is not a demo database and is not replaced. Name another file.")


def _take_place(database: Path, record: Path, new_record: Path, new_database: Path) -> None:
    """Put a demo database and its record where others may be, of which nothing is left beside them."""
    _clear(database)
    _clear(record)
    # In this order: a database is never there without the record of its payments.
    new_record.replace(record)
    new_database.replace(database)


def _clear(database: Path) -> None:
    """Take away what SQLite keeps beside a database."""
    from tui_billing.store.sqlite_paths import BESIDE

    for suffix in BESIDE:
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
