"""Noticing that somebody has changed something, so that an open screen can follow."""

from __future__ import annotations

from dataclasses import dataclass

from tui_billing.services.permissions import open_to_all
from tui_billing.store.engine import Store


@dataclass(frozen=True, slots=True)
class Changes:
    """Says that something has changed and nothing of what: whoever wants to see it needs the permission to read it."""

    store: Store

    @open_to_all
    def seen(self) -> bool:
        """Whether the database may have changed since this was asked last; raises `StoreUnavailable`."""
        return self.store.changes.poll()

    @open_to_all
    def version(self) -> object:
        """What is no longer the same once the database may have changed."""
        return self.store.changes.version()
