"""`init`, `demo` and the desk itself: databases are made, and the desk is opened on one."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui_billing.commands.output import Result
from tui_billing.commands.parsing import UsageFault
from tui_billing.config import Settings, read_settings
from tui_billing.domain.database_urls import is_postgresql
from tui_billing.domain.text import shown
from tui_billing.terminal.modes import (
    Unwinding,
    end_at_once,
    leave_first_frame,
    prepare_terminal,
    restore_terminal,
)

if TYPE_CHECKING:
    from tui_billing.services.desk_services import DeskServices

NO_TERMINAL = "The desk needs a terminal. For scripts there are commands. Help: tui-billing --help"
SQLITE_URL = "sqlite:///"
GC_THRESHOLD = (5_000, 10, 10)


def open_configured(arguments: argparse.Namespace) -> Result:
    """Open the desk on the configured database, which is made if it is not there."""
    _require_terminal()
    settings = read_settings(arguments.database)
    if not is_postgresql(settings.database) and not _file_is_there(settings.database):
        restore_terminal()
        _make_first(settings)
        prepare_terminal()
    return Result({}, "", _open_desk(settings))


def init(arguments: argparse.Namespace) -> Result:
    """Make the configured database with its user root."""
    from tui_billing import desk

    settings = read_settings(arguments.database)
    desk.refuse_existing(settings)
    _make_with_root(settings)
    url = desk.database_url(settings)
    return Result({"url": url}, f"Made {url}. Its first user is root.")


def demo(arguments: argparse.Namespace) -> Result:
    """Make the demo database if need be, then open the desk on it or print its URL."""
    settings = read_settings(arguments.database, demo=True)
    makes_only = arguments.url or (arguments.reset and not _on_terminal())
    if not makes_only:
        _require_terminal()
    sized = arguments.accounts is not None or arguments.payments is not None
    if arguments.reset or not _file_is_there(settings.database):
        leave_first_frame()
        _make_demo(settings, arguments)
    elif sized:
        print("The demo database is there already and kept as it is; --reset makes it anew.", file=sys.stderr)
    if not makes_only:
        return Result({}, "", _open_desk(settings))
    return _url_of_demo(settings)


def _url_of_demo(settings: Settings) -> Result:
    from tui_billing import desk
    from tui_billing.commands.signing_in import tell_upgrade

    services = desk.open_services(settings)
    services.store.close()
    tell_upgrade(services)
    url = desk.database_url(settings)
    return Result({"url": url}, url)


def _make_first(settings: Settings) -> None:
    from tui_billing import desk

    # Asked again, of the one who reads URLs properly, before anybody chooses a password.
    if desk.database_exists(settings):
        return
    print(f"There is no database at {shown(settings.database)} yet. It is made now, with a user root.", file=sys.stderr)
    _make_with_root(settings)


def _make_with_root(settings: Settings) -> None:
    from tui_billing import desk
    from tui_billing.commands.signing_in import PASSWORD_VARIABLE, new_password

    with Unwinding():
        desk.create_database(settings, new_password("root", PASSWORD_VARIABLE))


def _make_demo(settings: Settings, arguments: argparse.Namespace) -> None:
    from tui_billing import desk
    from tui_billing.commands.progress import progress_bar

    sizes = {"accounts": arguments.accounts, "payments": arguments.payments}
    given = {name: size for name, size in sizes.items() if size is not None}
    with Unwinding(), progress_bar("Making the demo database") as progress:
        desk.create_demo(settings, progress=progress, anew=arguments.reset, **given)


def _open_desk(settings: Settings) -> int:
    # Until all is loaded there is hardly any garbage, and looking for it takes a tenth of that time.
    gc.disable()
    from tui_billing.app import BillingApp

    opened: list[DeskServices] = []

    # Called once the screen is painted, so that nobody waits for these imports.
    def open_services() -> DeskServices:
        from tui_billing import desk

        opened.append(desk.open_services(settings))
        return opened[-1]

    app = BillingApp(settings, open_services, when_loaded=_collect_from_here_on)
    app.run()
    for services in opened:
        services.store.close()
    return end_at_once(app.return_code or 0)


def _collect_from_here_on() -> None:
    # What is loaded by now stays; what screens and dialogs leave behind goes.
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
    gc.enable()


def _file_is_there(database: str) -> bool:
    """A first look without the imports that reading a URL properly takes; a file that is there needs no second."""
    return Path(database.removeprefix(SQLITE_URL)).expanduser().exists()


def _on_terminal() -> bool:
    return os.isatty(0) and os.isatty(1)


def _require_terminal() -> None:
    if not _on_terminal():
        raise UsageFault(NO_TERMINAL)
