"""A configuration file that cannot be used is refused in a sentence, whatever it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_billing.config import read_settings
from tui_billing.domain.errors import SetUpRefused


def refusal(file: Path) -> str:
    with pytest.raises(SetUpRefused) as refused:
        read_settings(environment={"TUI_BILLING_CONFIG": str(file), "HOME": str(file.parent)})
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a=" + "[" * 3000, "is nested too deeply"),
        ("#" * (1024 * 1024 + 1), "is no regular file of at most 1,048,576 bytes"),
        ("[hashing]\nmemory_kib = 15\nparallelism = 2\n", "must be at least 8 times"),
        ("[hashing]\nmemory_kib = 7\n", "must be at least 8 times"),
        ('gateway_record = "a\\u0000b"\n', "“gateway_record” must not contain a NUL"),
        ('log_file = "a\\u0000b"\n', "“log_file” must not contain a NUL"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content)
    assert words in refusal(file)


def test_what_is_no_regular_file_is_not_even_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "config.toml"
    os.mkfifo(pipe)
    for file in (pipe, Path("/dev/zero"), tmp_path):
        assert "is no regular file" in refusal(file)


def test_as_little_memory_as_the_lanes_need_is_enough(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[hashing]\nmemory_kib = 16\nparallelism = 2\n")
    assert read_settings(environment={"TUI_BILLING_CONFIG": str(file), "HOME": str(tmp_path)}).hashing.parallelism == 2
