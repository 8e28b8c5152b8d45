"""The setting `documents`: where the desk saves PDFs, and how that is switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_billing.config import Settings, read_settings
from tui_billing.domain.errors import SetUpRefused


def settings(directory: Path, toml: str) -> Settings:
    configuration = directory / "config.toml"
    configuration.write_text(toml, encoding="utf-8")
    return read_settings(environment={"HOME": str(directory), "TUI_BILLING_CONFIG": str(configuration)})


def test_documents_go_where_the_desk_was_opened_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, "").documents == Path()
    assert settings(tmp_path, 'documents = "/srv/receipts"').documents == Path("/srv/receipts")


def test_an_empty_name_switches_saving_off_and_no_other_setting_may_be_empty(tmp_path: Path) -> None:
    assert settings(tmp_path, 'documents = ""').documents is None
    with pytest.raises(SetUpRefused, match="must not be empty"):
        settings(tmp_path, 'database = ""')


def test_the_page_of_the_administrator_names_it() -> None:
    page = Path(__file__).parents[1] / "docs" / "administration.md"
    assert 'documents = "' in page.read_text(encoding="utf-8")
