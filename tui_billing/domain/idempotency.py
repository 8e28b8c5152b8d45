"""Idempotency keys: one names one action, however often it is asked for."""

from __future__ import annotations

import os
import re
import time

from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.text import checked_text

LONGEST_KEY = 128
# What the billing run begins its own keys with: one that was taken by hand would stand in its way.
RUN_PREFIX = "auto:"
UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.IGNORECASE)
# A UUID's version, 7, and its variant, as bits to clear and to set (RFC 9562, sections 4 and 5.7).
FIXED_BITS, UUID_7 = 0xF << 76 | 0b11 << 62, 7 << 76 | 0b10 << 62


def new_key() -> str:
    """A key that nobody has used: a UUID of version 7, in hexadecimal digits.

    It begins with the time, so that the keys of a day lie together in an index: in a large book a random one would
    have the disk read for each.
    """
    bits = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6) + os.urandom(10))
    return f"{bits & ~FIXED_BITS | UUID_7:032x}"


def checked_key(key: str) -> str:
    """The key, if it can be kept; raises `InvalidInput` if not."""
    # In one UUID of four hundred some digits look like a card number.
    kept = key if UUID.fullmatch(key) else checked_text(key, "Key", max_length=LONGEST_KEY, required=True)
    if kept.casefold().startswith(RUN_PREFIX):
        raise InvalidInput(f"Keys that begin with {RUN_PREFIX} are the billing run's own. Choose another one.", "Key")
    return kept
