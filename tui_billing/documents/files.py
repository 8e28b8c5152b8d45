"""Where documents go: a file of one's own, that nobody else can read and that replaces nothing by accident."""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from tui_billing.documents.document import Document
from tui_billing.domain.errors import NotSaved
from tui_billing.domain.text import shown

NO_PACKAGE = "PDF documents need the package fpdf2. Install it with: pip install 'tui-billing[pdf]'"
MOST_COPIES = 1_000
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
MODE = 0o600
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def save(document: Document, path: Path, *, overwrite: bool = False) -> Path:
    """Write the document to this file; raises `NotSaved` if it is there, unless it may be overwritten."""
    path = path.absolute()
    content = _content(document)
    if overwrite:
        _refuse_other_than_file(path)
    try:
        _write(content, path, claims=not overwrite)
    except FileExistsError:
        raise NotSaved(
            f"{shown(str(path))} is there already. Name another file, or overwrite it with --force."
        ) from None
    except OSError as error:
        raise NotSaved(f"{shown(str(path))} cannot be written: {error.strerror}.") from None
    return path


def save_in(document: Document, folder: Path) -> Path:
    """Write the document into this folder, under the first name that is free there."""
    name = file_name(document)
    for copy in range(1, MOST_COPIES):
        path = folder / (name if copy == 1 else f"{Path(name).stem}-{copy}.pdf")
        if not os.path.lexists(path):
            return save(document, path)
    raise NotSaved(f"{shown(str(folder))} is full of copies of {name}. Tidy it up first.")


def file_name(document: Document) -> str:
    """What the document's file is called."""
    return f"{UNSAFE.sub('_', document.name)}.pdf"


def _content(document: Document) -> bytes:
    # Only now, since it takes a quarter of a second to import.
    try:
        from tui_billing.documents.pdf import pdf_of
    except ImportError:
        raise NotSaved(NO_PACKAGE) from None
    return pdf_of(document)


def _refuse_other_than_file(path: Path) -> None:
    """A link is not followed, and a device or folder not replaced."""
    with suppress(OSError):
        if not stat.S_ISREG(path.lstat().st_mode):
            raise NotSaved(f"{shown(str(path))} is not an ordinary file. Name another one.")


def _write(content: bytes, path: Path, *, claims: bool) -> None:
    """Whole or not at all: under another name first, which then takes the place of the one that was claimed."""
    if claims:
        os.close(os.open(path, NEW_FILE, MODE))
    unfinished = path.with_name(f".{secrets.token_hex(8)}.pdf")
    try:
        with os.fdopen(os.open(unfinished, NEW_FILE, MODE), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        if claims:
            path.unlink(missing_ok=True)
        raise
