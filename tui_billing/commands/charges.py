"""`charges`: what customers have used, as it comes from outside."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.files import content_of, file_name
from tui_billing.commands.output import Result, listing
from tui_billing.commands.progress import progress_bar
from tui_billing.commands.signing_in import Desk
from tui_billing.services.charges import ImportRequest


def import_file(desk: Desk, arguments: argparse.Namespace) -> Result:
    """Take a file of charges in, whole or not at all."""
    request = ImportRequest(file_name(arguments.file), content_of(arguments.file), arguments.key or "", arguments.again)
    with progress_bar("Checking the lines") as progress:
        taken = desk.services.charges.import_file(desk.session, request, progress)
    what = "charge" if taken.lines == 1 else "charges"
    fields = [
        ("Imported", f"{taken.lines:,} {what} from {taken.file_name}"),
        ("When", f"{taken.imported_at:%Y-%m-%d %H:%M} UTC by {taken.imported_by}"),
        ("Key", taken.key),
    ]
    return Result({"import": as_json.charge_import(taken)}, listing(fields))
