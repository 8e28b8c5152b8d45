"""Once is once: a key that comes again gets the result of its first use."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from tui_billing.domain.errors import RuleRefused
from tui_billing.store import money_actions
from tui_billing.store.money_actions import MoneyAction

USED = "This idempotency key was used for another action. Use a new key for a new action."
WRITTEN = json.JSONEncoder(default=str, sort_keys=True)


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
