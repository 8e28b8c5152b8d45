"""The demo database's users: shown on its Log in screen, made by its generator."""

from __future__ import annotations

from typing import NamedTuple

from tui_billing.domain.access import Profile

DEMO_PASSWORD = "practice-makes-paid"  # noqa: S105 -- printed on the Log in screen of every demo database


class DemoUser(NamedTuple):
    """A user of the demo database and what to try as that user."""

    name: str
    profile: Profile
    purpose: str


DEMO_USERS = (
    DemoUser("root", Profile.ROOT, "everything"),
    DemoUser("finance", Profile.FINANCE_ADMIN, "record, credit, charge back, cancel"),
    DemoUser("finance2", Profile.FINANCE_ADMIN, "a second finance desk"),
    DemoUser("ops", Profile.OPS_ADMIN, "accounts and users, no money"),
    DemoUser("sales", Profile.SALES_SUPPORT, "looks at every account"),
    DemoUser("helpdesk", Profile.HELP_DESK, "looks at every account"),
    DemoUser("product", Profile.PRODUCT_MANAGER, "has no part in billing"),
    DemoUser("mara", Profile.MASTER_USER, "pays by card for Mara Lindqvist"),
    DemoUser("globex", Profile.MASTER_USER, "sees Globex Corporation's payments"),
    DemoUser("globex.billing", Profile.BILLING_ADMIN, "Globex Corporation's billing"),
    DemoUser("globex.power", Profile.POWER_USER, "sees no payments"),
    DemoUser("globex.user", Profile.USER, "sees no payments"),
)
