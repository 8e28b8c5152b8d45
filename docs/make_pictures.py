"""Makes the pictures of the README from the demo data: `python docs/make_pictures.py`."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from tui_billing import desk
from tui_billing.app import BillingApp
from tui_billing.config import HashingCost, Settings
from tui_billing.domain.demo_users import DEMO_PASSWORD

FOLDER = Path(__file__).resolve().parent / "pictures"
NOW = datetime(2026, 3, 16, 10, 30, tzinfo=UTC)
DATABASE = "demo.db"
FONT_FACE = re.compile(r"@font-face \{.*?\}\n?", re.DOTALL)
TO_GLOBEX = ["enter"]

# Each picture: the size of the window, and the keys after the sign-in as finance; none is the log in itself.
SCENES: dict[str, tuple[tuple[int, int], list[str] | None]] = {
    "log-in": ((80, 24), None),
    "all-accounts": ((120, 32), ["down"]),
    "dashboard": ((100, 30), TO_GLOBEX),
    "payments": ((120, 32), [*TO_GLOBEX, "u", "down"]),
    "gear-menu": ((80, 24), [*TO_GLOBEX, "u", "g"]),
    "record-payment": ((80, 24), [*TO_GLOBEX, "u", "r", *"2500"]),
    "activity": ((100, 24), [*TO_GLOBEX, "u", "a"]),
    "invoices": ((120, 32), [*TO_GLOBEX, "u", "i"]),
    "exceptions": ((100, 24), ["e"]),
}


async def settled(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait until the condition holds and nothing is left to do."""
    for _ in range(500):
        await pilot.pause(0.02)
        if condition():
            break
    else:
        raise TimeoutError("the desk did not get there")
    await pilot.pause(0.3)


async def take(settings: Settings, size: tuple[int, int], keys: list[str] | None) -> str:
    """The SVG of the desk after these keys."""
    app = BillingApp(settings, lambda: desk.open_services(settings, lambda: NOW))
    async with app.run_test(size=size) as pilot:
        app.theme = "nord"
        await settled(pilot, lambda: app.screen.focused is not None)
        if keys is not None:
            password = ["minus" if character == "-" else character for character in DEMO_PASSWORD]
            await pilot.press(*"finance", "tab", *password, "enter")
            await settled(pilot, lambda: type(app.screen).__name__ == "AllAccounts")
            for key in keys:
                await pilot.press(key)
                await pilot.pause(0.3)
        await settled(pilot, lambda: True)
        return FONT_FACE.sub("", app.export_screenshot(title="tui-billing"))


def main() -> None:
    """Make every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        cheap = HashingCost(memory_kib=64, rounds=1)
        settings = Settings(DATABASE, Path("desk.log"), hashing=cheap, demo=True)
        desk.create_demo(settings, clock=lambda: NOW)
        for name, (size, keys) in SCENES.items():
            svg = asyncio.run(take(settings, size, keys))
            (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
            sys.stdout.write(f"{name}.svg\n")


if __name__ == "__main__":
    main()
