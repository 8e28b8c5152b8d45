"""What may be typed: every command is wired, documented and quick to explain itself."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE
from tui_billing import __version__
from tui_billing.commands.arguments import parser

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "command-line.md"
HEAVY = ("sqlalchemy", "sqlmodel", "textual", "asyncio", "rich", "pydantic")


def leaves(branch: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    below = [action for action in branch._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield branch
    for action in below:
        for leaf in action.choices.values():
            yield from leaves(leaf)


COMMANDS = {leaf.prog.removeprefix("tui-billing "): leaf for leaf in leaves(parser())}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_function_that_carries_it_out(command: str) -> None:
    module, function = COMMANDS[command].get_default("run").split(":")
    assert callable(getattr(importlib.import_module(f"tui_billing.commands.{module}"), function))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_an_example(command: str) -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert f"`{command}" in text or f"`tui-billing {command}" in text
    examples = [line for line in text.splitlines() if line.startswith(("tui-billing", "export")) and command in line]
    assert examples, f"no example of {command}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_documented(command: str) -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    options = [option for action in COMMANDS[command]._actions for option in action.option_strings]
    assert [option for option in options if option not in text and option != "-h"] == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(home_line: CommandLine, command: str) -> None:
    ran = home_line(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: tui-billing {command}".rstrip())


def test_the_version_is_printed(home_line: CommandLine) -> None:
    ran = home_line("--version")
    assert (ran.code, ran.out) == (0, f"tui-billing {__version__}\n")


@pytest.mark.parametrize("typed", ["--version", "--help", "accounts --help", "payments record --help", "nonsense"])
def test_nothing_heavy_is_imported_before_a_command_runs(typed: str) -> None:
    program = (
        "import sys, tui_billing.cli\n"
        f"try: tui_billing.cli.main({typed.split()!r})\n"
        "except SystemExit: pass\n"
        f"print('heavy:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize(
    "typed",
    [
        "--json --user finance accounts show {number}",
        "accounts --json --user finance show {number}",
        "accounts show {number} --json --user finance",
        "accounts show --user finance {number} --json",
        "--user finance accounts show {number} --json",
        "--user nobody accounts show {number} --user finance --json",
    ],
)
def test_global_options_work_before_and_after_the_command(line: CommandLine, typed: str) -> None:
    ran = line(*typed.format(number=CORPORATE).split())
    assert ran.code == 0
    assert ran.document["number"] == CORPORATE


def test_the_database_may_be_named_before_and_after_the_command(line: CommandLine, tmp_path: Path) -> None:
    database = str(tmp_path / "billing.db")
    line.set(TUI_BILLING_DATABASE=str(tmp_path / "another.db"))
    assert line("--database", database, "--user", "finance", "accounts", "list").code == 0
    assert line("accounts", "list", "--user", "finance", "--database", f"sqlite:///{database}").code == 0
    assert line("accounts", "list", "--user", "finance").code == 4


def test_the_user_may_come_from_the_environment(line: CommandLine) -> None:
    line.set(TUI_BILLING_USER="finance")
    assert line("accounts", "list").code == 0


@pytest.mark.parametrize(
    "typed",
    [
        "nonsense",
        "accounts",
        "accounts nonsense",
        "accounts list --nonsense",
        "accounts list --sta active",
        "accounts list --state nonsense",
        "accounts list --type system",
        "accounts list --limit -1",
        "accounts list --limit 1_0",
        "accounts list --limit １",
        "payments record 10000001",
        "payments record 10000001 5 --received 2026-1-1",
        "payments record 10000001 5 --received 20260101",
        "payments record 10000001 5 --received 2026-02-30",
        "payments record 10000001 5 --method card",
        "payments cancel 0123456789",
        "credits issue 10000001 5",
        "users add rosa",
        "users profile finance nonsense",
        "demo --accounts many",
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(line: CommandLine, typed: str) -> None:
    ran = line(*typed.split(), "--user", "finance")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Usage: ")
    assert "Help: tui-billing" in ran.err


def test_words_of_the_screens_are_taken_as_they_are_spelled_there(line: CommandLine) -> None:
    assert line("payments", "list", CORPORATE, "--state", "Charged back", "--user", "finance").code == 0
    assert line("payments", "list", CORPORATE, "--state", "partly-charged-back", "--user", "finance").code == 0


def test_arguments_that_are_not_utf8_are_refused(line: CommandLine) -> None:
    ran = line.as_user("finance", "accounts", "show", "\udcff")
    assert ran.code == 2
    assert "UTF-8" in ran.err
