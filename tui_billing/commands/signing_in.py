"""Who acts: passwords from the environment or a prompt, and a session for one command."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_billing.commands.output import Result
from tui_billing.commands.parsing import UsageFault
from tui_billing.commands.words import is_utf8
from tui_billing.config import Settings, read_settings
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.text import shown

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

TERMINAL = Path("/dev/tty")
PASSWORD_VARIABLE = "TUI_BILLING_PASSWORD"  # noqa: S105 -- the variable's name
NEW_PASSWORD_VARIABLE = "TUI_BILLING_NEW_PASSWORD"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: the services, and the session it acts in."""

    services: DeskServices
    session: OperatorSession


def with_session(arguments: argparse.Namespace, command: Callable[[Desk, argparse.Namespace], Result]) -> Result:
    """Sign the user in on the configured database and run the command."""
    user = acting_user(arguments)
    with signed_in(read_settings(arguments.database), user) as desk:
        tell_upgrade(desk.services)
        return command(desk, arguments)


def tell_upgrade(services: DeskServices) -> None:
    """Say beside what the command says that opening the database has upgraded it."""
    if services.upgraded:
        print(services.upgraded, file=sys.stderr)


def acting_user(arguments: argparse.Namespace) -> str:
    """The name of the user who acts; raises `UsageFault` if none is given."""
    user: str = arguments.user or environment("TUI_BILLING_USER")
    if not user:
        raise UsageFault("This command needs to know who acts. Name the user with --user NAME")
    return user


@contextmanager
def signed_in(settings: Settings, user: str) -> Iterator[Desk]:
    """The services of a database and a session of the user; closed at the end."""
    from tui_billing import desk

    services = desk.open_services(settings)
    try:
        password = environment(PASSWORD_VARIABLE) or prompted(f"Password for {shown(user)}: ", PASSWORD_VARIABLE)
        session = services.sign_in.sign_in(user, password, environment("SSH_CONNECTION"))
        yield Desk(services, session)
    finally:
        services.store.close()


def environment(variable: str) -> str:
    """An environment variable's value, empty if it is not set; raises `UsageFault` if it is not UTF-8."""
    value = os.environ.get(variable, "")
    if not is_utf8(value):
        raise UsageFault(f"{variable} is not valid UTF-8.")
    return value


def new_password(name: str, variable: str) -> str:
    """A password chosen for a user: from the environment, or typed twice the same."""
    from tui_billing.services.passwords import checked_password

    if given := environment(variable):
        return checked_password(given)
    while True:
        try:
            chosen = checked_password(prompted(f"New password for {shown(name)}: ", variable))
        except InvalidInput as refusal:
            print(refusal.sentence, file=sys.stderr)
            continue
        if prompted(f"New password for {shown(name)}, again: ", variable) == chosen:
            return chosen
        print("The two are not the same. Type it again.", file=sys.stderr)


def prompted(prompt: str, variable: str) -> str:
    """A password typed unseen on the terminal; raises `UsageFault` where there is none."""
    if not _has_terminal():
        raise UsageFault(f"There is no terminal to ask for the password on. Set {variable}.")
    try:
        typed = getpass.getpass(prompt)
    except EOFError:
        raise KeyboardInterrupt from None
    if not is_utf8(typed):
        raise UsageFault("The password is not valid UTF-8.")
    return typed


def _has_terminal() -> bool:
    try:
        os.close(os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
