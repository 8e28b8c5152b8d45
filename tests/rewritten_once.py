"""The assertions of the tests, rewritten once: each worker of a first run would do so for all of them."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent


def rewrite_share(worker: int, workers: int) -> None:
    """Import every so-manieth test module, and keep it as pytest rewrites it; the others find it so."""
    sys.dont_write_bytecode = False
    for file in sorted(FOLDER.rglob("test_*.py"))[worker::workers]:
        import_module(".".join(file.relative_to(FOLDER.parent).with_suffix("").parts))
