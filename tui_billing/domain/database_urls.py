"""Database URLs: which kind of database one names, and what of it may be shown."""

from __future__ import annotations

import re
from urllib.parse import unquote

# With nothing in them that could be a part of a password: one with an @ or a / in it is no URL any more.
HOSTS = re.compile(r"(?:(?:\[[0-9A-Fa-f:.]+\]|[\w.%-]*)(?::[0-9]+)?,?)*", re.ASCII)
POSTGRESQL = ("postgresql://", "postgres://")
# What people write who mean a server, and what must not become the name of a file.
NO_PATH = re.compile(r"(postgres(ql)?|sqlite|mysql|mariadb|file):|.*\b(host|dbname|user|password|service)\s*=", re.I)
# Of the parameters, those that say where a database is; every other might hold a secret.
PLACES = ("host", "hostaddr", "port", "dbname", "service", "target_session_attrs", "sslmode")


def is_postgresql(url: str) -> bool:
    """Whether the URL names a PostgreSQL server; anything else is a SQLite file."""
    return url.startswith(POSTGRESQL)


def may_be_path(url: str) -> bool:
    """Whether this can be meant as the path of a file."""
    return "://" not in url and NO_PATH.match(url) is None


def shown_url(url: str) -> str:
    """The database for people: of a PostgreSQL URL no more than the database and its hosts or service, no password."""
    if not is_postgresql(url):
        return url
    _, hosts, path, given = _parts(url)
    places = dict(given)
    database = unquote(path.removeprefix("/")) or places.get("dbname", "")
    hosts = hosts or places.get("host", "")
    if not hosts and "service" in places:
        return f"{database}@{places['service']}" if database else places["service"]
    # A host that is a folder is the local server's.
    hosts = "localhost" if not hosts or hosts.startswith("/") else hosts
    if HOSTS.fullmatch(hosts) is None or "@" in database or "\0" in database:
        return "PostgreSQL"
    return f"{database or 'PostgreSQL'}@{hosts}"


def without_password(url: str) -> str:
    """The URL as it may be printed."""
    if not is_postgresql(url):
        return url
    user, hosts, path, given = _parts(url)
    if "@" in hosts + path:
        return "postgresql://"
    places = "&".join(f"{name}={value}" for name, value in given)
    return f"postgresql://{user}{'@' if user else ''}{hosts}{path}{'?' if places else ''}{places}"


def _parts(url: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """A PostgreSQL URL as libpq takes it apart: user, hosts, path, and the parameters that say where it is."""
    rest = url.split("://", 1)[1]
    user = ""
    if "@" in rest.partition("/")[0]:
        user, _, rest = rest.partition("@")
    place, _, parameters = rest.partition("?")
    hosts, slash, database = place.partition("/")
    named = (
        (unquote(name), unquote(value)) for name, _, value in (each.partition("=") for each in parameters.split("&"))
    )
    return user.partition(":")[0], hosts, slash + database, [each for each in named if each[0] in PLACES]
