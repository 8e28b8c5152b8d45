"""`users`: who may sign in, and what they may do."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, listing, table
from tui_billing.commands.signing_in import NEW_PASSWORD_VARIABLE, Desk, new_password
from tui_billing.services.service import utc_now
from tui_billing.store.users import User

TITLES = ("Name", "Profile", "Account", "Standing")


def list_users(desk: Desk, arguments: argparse.Namespace) -> Result:  # noqa: ARG001
    """Every user by name."""
    found = desk.services.users.list(desk.session)
    rows = [(user.name, user.profile.value, user.account_number or "", _standing(user)) for user in found]
    return Result({"users": [as_json.user(user) for user in found]}, table(TITLES, rows, "There are no users."))


def add(desk: Desk, arguments: argparse.Namespace) -> Result:
    """A new user, with a password of their own."""
    password = new_password(arguments.name, NEW_PASSWORD_VARIABLE)
    return _result_of(
        desk.services.users.add(
            desk.session, arguments.name, arguments.profile, password, desk.services.passwords, arguments.account
        )
    )


def unlock(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The user, free to sign in again."""
    return _result_of(desk.services.users.unlock(desk.session, arguments.name))


def disable(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The user, shut out."""
    return _result_of(desk.services.users.disable(desk.session, arguments.name))


def enable(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The user, let in again."""
    return _result_of(desk.services.users.enable(desk.session, arguments.name))


def change_profile(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The user with another profile."""
    return _result_of(desk.services.users.change_profile(desk.session, arguments.name, arguments.profile))


def _result_of(user: User) -> Result:
    fields = (user.name, user.profile.value, user.account_number or "none", _standing(user))
    return Result(as_json.user(user), listing(list(zip(TITLES, fields, strict=True))))


def _standing(user: User) -> str:
    if user.disabled:
        return "disabled"
    locked = user.locked_until is not None and user.locked_until > utc_now()
    return f"locked until {user.locked_until:%Y-%m-%d %H:%M} UTC" if locked else "active"
