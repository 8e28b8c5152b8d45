"""Which SQLite file a URL names, whether it is ours, and who else may open it; none is opened as a database."""

from __future__ import annotations

import stat
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tui_billing.domain.database_urls import may_be_path
from tui_billing.domain.errors import SetUpRefused

SQLITE_HEADER = b"SQLite format 3\0"
APPLICATION_ID_OFFSET = 68
# How the names of the files end that lie beside an open database: SQLite's own, and the locks of its writers.
SQLITE_OWN = ("-wal", "-shm", "-journal")
BESIDE = (*SQLITE_OWN, "-turn", "-line")


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///` URL or a plain path, links followed; raises `SetUpRefused` for anything else."""
    if may_be_path(url):
        return _followed(url)
    # Nothing of it is repeated: there may be a password in it.
    refusal = SetUpRefused(
        "The database URL cannot be read. Use sqlite:////absolute/path/billing.db or postgresql://user@host/database."
    )
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise refusal from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise refusal
    return _followed(parsed.database)


def sqlite_url(path: Path) -> str:
    """The database URL of a file."""
    return f"sqlite:///{path.absolute()}"


def application_id(path: Path) -> int:
    """What a SQLite file says it belongs to, read without opening it as a database; 0 for any other file."""
    try:
        with path.open("rb") as file:
            header = file.read(APPLICATION_ID_OFFSET + 4)
    except OSError as error:
        raise SetUpRefused(f"{path} cannot be opened: {error.strerror}.") from None
    return int.from_bytes(header[APPLICATION_ID_OFFSET:], "big") if header.startswith(SQLITE_HEADER) else 0


def identity(path: Path) -> tuple[int, int] | None:
    """Which file on which device has this name now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def refuse_readable_by_others(path: Path) -> None:
    """Raise `SetUpRefused` for a file that is not its owner's alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise SetUpRefused(
            f"Other users of this machine can open {path} (mode {mode:04o}), past every permission check."
            f" Close it to them with: chmod 600 {path}"
        )


def _followed(path: str) -> Path:
    # One file has one name here, so that whoever locks, moves or replaces it means the same.
    return Path(path).expanduser().resolve()
