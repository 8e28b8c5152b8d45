"""Which passwords may be chosen, and how they are kept."""

from __future__ import annotations

import pytest

from tests.desk_fixtures import CHEAP
from tui_billing.config import HashingCost
from tui_billing.domain.errors import InvalidInput
from tui_billing.services.passwords import Passwords, checked_password


@pytest.mark.parametrize(
    "password",
    ["correct horse", "twelve chars", "äöüßéèêç∂ƒ©˙", "      a b      ", "x" * 999 + "y", "\u4e00\u4e8c\u4e09" * 4],
)
def test_any_twelve_characters_that_are_not_common_make_a_password(password: str) -> None:
    assert checked_password(password) == password
    passwords = Passwords(CHEAP)
    assert passwords.verify(password, passwords.hash(password))


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "needs at least 12 characters. A few words make a good one."),
        ("elevenchars", "needs at least 12 characters. A few words make a good one."),
        ("x" * 1_001, "takes at most 1000 characters."),
        ("aaaaaaaaaaaa", "is one of the common ones that attackers try first. Choose another."),
        ("password1234", "is one of the common ones that attackers try first. Choose another."),
        ("PassWord1234", "is one of the common ones that attackers try first. Choose another."),
        ("qwertyuiop123", "is one of the common ones that attackers try first. Choose another."),
    ],
)
def test_a_short_endless_or_common_password_is_refused_with_the_reason(password: str, fault: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        checked_password(password)
    assert refusal.value.sentence == f"Password {fault}"
    assert refusal.value.field == "Password"


def test_a_hash_is_argon2id_at_the_configured_cost_and_salted() -> None:
    passwords = Passwords(HashingCost(memory_kib=128, rounds=3, parallelism=2))
    first, second = passwords.hash("the same password"), passwords.hash("the same password")
    assert first.startswith("$argon2id$v=19$m=128,t=3,p=2$")
    assert first != second


def test_the_default_cost_is_the_minimum_that_owasp_names() -> None:
    assert HashingCost() == HashingCost(memory_kib=19_456, rounds=2, parallelism=1)


def test_a_hash_made_at_another_cost_still_opens() -> None:
    old = Passwords(HashingCost(memory_kib=128, rounds=3)).hash("the same password")
    assert Passwords(CHEAP).verify("the same password", old)
    assert not Passwords(CHEAP).verify("another password", old)


def test_nobodys_hash_and_an_endless_password_open_nothing() -> None:
    passwords = Passwords(CHEAP)
    assert not passwords.verify("anything at all", None)
    assert not passwords.verify("x" * 1_001, passwords.hash("x" * 1_000))
