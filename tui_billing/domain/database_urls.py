"""Database URLs: which kind of database one names, and what of it may be shown."""

from __future__ import annotations

import re

# With nothing in them that could be a part of a password: one with an @ or a / in it is no URL any more.
HOSTS = re.compile(r"(?:(?:\[[0-9A-Fa-f:.]+\]|[\w.%-]*)(?::[0-9]+)?,?)*", re.ASCII)
POSTGRESQL = ("postgresql://", "postgres://")


def is_postgresql(url: str) -> bool:
    """Whether the URL names a PostgreSQL server; anything else is a SQLite file."""
    return url.startswith(POSTGRESQL)


def shown_url(url: str) -> str:
    """The database for people: of a PostgreSQL URL no more than the database and its hosts, never a password."""
    if not is_postgresql(url):
        return url
    authority, _, path = url.split("://", 1)[1].partition("/")
    hosts, database = authority.rpartition("@")[2], path.partition("?")[0]
    if HOSTS.fullmatch(hosts) is None or "@" in database:
        return "PostgreSQL"
    return f"{database or 'PostgreSQL'}@{hosts or 'localhost'}"


def without_password(url: str) -> str:
    """The URL as it may be printed."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, hosts = authority.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{hosts}{slash}{_without_password_parameter(path)}"


def _without_password_parameter(path: str) -> str:
    database, mark, parameters = path.partition("?")
    kept = [each for each in parameters.split("&") if not each.startswith(("password=", "sslpassword="))]
    return f"{database}{mark if any(kept) else ''}{'&'.join(kept)}"
