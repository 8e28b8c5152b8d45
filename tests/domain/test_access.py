"""The policy, against the table of the rule book written out once more."""

from __future__ import annotations

import pytest

from tui_billing.domain.access import Permission, Profile, allows
from tui_billing.domain.accounts import AccountState, may_sign_in

# Columns: Root, Finance Admin, Ops Admin, Sales Support, Help Desk, Product Manager,
# Master User, Billing Admin, Power User, User.
TABLE = {
    Permission.ACCOUNT_MANAGE: "✓✓✓✓✓     ",
    Permission.ACCOUNT_CREATE: "✓ ✓       ",
    Permission.FINANCE: "✓✓        ",
    Permission.USER_MANAGE: "✓ ✓       ",
    Permission.ACCOUNT_ADMIN: "      ✓   ",
    Permission.BILLING_ADMIN: "      ✓✓  ",
}


@pytest.mark.parametrize("permission", Permission)
def test_the_policy_is_the_table_of_the_rule_book(permission: Permission) -> None:
    assert "".join("✓" if allows(profile, permission) else " " for profile in Profile) == TABLE[permission]


def test_customer_profiles_are_the_four_of_an_account() -> None:
    assert {p.value for p in Profile if p.is_customer} == {"Master User", "Billing Admin", "Power User", "User"}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("state", [None, *AccountState])
def test_a_restricted_account_admits_its_master_user_and_a_terminated_one_nobody(
    profile: Profile, state: AccountState | None
) -> None:
    if state is AccountState.TERMINATED:
        expected = False
    elif state in (AccountState.RESTRICTED, AccountState.SUSPENDED):
        expected = profile is Profile.MASTER_USER
    else:
        expected = True
    assert may_sign_in(profile, state) is expected
