"""Databases for tests: each begins as its template, and is put back to it for the next test that needs one.

The server is started by whoever needs it first and shared by all processes of the run, and ended with the run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.postgresql.cluster import USER, Cluster, new_folder
from tui_billing.store.folder_lock import one_at_a_time

# Where all processes of a run find the server: made by the first of them, before the others begin.
FOLDER = "TEST_POSTGRESQL_FOLDER"
# A copy of each table beside it, and how to put a database back to that: a tenth of what another copy would take.
KEEP = """
    CREATE SCHEMA kept;
    CREATE TABLE kept.restoring (statement text);
    DO $$
    DECLARE name text;
    BEGIN
        INSERT INTO kept.restoring VALUES ('SET session_replication_role = replica');
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1 LOOP
            EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
            INSERT INTO kept.restoring VALUES
                (format('DELETE FROM public.%I', name)), (format('INSERT INTO public.%1$I TABLE kept.%1$I', name));
        END LOOP;
        INSERT INTO kept.restoring
        SELECT format('SELECT setval(%L, %s, %L)', 'public.' || quote_ident(sequencename),
            coalesce(last_value, 1), last_value IS NOT NULL) FROM pg_sequences WHERE schemaname = 'public';
    END $$;
"""


def prepare_run() -> None:
    """Name the folder of this run's server, for this process and all that it starts; nothing is started yet."""
    os.environ.setdefault(FOLDER, str(new_folder()))


def end_run() -> None:
    """End the server if anybody has started it, and leave nothing behind."""
    folder = Path(os.environ.pop(FOLDER))
    Cluster(folder).end()
    # Hundreds of databases take seconds to go; nobody has to wait for that.
    subprocess.run(["sh", "-c", 'rm -rf "$0" &', folder], start_new_session=True, check=True)


@cache
def server(*options: str) -> Cluster:
    """The server of this run, started if it is not; whoever starts it may have it otherwise than tests need it."""
    folder = Path(os.environ[FOLDER])
    cluster = Cluster(folder)
    with one_at_a_time(folder):
        if cluster.process_id is None:
            cluster.make()
            cluster.start(*options)
            end_with_run(cluster)
    return cluster


@cache
def template(name: str, make: Callable[[str], None]) -> str:
    """A database of this name, which `make` fills by its URL if no process of the run has done so."""
    with one_at_a_time(server().folder), _administrator() as administrator:
        if not administrator.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchall():
            # Under another name until it is whole.
            administrator.execute(_naming("CREATE DATABASE {}", f"unfinished_{name}"))
            make(server().url(f"unfinished_{name}"))
            with psycopg.connect(server().url(f"unfinished_{name}")) as connection:
                connection.execute(KEEP)
            administrator.execute(_naming("ALTER DATABASE {} RENAME TO {}", f"unfinished_{name}", name))
    return name


@dataclass(frozen=True)
class _Copy:
    """A copy of a template, and the connection that puts it back: a new one would take five times as long for that."""

    url: str
    connection: psycopg.Connection
    restoring: bytes

    @classmethod
    def of(cls, name: str) -> _Copy:
        """A new copy of the template of this name."""
        copy = f"copy_{uuid4().hex}"
        with _administrator() as administrator:
            administrator.execute(_naming("CREATE DATABASE {} TEMPLATE {}", copy, name))
        connection = psycopg.connect(server().url(copy), autocommit=True)
        statements = connection.execute("SELECT statement FROM kept.restoring").fetchall()
        return cls(server().url(copy), connection, ";".join(statement for (statement,) in statements).encode())


_free: dict[str, list[_Copy]] = {}


@contextmanager
def borrowed(name: str) -> Iterator[str]:
    """The URL of a database like the template of this name, for this caller alone until it gives it back."""
    free = _free.setdefault(name, [])
    if free:
        copy = free.pop()
        copy.connection.execute(copy.restoring)
    else:
        copy = _Copy.of(name)
    yield copy.url
    # Only what went well is used again: after a failure nobody knows what still holds it.
    free.append(copy)


def let_go() -> None:
    """Close what this process holds of the server."""
    while _free:
        _, copies = _free.popitem()
        for copy in copies:
            copy.connection.close()


@contextmanager
def empty() -> Iterator[str]:
    """The URL of a database with nothing in it."""
    name = f"empty_{uuid4().hex}"
    with _administrator() as administrator:
        administrator.execute(_naming("CREATE DATABASE {}", name))
        yield server().url(name)
        administrator.execute(_naming("DROP DATABASE {} WITH (FORCE)", name))


@contextmanager
def _administrator() -> Iterator[psycopg.Connection]:
    with psycopg.connect(server().url("postgres"), user=USER, autocommit=True) as connection:
        yield connection


def _naming(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


def end_with_run(cluster: Cluster) -> None:
    """End the server when this run is gone, however that came about."""
    process_id = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    watch = '(while kill -0 "$0" 2>/dev/null; do sleep 2; done; [ -e "$2" ] && kill -QUIT "$1" && rm -rf "$2") &'
    arguments = [str(process_id), str(cluster.process_id), str(cluster.folder)]
    quiet = subprocess.DEVNULL
    subprocess.run(["sh", "-c", watch, *arguments], start_new_session=True, stdin=quiet, stdout=quiet, check=True)
