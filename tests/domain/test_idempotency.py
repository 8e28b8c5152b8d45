"""Keys that the program makes itself."""

from __future__ import annotations

import time
import uuid

import pytest

from tui_billing.domain.idempotency import checked_key, new_key


def test_a_new_key_is_a_uuid_that_says_when_it_was_made() -> None:
    before_ms = time.time_ns() // 1_000_000
    key = uuid.UUID(new_key())
    assert (key.version, key.variant) == (7, uuid.RFC_4122)
    assert before_ms <= key.int >> 80 <= time.time_ns() // 1_000_000


def test_later_keys_lie_behind_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    for at_ms in (1, 2**40, 2**40 + 1, 2**48 - 1):
        monkeypatch.setattr(time, "time_ns", lambda at_ms=at_ms: at_ms * 1_000_000)
        keys.append(new_key())
    assert keys == sorted(keys)


def test_keys_of_one_moment_differ_and_can_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    keys = {new_key() for _ in range(10_000)}
    assert len(keys) == 10_000
    assert all(checked_key(key) == key for key in keys)
