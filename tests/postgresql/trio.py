"""A primary with two synchronous standbys, and what its keepers do when the primary is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import psycopg
from psycopg.rows import scalar_row

from tests.postgresql.cluster import PATIENCE_S, USER, Cluster, new_folder
from tests.postgresql.databases import end_with_run

NAMES = ("a", "b", "c")
# A standby that has lost its primary looks for the new one at once, and not after five seconds.
REPLICATING = ("wal_level=replica", "max_wal_senders=8", "wal_keep_size=64MB", "wal_retrieve_retry_interval=50ms")
# Of three servers one is the primary: the names that are left are those of the standbys.
SYNCHRONOUS = f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({', '.join(NAMES)})'"
FOLLOWING = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum'"
RECEIVED = "SELECT coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'"


class Trio:
    """Three servers on one host; the first is the primary at first."""

    def __init__(self) -> None:
        self.nodes = {name: Cluster(new_folder()) for name in NAMES}
        self.primary, self.standbys = NAMES[0], list(NAMES[1:])

    def url(self, database: str) -> str:
        """The URL that leads to whichever is the primary."""
        hosts = ",".join(str(node.folder) for node in self.nodes.values())
        return f"postgresql://{USER}@/{database}?host={hosts}&target_session_attrs=read-write"

    def start_primary(self) -> None:
        """Make the first server and start it, alone."""
        self.nodes[self.primary].make("--wal-segsize=1")
        self._start(self.primary)
        self.ask(self.primary, SYNCHRONOUS)

    def start_standbys(self) -> None:
        """Make the others of it; from then on, what is committed is on two servers."""
        for name in self.standbys:
            self._follow(name)
        self.ask(self.primary, "SELECT pg_reload_conf()")
        self.wait_for_standbys()

    def wait_for_standbys(self) -> None:
        """Wait until both follow the primary."""
        gives_up_at = monotonic() + PATIENCE_S
        while self.ask(self.primary, FOLLOWING) != len(self.standbys):
            assert monotonic() < gives_up_at
            sleep(0.02)

    def lose_primary(self) -> None:
        """The primary's host is gone: of the two that are left, the one that has received most takes its place."""
        lost = self.primary
        self.nodes[lost].kill()
        self.primary = max(self.standbys, key=lambda name: self.ask(name, RECEIVED))
        self.ask(self.primary, "SELECT pg_promote()")
        self.standbys = [name for name in self.standbys if name != self.primary] + [lost]

    def replace_lost(self) -> None:
        """The host is back, and follows the new primary from a copy of it."""
        self._follow(self.standbys[-1])
        self.wait_for_standbys()

    def ask(self, name: str, statement: str) -> Any:
        """What one of the servers says."""
        connection = psycopg.connect(self.nodes[name].url("postgres"), autocommit=True, row_factory=scalar_row)
        with connection:
            cursor = connection.execute(statement)
            return cursor.fetchone() if cursor.description else None

    def _follow(self, name: str) -> None:
        self.nodes[name].make_standby_of(self.nodes[self.primary])
        self._start(name)

    def _start(self, name: str) -> None:
        hosts = ",".join(str(node.folder) for node in self.nodes.values())
        primary = f"host={hosts} user={USER} application_name={name} target_session_attrs=read-write"
        self.nodes[name].start(*REPLICATING, f"primary_conninfo={primary}")
        end_with_run(self.nodes[name])


@contextmanager
def trio() -> Iterator[Trio]:
    """Three servers that have yet to be started; ended afterwards."""
    servers = Trio()
    try:
        yield servers
    finally:
        for node in servers.nodes.values():
            node.end()
            shutil.rmtree(node.folder, ignore_errors=True)
