"""Who may do what: the whole policy is the one table `POLICY`."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What a use case asks of a profile."""

    ACCOUNT_MANAGE = "Account manage"
    ACCOUNT_CREATE = "Account create"
    FINANCE = "Finance Create/Manage"
    USER_MANAGE = "User create/manage"
    ACCOUNT_ADMIN = "Account admin"
    BILLING_ADMIN = "Billing Admin manage"


class Profile(StrEnum):
    """The fixed profiles; a user has one."""

    ROOT = "Root"
    FINANCE_ADMIN = "Finance Admin"
    OPS_ADMIN = "Ops Admin"
    SALES_SUPPORT = "Sales Support"
    HELP_DESK = "Help Desk"
    PRODUCT_MANAGER = "Product Manager"
    MASTER_USER = "Master User"
    BILLING_ADMIN = "Billing Admin"
    POWER_USER = "Power User"
    USER = "User"

    @property
    def is_customer(self) -> bool:
        """Whether a user of this profile belongs to one customer account."""
        return self in CUSTOMER_PROFILES


CUSTOMER_PROFILES = frozenset({Profile.MASTER_USER, Profile.BILLING_ADMIN, Profile.POWER_USER, Profile.USER})

POLICY: dict[Profile, frozenset[Permission]] = {
    Profile.ROOT: frozenset(
        {Permission.ACCOUNT_MANAGE, Permission.ACCOUNT_CREATE, Permission.FINANCE, Permission.USER_MANAGE}
    ),
    Profile.FINANCE_ADMIN: frozenset({Permission.ACCOUNT_MANAGE, Permission.FINANCE}),
    Profile.OPS_ADMIN: frozenset({Permission.ACCOUNT_MANAGE, Permission.ACCOUNT_CREATE, Permission.USER_MANAGE}),
    Profile.SALES_SUPPORT: frozenset({Permission.ACCOUNT_MANAGE}),
    Profile.HELP_DESK: frozenset({Permission.ACCOUNT_MANAGE}),
    Profile.PRODUCT_MANAGER: frozenset(),
    Profile.MASTER_USER: frozenset({Permission.ACCOUNT_ADMIN, Permission.BILLING_ADMIN}),
    Profile.BILLING_ADMIN: frozenset({Permission.BILLING_ADMIN}),
    Profile.POWER_USER: frozenset(),
    Profile.USER: frozenset(),
}


def allows(profile: Profile, *permissions: Permission) -> bool:
    """Whether the profile holds any one of the permissions."""
    return not POLICY[profile].isdisjoint(permissions)
