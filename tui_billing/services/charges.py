"""Charges from a CSV file: all of them, once, or none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.idempotency import checked_key, new_key
from tui_billing.domain.invoices import ChargeImport
from tui_billing.domain.text import checked_text
from tui_billing.services.charge_lines import ACCOUNT, COLUMNS, ChargeCheck
from tui_billing.services.csv_lines import checked_lines, read_lines
from tui_billing.services.permissions import requires
from tui_billing.services.progress import Progress, ignore_progress
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, charge_imports
from tui_billing.store.charge_imports import ChargedLine
from tui_billing.store.turns import Turn, take


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file to take in: its name and content, its idempotency key, and whether its content may be taken in twice."""

    file_name: str
    content: bytes
    key: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class Charges(Service):
    """What customers have used, as it comes from outside."""

    @requires(Permission.FINANCE, action="import charges")
    def import_file(
        self, session: OperatorSession, request: ImportRequest, progress: Progress = ignore_progress
    ) -> ChargeImport:
        """Take every line of the file in as a charge, or none of them, and the same content once unless asked again.

        Raises `BadLines` with the number and fault of each line that cannot be taken.
        """
        key = checked_key(request.key) if request.key else new_key()
        file_name = checked_text(request.file_name, "File name")
        digest = hashlib.sha256(request.content).hexdigest()
        with self.store.reading() as connection:
            earlier = _earlier(connection, key, digest, again=request.again)
        if earlier is not None:
            return earlier
        rows = self._checked(request.content, progress)
        with self.store.writing() as connection:
            take(connection, Turn.CHARGE_IMPORTS)
            # Asked again, since somebody else may have taken the same file in meanwhile.
            if (earlier := _earlier(connection, key, digest, again=request.again)) is not None:
                return earlier
            taken = ChargeImport(key, digest, file_name, len(rows), self.clock(), session.name)
            charge_imports.add(connection, taken, rows)
            self.audit(connection, session, "import charges", file_name, f"done: {len(rows)} charges, key {key}")
        return taken

    def _checked(self, content: bytes, progress: Progress) -> list[ChargedLine]:
        lines = read_lines(content, COLUMNS)
        with self.store.reading() as connection:
            known = accounts.payers(connection, {values[ACCOUNT] for values in lines.values})
        return checked_lines(lines, ChargeCheck(known, self.clock().date()), progress)


def _earlier(connection: Connection, key: str, digest: str, again: bool) -> ChargeImport | None:
    """What this key has taken in; raises `RuleRefused` if that was another file, or if another key took this one in."""
    if (same_key := charge_imports.by_key(connection, key)) is not None:
        if same_key.digest != digest:
            raise RuleRefused("This idempotency key was used for another file. Use a new key for a new file.")
        return same_key
    same_content = charge_imports.latest_of(connection, digest)
    if same_content is not None and not again:
        raise RuleRefused(
            f"This file was imported on {same_content.imported_at:%Y-%m-%d %H:%M} UTC by {same_content.imported_by}"
            f" ({same_content.lines:,} charges). If they are to be charged a second time, say --again."
        )
    return None
