"""IDs of payments, drawn at random, each with its place looked up before the money comes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


class PaymentIds:
    """Gives each ID once.

    In a large book an ID's place in the index is most often on the disk alone. Who foresees a payment has it read, so
    that nobody waits for it with the money.
    """

    def __init__(self) -> None:
        self._ready: list[str] = []

    def prepare(self, connection: Connection) -> None:
        """Draw the next one and look for it, unless one waits already."""
        # Only now, as most of what a store is opened for is no payment.
        from tui_billing.store.payments import by_id

        if not self._ready:
            drawn = uuid.uuid4().hex
            by_id(connection, drawn)
            self._ready.append(drawn)

    def next(self) -> str:
        """The one that was prepared, or else a new one."""
        try:
            return self._ready.pop()
        except IndexError:
            return uuid.uuid4().hex
