"""The lock on every use case: each declares what it requires, and is checked afresh each time it runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import may_sign_in
from tui_billing.domain.errors import (
    BillingError,
    InvalidInput,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RuleRefused,
    SignInRefused,
    StoreUnanswered,
    StoreUnavailable,
)
from tui_billing.domain.text import masked
from tui_billing.services.asking_again import answered
from tui_billing.services.service import LONGEST_SUBJECT, Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import users

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Service)
Within = Literal["reading", "writing"]


@dataclass(frozen=True, slots=True)
class Required:
    """What a use case requires: any one of `permissions`, or of `own` for the user's own account; and perhaps a key."""

    permissions: tuple[Permission, ...]
    own: tuple[Permission, ...] = ()
    keyed: bool = False


@overload
def requires(
    *permissions: Permission,
    own: tuple[Permission, ...] = (),
    action: str = "",
    trying: bool = False,
    keyed: bool = False,
) -> Callable[
    [Callable[Concatenate[S, OperatorSession, P], R]],
    Callable[Concatenate[S, OperatorSession, P], R],
]: ...


@overload
def requires(
    *permissions: Permission,
    within: Within,
    own: tuple[Permission, ...] = (),
    action: str = "",
    trying: bool = False,
    keyed: bool = False,
) -> Callable[
    [Callable[Concatenate[S, OperatorSession, Connection, P], R]],
    Callable[Concatenate[S, OperatorSession, P], R],
]: ...


def requires(
    *permissions: Permission,
    within: Within | None = None,
    own: tuple[Permission, ...] = (),
    action: str = "",
    trying: bool = False,
    keyed: bool = False,
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """Let the use case run only for sessions that hold one of the permissions, and log what is refused.

    A use case that is one transaction is handed it with `within`, and the user is read in it, too. With `own`, its
    first argument is an account number, and those permissions open the user's own account. With `trying`, it is asked
    while the operator types, and a rule that forbids it is no news. With `keyed`, it does the same once per idempotency
    key. `action` names it in the audit log.
    """
    required = Required(permissions, own, keyed)

    def stamp(method: Callable[..., R]) -> Callable[..., R]:
        named = action or method.__name__.replace("_", " ")

        @wraps(method)
        def guarded(self: Service, session: OperatorSession, /, *args: Any, **kwargs: Any) -> R:
            subject = args[0] if args and isinstance(args[0], str) else ""
            allowed = False

            def act() -> R:
                nonlocal allowed
                with self.store.writing() if within == "writing" else self.store.reading() as connection:
                    # What has been allowed is only asked after when it is asked again.
                    if not allowed:
                        _authorize(connection, session, required, subject)
                        allowed = True
                    if within is not None:
                        return method(self, session, connection, *args, **kwargs)
                return method(self, session, *args, **kwargs)

            try:
                return answered(self.store, act, keyed=keyed)
            except BillingError as refusal:
                if not _is_expected(refusal) and not (trying and isinstance(refusal, RuleRefused)):
                    _log_refusal(self, session, named, subject, refusal)
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


def _authorize(connection: Connection, session: OperatorSession, required: Required, subject: str) -> None:
    user = users.standing(connection, session.user_id)
    if user.disabled or not may_sign_in(user.profile, user.account_state):
        raise SignInRefused("Your access has ended. Ask an administrator.")
    session.profile = user.profile
    if session.may(*required.permissions):
        return
    if not session.may(*required.own):
        raise NotPermitted(f"Your profile, {session.profile.value}, does not allow this.")
    if subject != session.account_number:
        raise NotFound(no_account(subject))


def _is_expected(refusal: BillingError) -> bool:
    """Whether it is no news for the audit log."""
    return isinstance(refusal, (InvalidInput, StoreUnavailable)) and not isinstance(refusal, StoreUnanswered)


def _log_refusal(service: Service, session: OperatorSession, action: str, subject: str, refusal: BillingError) -> None:
    ended = "unknown" if isinstance(refusal, OutcomeUnknown) else "refused"
    # What happened to the money is news of more weight than that the log could not be written.
    with suppress(StoreUnavailable), service.store.writing() as connection:
        service.audit(connection, session, action, masked(subject), masked(f"{ended}: {refusal}"))
