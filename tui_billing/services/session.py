"""The role-checking session: who is signed in, and what their profile allows."""

from __future__ import annotations

from dataclasses import dataclass

from tui_billing.domain.access import Permission, Profile, allows


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
