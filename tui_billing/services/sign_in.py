"""Signing in, and coming back to a locked screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_billing.domain.accounts import may_sign_in
from tui_billing.domain.errors import SignInRefused
from tui_billing.services.passwords import Passwords
from tui_billing.services.permissions import open_to_all
from tui_billing.services.service import utc_now
from tui_billing.services.session import OperatorSession
from tui_billing.store import users
from tui_billing.store.engine import Store
from tui_billing.store.users import AuditEntry, User

FAILURES_TO_LOCK = 5
LOCKED_FOR = timedelta(minutes=30)
FAILED = "That user name and password do not open this desk. Check both and try again."
NOT_CONFIRMED = "That password does not open this desk. Check it and try again."
LONGEST_NAME = 64
UNKNOWN_USER = "(nobody)"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Checks passwords; one message and one length of time for every failure, whatever its cause."""

    store: Store
    passwords: Passwords
    clock: Callable[[], datetime] = utc_now

    @open_to_all
    def sign_in(self, name: str, password: str, origin: str = "") -> OperatorSession:
        """A session for the user; raises `SignInRefused`, and locks the user after five failures in a row."""
        name = name.strip()
        with self.store.reading() as connection:
            user = users.by_name(connection, name)
        matches = self.passwords.verify(password, None if user is None else user.password_hash)
        with self.store.writing() as connection:
            user = users.hold(connection, name)
            outcome = self._outcome(user, matches)
            if user is not None:
                users.save(connection, user.id, **self._counted(user, outcome))
            # A name nobody has may be a password typed into the wrong field, so it is not kept.
            known = UNKNOWN_USER if user is None else user.name
            entry = AuditEntry(self.clock(), known, origin[:LONGEST_NAME], "sign in", "", outcome)
            users.write_audit(connection, entry)
        if user is None or outcome != "done":
            raise SignInRefused(FAILED)
        return OperatorSession(user.id, user.name, user.profile, user.account_number, origin[:LONGEST_NAME])

    @open_to_all
    def confirm(self, session: OperatorSession, password: str) -> None:
        """Check that the one who unlocks the screen is the one who signed in; failures count as at sign-in."""
        try:
            confirmed = self.sign_in(session.name, password, session.origin)
        except SignInRefused:
            # Not that it is wrong: the user may be locked or disabled, which is told to nobody.
            raise SignInRefused(NOT_CONFIRMED) from None
        assert confirmed.user_id == session.user_id, "user names are never given to somebody else"
        session.profile = confirmed.profile

    def _outcome(self, user: User | None, matches: bool) -> str:
        if user is None:
            return "refused: no such user"
        if user.locked_until is not None and self.clock() < user.locked_until:
            return "refused: locked"
        if not matches:
            return "refused: wrong password"
        if user.disabled or not may_sign_in(user.profile, user.account_state):
            return "refused: disabled, or the account's state"
        return "done"

    def _counted(self, user: User, outcome: str) -> dict[str, int | datetime | None]:
        if outcome == "refused: wrong password":
            failures = user.failures + 1
            if failures >= FAILURES_TO_LOCK:
                return {"failures": 0, "locked_until": self.clock() + LOCKED_FOR}
            return {"failures": failures}
        return {"failures": 0, "locked_until": None} if outcome == "done" else {"failures": user.failures}
