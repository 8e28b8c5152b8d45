"""Whether a database is made of what this version makes one of: tables and their rules, triggers, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection

from tui_billing.domain.text import shown

# What it is, such as `trigger payment_refuses_delete`, and how it is made.
Made = Counter[tuple[str, str]]


def unlike_new(connection: Connection) -> Iterator[tuple[str, str, int, int]]:
    """Figure, subject, how often it is there and how often it should be.

    A SQLite file is ours alone; on PostgreSQL others may have tables and functions of their own beside ours.
    """
    if connection.dialect.name == "sqlite":
        from tui_billing.store.checks.sqlite_schema import made, wanted

        return _differing(made(connection), wanted())
    from tui_billing.store.checks.postgresql_schema import made_on_server, wanted_on_server

    return _differing(made_on_server(connection), wanted_on_server(connection))


def _differing(there: Made, wanted: Made) -> Iterator[tuple[str, str, int, int]]:
    missing = {subject for subject, _ in wanted - there}
    unexpected = {subject for subject, _ in there - wanted}
    for subject in sorted(missing | unexpected):
        word = "missing" if subject not in unexpected else "altered" if subject in missing else "unexpected"
        told = shown(subject)
        yield f"{word} {told.partition(' ')[0]}", told, *((0, 1) if subject in missing else (1, 0))
