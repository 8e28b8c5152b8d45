"""The desk, or Textual with one label, until it has been painted once and could take a key: no further.

`python -m bench.floors.to_log_in desk|textual [FILE]`; into the file goes how many functions were called until then,
Python's and C's, which no noise can change.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

calls = 0


def _count(frame: object, event: str, argument: object) -> None:  # noqa: ARG001 -- the interpreter's own signature
    global calls
    if event in ("call", "c_call"):
        calls += 1


def _end() -> None:
    sys.setprofile(None)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(str(calls), encoding="utf-8")
    # The terminal is the caller's own, and is thrown away.
    os._exit(0)


def _desk() -> None:
    from tui_billing import cli

    def until_painted() -> None:
        from tui_billing.app import BillingApp

        async def opened(app: Any) -> None:
            await app._painted.wait()
            _end()

        BillingApp._opened = opened  # type: ignore[method-assign,assignment]

    carry_out = cli._carry_out

    def carried(arguments: list[str]) -> Any:
        from tui_billing.commands import database

        require = database._require_terminal

        def required() -> None:
            require()
            until_painted()

        database._require_terminal = required
        return carry_out(arguments)

    cli._carry_out = carried
    cli.main(["demo"])


def _textual() -> None:
    from bench.floors.bare_textual import BareTextual

    class Until(BareTextual):
        def on_mount(self) -> None:
            self.call_after_refresh(_end)

    Until().run()


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.setprofile(_count)
    {"desk": _desk, "textual": _textual}[sys.argv[1]]()
