"""Reading and writing users, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import AccountState
from tui_billing.domain.text import shown
from tui_billing.store.compiled_tables import ACCOUNT, AUDIT_ENTRY, USER
from tui_billing.store.prepared import Prepared, Row

WITH_ACCOUNT = select(USER, ACCOUNT.c.number.label("account_number"), ACCOUNT.c.state.label("account_state")).outerjoin(
    ACCOUNT, USER.c.account_id == ACCOUNT.c.id
)
STANDING = Prepared(
    select(USER.c.profile, USER.c.disabled, ACCOUNT.c.state.label("account_state"))
    .outerjoin(ACCOUNT, USER.c.account_id == ACCOUNT.c.id)
    .where(USER.c.id == bindparam("user_id"))
)
WRITE_AUDIT = Prepared(AUDIT_ENTRY.insert())


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in, with the state of the account they belong to."""

    id: int
    name: str
    profile: Profile
    account_id: int | None
    account_number: str | None
    account_state: AccountState | None
    password_hash: str = field(repr=False)
    disabled: bool
    failures: int
    locked_until: datetime | None


class Standing(NamedTuple):
    """What decides whether somebody who is signed in may go on, and with what."""

    profile: Profile
    disabled: bool
    account_state: AccountState | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did or tried what, when (UTC), from where, and how it ended."""

    recorded_at: datetime
    user_name: str
    origin: str
    action: str
    subject: str
    outcome: str


def by_name(connection: Connection, name: str) -> User | None:
    """The user of this name, if there is one."""
    row = connection.execute(WITH_ACCOUNT.where(USER.c.name == name)).mappings().one_or_none()
    return None if row is None else _user_of(row)


def hold(connection: Connection, name: str) -> User | None:
    """The same, whom from here to the transaction's end nobody else changes."""
    statement = WITH_ACCOUNT.where(USER.c.name == name).with_for_update(of=USER, key_share=True)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _user_of(row)


def standing(connection: Connection, user_id: int) -> Standing:
    """Where the user with this internal id stands, who must exist: users are disabled, never deleted."""
    row = STANDING.first(connection, user_id=user_id)
    assert row is not None
    return Standing(Profile(row["profile"]), row["disabled"], _state_of(row))


def all_users(connection: Connection) -> list[User]:
    """Every user by name."""
    return [_user_of(row) for row in connection.execute(WITH_ACCOUNT.order_by(USER.c.name)).mappings()]


def add(connection: Connection, **values: Any) -> None:
    """Insert a user from its column values."""
    connection.execute(USER.insert().values(**values))


def save(connection: Connection, user_id: int, **values: Any) -> None:
    """Replace the named columns of a user."""
    connection.execute(update(USER).where(USER.c.id == user_id).values(**values))


def write_audit(connection: Connection, entry: AuditEntry) -> None:
    """Append an entry to the audit log."""
    WRITE_AUDIT.run(
        connection,
        recorded_at=entry.recorded_at,
        user_name=shown(entry.user_name),
        origin=shown(entry.origin),
        action=entry.action,
        subject=shown(entry.subject),
        outcome=shown(entry.outcome),
    )


def audit_of(connection: Connection, subject: str) -> list[AuditEntry]:
    """What the audit log has about a subject, oldest first."""
    statement = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.subject == subject).order_by(AUDIT_ENTRY.c.sequence)
    return [
        AuditEntry(**{name: row[name] for name in AuditEntry.__slots__})
        for row in connection.execute(statement).mappings()
    ]


def _user_of(row: RowMapping | Row) -> User:
    values = dict(row)
    values["profile"] = Profile(values["profile"])
    values["account_state"] = _state_of(row)
    return User(**values)


def _state_of(row: RowMapping | Row) -> AccountState | None:
    state = row["account_state"]
    return None if state is None else AccountState(state)
