"""Users: added, changed, shut out, and never the desk of somebody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.desk_fixtures import MISSING, PASSWORD, RETAIL, Desk
from tui_billing.domain.access import Profile
from tui_billing.domain.errors import InvalidInput, NotFound, NotPermitted, RuleRefused, SignInRefused
from tui_billing.services.session import OperatorSession
from tui_billing.store.users import User


def add(desk: Desk, name: str, profile: Profile, number: str | None = None, by: OperatorSession | None = None) -> User:
    return desk.services.users.add(by or desk.root, name, profile, PASSWORD, desk.services.passwords, number)


def test_an_added_user_can_sign_in_with_that_profile(desk: Desk) -> None:
    add(desk, "new.finance", Profile.FINANCE_ADMIN)
    add(desk, "new-customer", Profile.POWER_USER, RETAIL)
    assert desk.sign_in("new.finance").profile is Profile.FINANCE_ADMIN
    assert desk.sign_in("new-customer").account_number == RETAIL
    assert desk.audit("new.finance")[-1][2:] == ("add user", "new.finance", "done: Finance Admin")


@pytest.mark.parametrize("name", ["", "Mara", "a b", "x" * 33, ".dot", "é", "a\n", "-dash", "rоot", "a;b"])
def test_a_user_name_is_plain_and_cannot_pass_for_another(desk: Desk, name: str) -> None:
    with pytest.raises(InvalidInput, match="User name takes up to 32 lower-case letters"):
        add(desk, name, Profile.HELP_DESK)


def test_a_name_is_given_once(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match=r"There is a user mara already\. Choose another name\."):
        add(desk, "mara", Profile.HELP_DESK)


def test_a_customers_user_needs_an_account_and_a_providers_user_has_none(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="A Master User needs the number of its account"):
        add(desk, "newcomer", Profile.MASTER_USER)
    with pytest.raises(InvalidInput, match="A Help Desk belongs to the provider"):
        add(desk, "newcomer", Profile.HELP_DESK, RETAIL)
    with pytest.raises(NotFound, match=f"There is no account {MISSING}"):
        add(desk, "newcomer", Profile.USER, MISSING)


def test_a_weak_password_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="needs at least 12 characters"):
        desk.services.users.add(desk.root, "newcomer", Profile.HELP_DESK, "short", desk.services.passwords)


def test_only_root_makes_changes_or_disables_a_root(desk: Desk) -> None:
    ops = desk.session("ops")
    add(desk, "root2", Profile.ROOT)
    attempts: list[Callable[[], object]] = [
        lambda: add(desk, "root3", Profile.ROOT, by=ops),
        lambda: desk.services.users.change_profile(ops, "finance", Profile.ROOT),
        lambda: desk.services.users.change_profile(ops, "root2", Profile.HELP_DESK),
        lambda: desk.services.users.disable(ops, "root2"),
        lambda: desk.services.users.enable(ops, "root2"),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted, match="Only a Root user may add or change a Root user"):
            attempt()
    assert desk.services.users.disable(desk.root, "root2").disabled


def test_nobody_disables_themselves(desk: Desk) -> None:
    with pytest.raises(RuleRefused, match="You cannot disable yourself"):
        desk.services.users.disable(desk.session("ops"), "ops")


def test_nobody_changes_their_own_profile(desk: Desk) -> None:
    for name in ("ops", "root"):
        with pytest.raises(RuleRefused, match="You cannot change your own profile"):
            desk.services.users.change_profile(desk.session(name), name, Profile.HELP_DESK)


def test_a_customers_user_never_becomes_a_providers_nor_the_other_way_round(desk: Desk) -> None:
    for name, profile in (("mara", Profile.FINANCE_ADMIN), ("finance", Profile.MASTER_USER)):
        with pytest.raises(RuleRefused, match="cannot become"):
            desk.services.users.change_profile(desk.root, name, profile)
    assert desk.services.users.change_profile(desk.root, "mara.user", Profile.POWER_USER).profile is Profile.POWER_USER


def test_a_user_that_is_not_there_is_not_found(desk: Desk) -> None:
    for change in (desk.services.users.disable, desk.services.users.enable, desk.services.users.unlock):
        with pytest.raises(NotFound, match=r"There is no user nobody\."):
            change(desk.root, "nobody")


def test_a_disabled_user_cannot_sign_in_until_enabled(desk: Desk) -> None:
    desk.services.users.disable(desk.root, "mara")
    with pytest.raises(SignInRefused):
        desk.sign_in("mara")
    desk.services.users.enable(desk.root, "mara")
    assert desk.sign_in("mara").name == "mara"


def test_the_list_of_users_is_by_name(desk: Desk) -> None:
    names = [user.name for user in desk.services.users.list(desk.root)]
    assert names == sorted(names)
    assert {"root", "mara", "ops"} < set(names)
