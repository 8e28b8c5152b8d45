"""Once is once: a key that comes again gets the result of its first use."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from tui_billing.domain.errors import InvalidInput, RuleRefused
from tui_billing.domain.text import checked_text
from tui_billing.store import money_actions
from tui_billing.store.money_actions import MoneyAction

LONGEST_KEY = 128
# What the billing run begins its own keys with: one that was taken by hand would stand in its way.
RUN_PREFIX = "auto:"
USED = "This idempotency key was used for another action. Use a new key for a new action."
WRITTEN = json.JSONEncoder(default=str, sort_keys=True)
UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.IGNORECASE)


def checked_key(key: str) -> str:
    """The idempotency key, if it can be kept; raises `InvalidInput` if not."""
    # In one UUID of four hundred some digits look like a card number.
    kept = key if UUID.fullmatch(key) else checked_text(key, "Key", max_length=LONGEST_KEY, required=True)
    if kept.casefold().startswith(RUN_PREFIX):
        raise InvalidInput(f"Keys that begin with {RUN_PREFIX} are the billing run's own. Choose another one.", "Key")
    return kept


def content_of(action: str, subject: str, request: Any) -> str:
    """The digest of an action and everything asked of it."""
    fields = {name: getattr(request, name) for name in request.__slots__}
    return hashlib.sha256(WRITTEN.encode([action, subject, fields]).encode()).hexdigest()


def earlier_result(connection: Connection, key: str, content: str) -> str | None:
    """The ID that this key's first use led to; raises `RuleRefused` if that was another action or other content."""
    first = money_actions.by_key(connection, key)
    if first is None:
        return None
    if first.content != content:
        raise RuleRefused(USED)
    return first.result_id


def remember(connection: Connection, key: str, content: str, result_id: str) -> None:
    """Keep what this key led to, in the transaction that does it."""
    try:
        money_actions.add(connection, key, MoneyAction(content, result_id))
    except IntegrityError:
        # Since the key was looked for, somebody has used it on another account.
        raise RuleRefused(USED) from None
