"""IDs of payments: drawn at random, and their place in the index read before the money comes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection


class PaymentIds:
    """Gives each ID once.

    Unlike a key, an ID cannot begin with the time: people tell payments apart by its first eight characters. So in a
    large book its place in the index is on the disk alone, and whoever foresees a payment has that read.
    """

    def __init__(self) -> None:
        self._drawn: list[str] = []

    def foresee(self, connection: Connection) -> None:
        """Look for the next one."""
        # Only now, as most of what a store is opened for is no payment.
        from tui_billing.store.payments import by_id

        drawn = self.next()
        by_id(connection, drawn)
        self._drawn.append(drawn)

    def next(self) -> str:
        """One that was foreseen, or else a new one."""
        try:
            return self._drawn.pop()
        except IndexError:
            return uuid.uuid4().hex
