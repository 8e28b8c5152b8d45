"""How arguments are parsed: the pieces that the commands' arguments are put together from."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from tui_billing.domain.errors import BillingError

if TYPE_CHECKING:
    from datetime import date
    from enum import StrEnum

WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
Actions = Any


class UsageFault(BillingError):
    """The command line cannot be understood, or lacks something it needs."""

    title = "Usage"
    exit_code = 2


class Parser(argparse.ArgumentParser):
    """A parser whose errors are printed as all others are."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageFault` instead of leaving the process."""
        raise UsageFault(f"{message}. Help: {self.prog} --help")


def add_global(to: argparse.ArgumentParser, default: str | None = argparse.SUPPRESS) -> None:
    """Add the options that work before and after the command; only the outermost parser has a default."""
    group = to.add_argument_group("everywhere")
    group.add_argument("--database", metavar="URL", default=default, help="the database: a file or a sqlite:/// URL")
    group.add_argument("--user", metavar="NAME", default=default, help="who acts")
    group.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document")


def add_actions(branch: argparse.ArgumentParser) -> Actions:
    """Let a noun take one of several actions."""
    return branch.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)


def add_action(actions: Actions, name: str, run: str, summary: str) -> argparse.ArgumentParser:
    """Add an action that a signed-in user takes; `run` names the module and function that carry it out."""
    leaf: argparse.ArgumentParser = actions.add_parser(
        name, help=summary, description=f"{summary}.", allow_abbrev=False
    )
    add_global(leaf)
    leaf.set_defaults(run=run, signs_in=True)
    return leaf


def whole_number(typed: str) -> int:
    """A whole number of up to nine digits, as argparse takes it."""
    if WHOLE_NUMBER.fullmatch(typed) is None:
        raise argparse.ArgumentTypeError(f"“{typed[:20]}” is not a whole number")
    return int(typed)


def day(typed: str) -> date:
    """A day written YYYY-MM-DD, as argparse takes it."""
    from datetime import date

    try:
        if DAY.fullmatch(typed) is not None:
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"“{typed[:20]}” is not a day. Write it YYYY-MM-DD")


def snake_case(label: str) -> str:
    """A label such as `Finance Admin` as one word to type and to read in JSON."""
    return label.casefold().replace(" ", "_").replace("-", "_")


def add_choice(
    to: argparse.ArgumentParser,
    name: str,
    values: Mapping[str, StrEnum] | Iterable[StrEnum],
    explained: str,
    default: Any = None,
    required: bool | None = None,
) -> None:
    """Add an argument that takes one of some words."""
    words = values if isinstance(values, Mapping) else {value.value: value for value in values}

    def chosen(typed: str) -> Any:
        if snake_case(typed) not in words:
            raise argparse.ArgumentTypeError(f"“{typed[:40]}” is none of: {', '.join(words)}")
        return words[snake_case(typed)]

    options: dict[str, Any] = {} if required is None else {"required": required}
    help_text = f"{explained}: {', '.join(words)}"
    metavar = name.strip("-").upper()
    to.add_argument(name, type=chosen, metavar=metavar, default=default, help=help_text, **options)


def add_number(to: argparse.ArgumentParser, explained: str = "the account's number") -> None:
    """Add the account's number."""
    to.add_argument("number", metavar="NUMBER", help=explained)


def add_amount(to: argparse.ArgumentParser) -> None:
    """Add an amount, kept as it was typed."""
    to.add_argument("amount", metavar="AMOUNT", help="in the account's currency, such as 1,234.50")


def add_payment_id(to: argparse.ArgumentParser) -> None:
    """Add the ID of a payment."""
    to.add_argument("payment_id", metavar="PAYMENT_ID", help="the ID, or its first eight characters or more")


def add_limit(to: argparse.ArgumentParser) -> None:
    """Add the bound of a list."""
    to.add_argument("--limit", type=whole_number, metavar="N", help="no more than so many (default: all)")


def add_file_options(to: argparse.ArgumentParser) -> None:
    """Add where a document is saved."""
    to.add_argument("--output", metavar="FILE", help="the file (default: one in the current directory)")
    to.add_argument("--force", action="store_true", help="overwrite the file if it is there")


def add_money_options(to: argparse.ArgumentParser) -> None:
    """Add what every money action takes."""
    to.add_argument("--key", metavar="KEY", help="idempotency key: repeating it cannot move money twice")
    to.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
