"""The tables that statements are made of are those that are defined."""

from __future__ import annotations

import subprocess
import sys

from tui_billing.store.compile_tables import COMPILED, compiled


def test_the_compiled_tables_are_made_of_today_s_definitions() -> None:
    assert COMPILED.read_text(encoding="utf-8") == compiled(), "run python -m tui_billing.store.compile_tables"


def test_statements_need_neither_sqlmodel_nor_the_orm() -> None:
    asks = "import sys, tui_billing.store.findings; print({'sqlmodel', 'pydantic', 'sqlalchemy.orm'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
