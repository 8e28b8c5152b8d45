"""How failures are told: in one sentence, with the right exit code, and without a secret."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CORPORATE, MISSING, PASSWORD, Desk

LOG = Path(".local/state/tui-billing/desk.log")
HOSTILE = "\x1b]52;c;cHduZWQ=\x07 [@click=app.quit]PAY[/] \u202e\x9b31m\x7f"


def test_an_error_is_a_title_and_a_sentence_on_standard_error(line: CommandLine) -> None:
    ran = line.as_user("finance", "accounts", "show", MISSING)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err == f"Not found: There is no account {MISSING}.\n"


def test_with_json_an_error_is_one_document_too(line: CommandLine) -> None:
    ran = line.as_user("finance", "accounts", "show", MISSING, "--json")
    message = f"There is no account {MISSING}."
    assert ran.document == {"error": {"title": "Not found", "message": message, "exit_code": 4}}
    assert ran.err == f"Not found: {message}\n"


def test_with_json_a_usage_error_is_a_document_too(line: CommandLine) -> None:
    ran = line("nonsense", "--json")
    assert ran.code == 2
    assert ran.document["error"]["exit_code"] == 2


def test_a_command_that_acts_needs_a_user(line: CommandLine) -> None:
    ran = line("accounts", "list")
    assert (ran.code, ran.out) == (2, "")
    assert "--user" in ran.err


def test_a_password_is_asked_for_only_where_there_is_a_terminal(line: CommandLine) -> None:
    line.unset("TUI_BILLING_PASSWORD")
    ran = line.process("--user", "finance", "accounts", "list")
    assert ran.code == 2
    assert "TUI_BILLING_PASSWORD" in ran.err


def test_the_password_may_be_typed(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    line.unset("TUI_BILLING_PASSWORD")
    monkeypatch.setattr("tui_billing.commands.signing_in._has_terminal", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    assert line.as_user("finance", "accounts", "list").code == 0

    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", ended)
    assert line.as_user("finance", "accounts", "list").code == 130
    monkeypatch.setattr("getpass.getpass", lambda prompt: "\udcff")
    assert line.as_user("finance", "accounts", "list").code == 2


@pytest.mark.parametrize(("user", "password"), [("finance", "wrong"), ("nobody", PASSWORD), ("nobody", "wrong")])
def test_a_failed_sign_in_says_the_same_whatever_its_cause(line: CommandLine, user: str, password: str) -> None:
    line.set(TUI_BILLING_PASSWORD=password)
    ran = line.as_user(user, "accounts", "list")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == ("Not signed in: That user name and password do not open this desk. Check both and try again.\n")


def test_every_command_leaves_who_acted_from_where_in_the_audit_log(line: CommandLine, desk: Desk) -> None:
    line.set(SSH_CONNECTION="203.0.113.7 52011 198.51.100.2 22")
    line.as_user("finance", "accounts", "list")
    assert ("finance", "203.0.113.7 52011 198.51.100.2 22", "sign in", "", "done") in desk.audit()


def fail(*_: object, **__: object) -> None:
    secret = PASSWORD
    raise ValueError(f"of {len(secret)} characters")


def test_a_bug_is_one_sentence_and_its_traceback_is_in_the_log(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_billing.services.accounts.Accounts.page", fail)
    ran = line.as_user("finance", "accounts", "list", "--json")
    assert ran.code == ran.document["error"]["exit_code"] == 1
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    log = tmp_path / LOG
    assert str(log) in ran.err
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text()
    assert "list_accounts" in text
    assert "ValueError" in text
    assert PASSWORD not in text + ran.err + ran.out


def test_a_bug_is_told_even_when_the_log_cannot_be_written(
    line: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".local").write_text("in the way")
    monkeypatch.setattr("tui_billing.services.accounts.Accounts.page", fail)
    ran = line.as_user("finance", "accounts", "list")
    assert ran.code == 1
    assert "could not be written" in ran.err


def test_an_interrupted_command_ends_with_130(line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tui_billing.services.accounts.Accounts.page", interrupted)
    assert line.as_user("finance", "accounts", "list").code == 130


def test_a_bad_configuration_is_named(line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("nonsense = 1\n")
    ran = line.as_user("finance", "accounts", "list")
    assert ran.code == 3
    assert "nonsense" in ran.err


def test_a_reader_that_has_gone_is_no_failure(line: CommandLine) -> None:
    command = [sys.executable, "-m", "tui_billing", "--user", "finance", "accounts", "list"]
    read_end, write_end = os.pipe()
    os.close(read_end)
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_output_that_cannot_be_written_is_told_apart_from_a_refusal(line: CommandLine) -> None:
    command = [sys.executable, "-m", "tui_billing", "--user", "finance", "payments", "record", CORPORATE, "5"]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 1
    assert b"was carried out" in ran.stderr
    assert len(line.json("finance", "payments", "list", CORPORATE)["payments"]) == 1


def test_a_narrow_encoding_costs_characters_and_nothing_else(line: CommandLine, desk: Desk) -> None:
    desk.execute("UPDATE account SET name = 'Ж日' WHERE number = :number", number=CORPORATE)
    command = [sys.executable, "-m", "tui_billing", "--user", "finance", "accounts", "show", CORPORATE]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
    assert ran.returncode == 0
    assert b"Name: ??" in ran.stdout


def controls_in(text: str) -> list[str]:
    return [c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]


def test_hostile_text_never_reaches_the_terminal(line: CommandLine, desk: Desk) -> None:
    payment = desk.record("10").payment
    desk.credit("5")
    desk.execute("UPDATE account SET name = :name, master_user = :name", name=HOSTILE)
    desk.execute("DROP TRIGGER payment_refuses_update")
    desk.execute("UPDATE payment SET reference = :text, memo = :text, recorded_by = :text", text=HOSTILE)
    for command in (
        ["accounts", "list"],
        ["accounts", "show", CORPORATE],
        ["dashboard", CORPORATE],
        ["payments", "list", CORPORATE],
        ["payments", "show", payment.id],
        ["payments", "record", CORPORATE, "5"],
        ["credits", "list", CORPORATE],
    ):
        for options in ([], ["--json"]):
            ran = line.as_user("finance", *command, *options)
            assert ran.code == 0
            assert controls_in(ran.out) == []
            assert "PAY" in ran.out or command[0] == "payments" or "--json" in options
    shown = line.json("finance", "accounts", "show", CORPORATE)
    assert shown["name"] == HOSTILE


@pytest.mark.parametrize(
    "arguments", [["accounts", "show", HOSTILE], [HOSTILE], ["accounts", "list", "--state", HOSTILE]]
)
def test_hostile_arguments_come_back_harmless(line: CommandLine, arguments: list[str]) -> None:
    for options in ([], ["--json"]):
        ran = line.as_user("finance", *arguments, *options)
        assert ran.code in (2, 4)
        assert controls_in(ran.err + ran.out) == []


def test_the_password_is_in_nothing_that_is_written(line: CommandLine, desk: Desk, tmp_path: Path) -> None:
    for command in (["accounts", "list"], ["users", "list"], ["accounts", "show", MISSING], ["nonsense"]):
        for options in ([], ["--json"]):
            ran = line.as_user("root", *command, *options)
            assert PASSWORD not in ran.out + ran.err
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(PASSWORD.encode() not in path.read_bytes() for path in written)
