"""Users: who may sign in, with which profile."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission, Profile
from tui_billing.domain.accounts import AccountType
from tui_billing.domain.errors import InvalidInput, NotFound, NotPermitted, RuleRefused
from tui_billing.services.passwords import Passwords, checked_password
from tui_billing.services.permissions import no_account, requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, users
from tui_billing.store.turns import Turn, take
from tui_billing.store.users import User

NAME_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Users(Service):
    """Adds users and changes what they may do."""

    @requires(Permission.USER_MANAGE, within="reading")
    def list(self, session: OperatorSession, connection: Connection) -> list[User]:  # noqa: ARG002
        """Every user by name."""
        return users.all_users(connection)

    @requires(Permission.USER_MANAGE)
    def add(
        self,
        session: OperatorSession,
        name: str,
        profile: Profile,
        password: str,
        passwords: Passwords,
        account_number: str | None = None,
    ) -> User:
        """Add a user; a customer profile needs the number of its account, and only root adds a root."""
        self._refuse_root(session, profile)
        checked_name(name)
        if profile.is_customer is (account_number is None):
            needs = (
                "needs the number of its account" if profile.is_customer else "belongs to the provider, not an account"
            )
            raise InvalidInput(f"A {profile.value} {needs}.", field="Account")
        password_hash = passwords.hash(checked_password(password))
        with self.store.writing() as connection:
            take(connection, Turn.USER_NAMES)
            account_id = None if account_number is None else self._account_id(connection, account_number)
            if users.by_name(connection, name) is not None:
                raise RuleRefused(f"There is a user {name} already. Choose another name.")
            users.add(connection, name=name, profile=profile.value, account_id=account_id, password_hash=password_hash)
            self.audit(connection, session, "add user", name, f"done: {profile.value}")
            return self._found(connection, name)

    @requires(Permission.USER_MANAGE, within="writing")
    def unlock(self, session: OperatorSession, connection: Connection, name: str) -> User:
        """End a lock that failed sign-ins brought about, of any user: it gives nobody more than they had."""
        user = self._held(connection, name)
        users.save(connection, user.id, failures=0, locked_until=None)
        self.audit(connection, session, "unlock user", name, "done")
        return self._found(connection, name)

    @requires(Permission.USER_MANAGE)
    def disable(self, session: OperatorSession, name: str) -> User:
        """Shut a user out from the next action on."""
        if name == session.name:
            raise RuleRefused("You cannot disable yourself. Ask another administrator.")
        return self._change(session, name, "disable user", {"disabled": True})

    @requires(Permission.USER_MANAGE)
    def enable(self, session: OperatorSession, name: str) -> User:
        """Let a disabled user in again."""
        return self._change(session, name, "enable user", {"disabled": False})

    @requires(Permission.USER_MANAGE)
    def change_profile(self, session: OperatorSession, name: str, profile: Profile) -> User:
        """Give a user another profile of the same side, provider or customer, from the next action on."""
        self._refuse_root(session, profile)
        if name == session.name:
            raise RuleRefused("You cannot change your own profile. Ask another administrator.")
        return self._change(session, name, "change profile", {"profile": profile.value}, profile)

    def _change(
        self,
        session: OperatorSession,
        name: str,
        action: str,
        values: dict[str, object],
        profile: Profile | None = None,
    ) -> User:
        with self.store.writing() as connection:
            user = self._held(connection, name)
            self._refuse_root(session, user.profile)
            if profile is not None and user.profile.is_customer is not profile.is_customer:
                raise RuleRefused("A customer's user cannot become a provider's, nor the other way round.")
            users.save(connection, user.id, **values)
            self.audit(connection, session, action, name, "done" if profile is None else f"done: {profile.value}")
            return self._found(connection, name)

    @staticmethod
    def _refuse_root(session: OperatorSession, profile: Profile) -> None:
        if profile is Profile.ROOT and session.profile is not Profile.ROOT:
            raise NotPermitted("Only a Root user may add or change a Root user.")

    @staticmethod
    def _found(connection: Connection, name: str) -> User:
        user = users.by_name(connection, name)
        if user is None:
            raise NotFound(f"There is no user {name[:64]}.")
        return user

    @staticmethod
    def _held(connection: Connection, name: str) -> User:
        user = users.hold(connection, name)
        if user is None:
            raise NotFound(f"There is no user {name[:64]}.")
        return user

    @staticmethod
    def _account_id(connection: Connection, number: str) -> int:
        account = accounts.by_number(connection, number)
        if account is None:
            raise NotFound(no_account(number))
        if account.type is AccountType.SYSTEM:
            raise RuleRefused("The System account is the provider itself and has no customer's users.")
        return account.id


def checked_name(name: str) -> str:
    """The user name, if it may be chosen; raises `InvalidInput` if not."""
    if NAME_PATTERN.fullmatch(name) is None:
        raise InvalidInput(
            "User name takes up to 32 lower-case letters, digits, dots, dashes and underscores.", field="User name"
        )
    return name
