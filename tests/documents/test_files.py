"""Saving a document: for its owner alone, whole or not at all, and over nothing."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from tests.documents.test_pdf import RECEIPT
from tui_billing.documents import files
from tui_billing.documents.files import file_name, save, save_in
from tui_billing.domain.errors import NotSaved


@pytest.fixture(autouse=True)
def plain_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """A content that takes no time to make."""
    monkeypatch.setattr(files, "_content", lambda document: b"%PDF new")


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        saved = save(RECEIPT, tmp_path / "a.pdf")
    finally:
        os.umask(before)
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert (saved.read_bytes(), names_in(tmp_path)) == (b"%PDF new", ["a.pdf"])


def test_a_relative_path_is_told_as_an_absolute_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert save_in(RECEIPT, Path()) == tmp_path / "receipt-1.pdf"


def test_what_is_there_is_overwritten_only_if_told_so(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("old")
    with pytest.raises(NotSaved, match="is there already"):
        save(RECEIPT, path)
    assert path.read_text() == "old"
    assert save(RECEIPT, path, overwrite=True).read_bytes() == b"%PDF new"
    assert names_in(tmp_path) == ["a.pdf"]


def test_links_and_folders_are_never_followed_or_replaced(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("old")
    (tmp_path / "link.pdf").symlink_to(target)
    (tmp_path / "nowhere.pdf").symlink_to(tmp_path / "missing")
    (tmp_path / "folder.pdf").mkdir()
    before = names_in(tmp_path)
    for name in ("link.pdf", "nowhere.pdf", "folder.pdf"):
        with pytest.raises(NotSaved, match="is there already"):
            save(RECEIPT, tmp_path / name)
        with pytest.raises(NotSaved, match="is not an ordinary file"):
            save(RECEIPT, tmp_path / name, overwrite=True)
    assert (target.read_text(), names_in(tmp_path)) == ("old", before)


def test_the_desk_takes_the_first_free_name(tmp_path: Path) -> None:
    saved = [save_in(RECEIPT, tmp_path).name for _ in range(3)]
    assert saved == ["receipt-1.pdf", "receipt-1-2.pdf", "receipt-1-3.pdf"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/a.pdf", "No such file or directory"),
        ("file/a.pdf", "Not a directory"),
        (f"{'x' * 300}.pdf", "File name too long"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    for overwrite in (False, True):
        with pytest.raises(NotSaved, match=rf"cannot be written: {reason}\."):
            save(RECEIPT, tmp_path / path, overwrite=overwrite)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotSaved, match=r"cannot be written: No space left on device\."):
        save(RECEIPT, tmp_path / "a.pdf")
    assert names_in(tmp_path) == []


def test_the_name_of_a_file_has_no_path_in_it() -> None:
    from dataclasses import replace

    assert file_name(replace(RECEIPT, name="invoice-../../etc/x y")) == "invoice-.._.._etc_x_y.pdf"


def test_without_the_package_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.delitem(sys.modules, "tui_billing.documents.pdf", raising=False)
    monkeypatch.setitem(sys.modules, "fpdf", None)
    monkeypatch.delitem(sys.modules, "tui_billing.documents.typefaces", raising=False)
    with pytest.raises(NotSaved, match=r"pip install 'tui-billing\[pdf\]'"):
        save(RECEIPT, tmp_path / "a.pdf")
    assert names_in(tmp_path) == []
