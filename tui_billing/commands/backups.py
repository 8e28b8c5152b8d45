"""`backup`, `restore` and `migrate`: the whole database, saved, put back and upgraded."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from tui_billing.commands.output import Result, listing
from tui_billing.commands.progress import progress_bar
from tui_billing.commands.signing_in import Desk, acting_user, signed_in
from tui_billing.config import read_settings, record_beside
from tui_billing.domain.database_urls import is_postgresql, shown_url
from tui_billing.domain.errors import NotSaved


def backup(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Save the database, while others work with it."""
    with progress_bar("Saving the database") as progress:
        saved = desk.services.backups.backup(desk.session, Path(arguments.file), progress)
    lines = (("Saved and checked", saved.file), ("With the sandbox's record", saved.record))
    return Result({"file": str(saved.file), "record": _named(saved.record)}, _listed(*lines))


def restore(arguments: argparse.Namespace) -> Result:
    """Put a backup in the place of the database, after it has passed the check; its own users sign in."""
    from tui_billing import desk
    from tui_billing.store import restoring
    from tui_billing.store.sqlite_paths import sqlite_path

    settings, user, file = read_settings(arguments.database), acting_user(arguments), Path(arguments.file).absolute()
    if is_postgresql(settings.database):
        name = shown_url(settings.database)
        raise NotSaved(f"{name} is put back with PostgreSQL's own pg_restore. See docs/operations.md.")
    path, record = sqlite_path(settings.database), desk.gateway_record(settings)
    with progress_bar("Reading the backup") as progress, restoring.copied(file, path, progress) as copy:
        with signed_in(replace(settings, database=str(copy), gateway_record=None), user) as restored:
            restored.services.backups.restore(restored.session, file)
        kept = restoring.put_in_place(copy, path)
    replaced = restoring.record_in_place(record_beside(file), record)
    document = {"url": desk.database_url(settings), "kept": _named(kept), "record_kept": _named(replaced)}
    return Result(document, _listed(("Restored", path), ("As it was before", kept), ("Its sandbox's record", replaced)))


def copy(arguments: argparse.Namespace) -> Result:
    """Copy a database into a new one; its own users sign in."""
    from tui_billing import desk

    user = acting_user(arguments)
    source = read_settings(arguments.source)
    target = replace(source, database=arguments.target, gateway_record=None)
    with signed_in(source, user) as opened, progress_bar("Copying, then comparing") as progress:
        backups = opened.services.backups
        digests = backups.copy(opened.session, target.database, desk.gateway_record(target), progress)
    url = desk.database_url(target)
    return Result({"url": url, "digests": digests}, f"Copied, compared and checked: {url}")


def migrate(arguments: argparse.Namespace) -> Result:
    """Upgrade the tables of the database to those of this version, unless they are."""
    from tui_billing.store import opening
    from tui_billing.store.schema_version import SCHEMA_VERSION

    settings = read_settings(arguments.database)
    with progress_bar("Upgrading the tables"):
        said = opening.migrate(settings.database)
    return Result({"version": SCHEMA_VERSION, "message": said}, said)


def _listed(*lines: tuple[str, Path | None]) -> str:
    return listing([(label, str(path)) for label, path in lines if path is not None])


def _named(path: Path | None) -> str | None:
    return None if path is None else str(path)
