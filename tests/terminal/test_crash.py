"""A fault of the desk's own: the terminal is given back, one sentence says so, and no value leaks."""

from __future__ import annotations

import stat

import pytest

from tests.terminal.demo_home import DemoHome
from tests.terminal.test_driver import assert_terminal_as_before
from tui_billing.domain.demo_users import DEMO_PASSWORD

SECRET = "hunter2-is-in-a-local-variable"
BREAK = """
import os
from tui_billing.services.{module} import {cls}

def broken(self, *arguments, **named):
    secret = os.environ["SECRET_OF_THE_TEST"]
    password = [secret, arguments, named]
    raise RuntimeError("broken for a test")

{cls}.{method} = broken
"""
FAULTS = {
    "reading a list": ("accounts", "Accounts", "page", ""),
    "opening the database": ("outcomes", "Outcomes", "resolve_all", ""),
    "a money action": ("credits", "Credits", "issue", "c25\tGoodwill\r"),
}


@pytest.mark.parametrize("where", FAULTS)
def test_a_fault_ends_the_desk_cleanly(demo: DemoHome, where: str) -> None:
    module, cls, method, keys = FAULTS[where]
    patch = demo.path / "patch"
    patch.mkdir()
    source = BREAK.format(module=module, cls=cls, method=method)
    (patch / "sitecustomize.py").write_text(source, encoding="utf-8")
    with demo.open_installed(env={"PYTHONPATH": str(patch), "SECRET_OF_THE_TEST": SECRET}) as desk:
        desk.send(f"finance\t{DEMO_PASSWORD}\r")
        if keys:
            desk.wait_for("Credit balance")
            desk.send(keys)
        code, _ = desk.wait_for_exit()
        assert code == 1
        assert_terminal_as_before(desk)
        said = " ".join(desk.screen_text().split())
        assert said.startswith("Something went wrong that is a fault of tui-billing (RuntimeError). Details are in ")
        assert said.endswith("desk.log. No payment is lost.")
        assert said.count("Something went wrong") == 1
        assert SECRET.encode() not in desk.raw_output
    log = demo.log_file.read_text(encoding="utf-8")
    assert "RuntimeError: broken for a test" in log
    assert SECRET not in log
    assert DEMO_PASSWORD not in log
    assert stat.S_IMODE(demo.log_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.log_file.parent.stat().st_mode) == 0o700
