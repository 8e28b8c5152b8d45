"""The role-checking session: every use case declares what it requires, and is checked afresh each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from tui_billing.domain.access import Permission, Profile, allows, may_sign_in
from tui_billing.domain.errors import BillingError, InvalidInput, NotFound, NotPermitted, OutcomeUnknown, SignInRefused
from tui_billing.gateways.base import PaymentGateway
from tui_billing.store import users
from tui_billing.store.engine import Store
from tui_billing.store.users import AuditEntry

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_SUBJECT = 64


@dataclass(slots=True)
class OperatorSession:
    """Who is signed in, with which profile, and from where; the profile follows the database at each action."""

    user_id: int
    name: str
    profile: Profile
    account_number: str | None
    origin: str = ""

    def may(self, *permissions: Permission) -> bool:
        """Whether the profile holds any one of the permissions; a mirror for screens, the lock is in the services."""
        return allows(self.profile, *permissions)


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Service:
    """What every service works with: the database, the gateways by name, and the clock."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    clock: Callable[[], datetime] = utc_now

    def audit(self, connection: Connection, session: OperatorSession, action: str, subject: str, outcome: str) -> None:
        """Append to the audit log, in the transaction of what is logged."""
        entry = AuditEntry(self.clock(), session.name, session.origin, action, subject[:LONGEST_SUBJECT], outcome)
        users.write_audit(connection, entry)

    def _authorize(self, session: OperatorSession, required: Required, subject: str) -> None:
        with self.store.reading() as connection:
            user = users.by_id(connection, session.user_id)
        if user.disabled or not may_sign_in(user.profile, user.account_state):
            raise SignInRefused("Your access has ended. Ask an administrator.")
        session.profile = user.profile
        if session.may(*required.permissions):
            return
        if not session.may(*required.own):
            raise NotPermitted(f"Your profile, {session.profile.value}, does not allow this.")
        if subject != session.account_number:
            raise NotFound(no_account(subject))


@dataclass(frozen=True, slots=True)
class Required:
    """What a use case requires: any one of `permissions`, or of `own` for the user's own account."""

    permissions: tuple[Permission, ...]
    own: tuple[Permission, ...] = ()


def requires(
    *permissions: Permission, own: tuple[Permission, ...] = (), action: str = "", trying: bool = False
) -> Callable[
    [Callable[Concatenate[S, OperatorSession, P], R]],
    Callable[Concatenate[S, OperatorSession, P], R],
]:
    """Let the use case run only for sessions that hold one of the permissions, and log what is refused.

    With `own`, its first argument is an account number, and those permissions open the user's own account.
    With `trying`, it is asked while the operator types, and refusals are no news. `action` names it in the audit log.
    """
    required = Required(permissions, own)

    def stamp(
        method: Callable[Concatenate[S, OperatorSession, P], R],
    ) -> Callable[Concatenate[S, OperatorSession, P], R]:
        named = action or method.__name__.replace("_", " ")

        @wraps(method)
        def guarded(self: S, session: OperatorSession, /, *args: P.args, **kwargs: P.kwargs) -> R:
            subject = args[0] if args and isinstance(args[0], str) else ""
            try:
                self._authorize(session, required, subject)
                return method(self, session, *args, **kwargs)
            except BillingError as refusal:
                if not trying and not isinstance(refusal, InvalidInput):
                    ended = "unknown" if isinstance(refusal, OutcomeUnknown) else "refused"
                    with self.store.writing() as connection:
                        self.audit(connection, session, named, subject, f"{ended}: {refusal}")
                raise

        guarded.__dict__["required"] = required
        return guarded

    return stamp


def open_to_all(method: Callable[P, R]) -> Callable[P, R]:
    """Mark a use case that needs no permission, because it is how a session comes about."""
    method.__dict__["required"] = Required(())
    return method


def no_account(number: str) -> str:
    """The one sentence for an account that is not there, or not for this user."""
    return f"There is no account {number[:LONGEST_SUBJECT]}."


S = TypeVar("S", bound=Service)
