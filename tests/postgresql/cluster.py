"""One PostgreSQL server of the tests' own, on a Unix socket, with no system set-up."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg

from tests.postgresql.binaries import environment, programs

USER = "desk"
# The one user whom the servers ask for a password, once a test makes this user.
LOCKED = "locked"
UNPRIVILEGED = "nobody"
PATIENCE_S = 60
# What survives a power cut is not asked of this server; and idle machinery would only take the tests' time.
QUICK = (
    *("fsync=off", "full_page_writes=off", "autovacuum=off", "track_counts=off", "jit=off"),
    *("shared_buffers=16MB", "max_wal_size=8GB", "checkpoint_timeout=1h", "max_connections=200"),
    *("bgwriter_lru_maxpages=0", "max_parallel_workers_per_gather=0", "wal_level=minimal", "max_wal_senders=0"),
    # Left in the memory of the machine by a server that is killed, if not in its folder.
    "dynamic_shared_memory_type=mmap",
)


def new_folder() -> Path:
    """A folder for servers, which belongs to whom they run as."""
    folder = Path(tempfile.mkdtemp(prefix="tui-billing-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    return folder


class Cluster:
    """A server with its data and its socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def make(self, *options: str) -> None:
        """Make the data of an empty server."""
        given = ("-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", *options)
        self._call("initdb", "-D", self.data, *given)
        access = self.data / "pg_hba.conf"
        access.write_text(f"local all {LOCKED} scram-sha-256\n{access.read_text()}")

    def make_standby_of(self, primary: Cluster) -> None:
        """Make the data of a server that follows another one, in place of any that it has."""
        shutil.rmtree(self.data, ignore_errors=True)
        given = ("-h", primary.folder, "-U", USER, "-X", "stream", "--checkpoint=fast", "--no-sync", "--no-manifest")
        self._call("pg_basebackup", "-D", self.data, *given)
        (self.data / "standby.signal").touch()

    def start(self, *options: str) -> None:
        """Start the server, and wait until it answers."""
        given = " ".join(f"-c {shlex.quote(option)}" for option in ("listen_addresses=", *QUICK, *options))
        self._call(
            "pg_ctl", "start", "-W", "-D", self.data, "-l", self.folder / "log", "-o", f"-k {self.folder} {given}"
        )
        self.wait_for_answer()

    def wait_for_answer(self) -> None:
        """Wait until the server takes connections."""
        gives_up_at = monotonic() + PATIENCE_S
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                if monotonic() > gives_up_at:
                    raise
                sleep(0.01)
            else:
                return

    def url(self, database: str) -> str:
        """The URL of a database of this server."""
        return f"postgresql://{USER}@/{database}?host={self.folder}"

    @property
    def process_id(self) -> int | None:
        """The server's process, if it runs."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, IndexError):
            return None

    def kill(self) -> None:
        """End the server with all its processes at once, as if its host were gone."""
        process_id = self.process_id
        assert process_id is not None
        # Stopped first, so that it has no more children than are found now; ended last, as they would go with it.
        os.kill(process_id, signal.SIGSTOP)
        for each in (*_children_of(process_id), process_id):
            os.kill(each, signal.SIGKILL)
        # They would hold the next server up where nobody has buried this one yet.
        for left in self.folder.glob(".s.PGSQL.*"):
            left.unlink()

    def end(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End the server if it runs; by default at once, without tidying up."""
        if (process_id := self.process_id) is not None:
            os.kill(process_id, how)

    def _call(self, program: str, *arguments: object) -> None:
        words: Sequence[str] = [str(self._programs() / program), *map(str, arguments)]
        # Into a file: a server that is started would hold a pipe open for ever.
        with (self.folder / "calls").open("w+") as said:
            called = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False, **self._as_unprivileged()
            )
            said.seek(0)
            assert called.returncode == 0, said.read()

    def _programs(self) -> Path:
        """Those that were found; or a copy, where they lie in a folder of root's own."""
        found = programs()
        if os.geteuid() or all(folder.stat().st_mode & 0o005 == 0o005 for folder in (found, *found.parents)):
            return found
        copy = self.folder / "programs"
        if not copy.exists():
            shutil.copytree(found.parent, copy)
        return copy / "bin"

    def _as_unprivileged(self) -> dict[str, Any]:
        """A server refuses to run as root."""
        options: dict[str, Any] = {"env": environment(), "cwd": self.folder}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam(UNPRIVILEGED)
            options |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        return options


def _children_of(process_id: int) -> list[int]:
    return [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if int(stat.read_text().rpartition(")")[2].split()[1]) == process_id
    ]
