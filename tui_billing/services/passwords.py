"""Password hashes: the one module that knows passlib."""

from __future__ import annotations

from importlib import resources

from passlib.hash import argon2

from tui_billing.config import HashingCost
from tui_billing.domain.errors import InvalidInput

SHORTEST = 12
LONGEST = 1_000


class Passwords:
    """Hashes and verifies passwords with Argon2id at a configured cost; slow by design, so never on the event loop."""

    def __init__(self, cost: HashingCost) -> None:
        self._argon2id = argon2.using(
            type="ID", memory_cost=cost.memory_kib, time_cost=cost.rounds, parallelism=cost.parallelism
        )

    def hash(self, password: str) -> str:
        """The hash to store."""
        return str(self._argon2id.hash(password))

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one; without a hash, takes as long and says no."""
        if password_hash is None or len(password) > LONGEST:
            self.hash(password[:LONGEST])
            return False
        return bool(self._argon2id.verify(password, password_hash))


def checked_password(password: str) -> str:
    """The password, if it may be chosen; raises `InvalidInput` with the reason if not (NIST SP 800-63B, 5.1.1)."""
    fault = ""
    if len(password) < SHORTEST:
        fault = f"needs at least {SHORTEST} characters. A few words make a good one."
    elif len(password) > LONGEST:
        fault = f"takes at most {LONGEST} characters."
    elif password.casefold() in _common() or len(set(password)) == 1:
        fault = "is one of the common ones that attackers try first. Choose another."
    if fault:
        raise InvalidInput(f"Password {fault}", field="Password")
    return password


def _common() -> frozenset[str]:
    listed = resources.files(__package__).joinpath("common_passwords.txt")
    return frozenset(listed.read_text(encoding="utf-8").split())
