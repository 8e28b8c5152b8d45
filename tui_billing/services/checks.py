"""The check: every stored figure held against the ledger entries, and every row against the others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store.checking import Difference, card_clearing, differences


@dataclass(frozen=True, slots=True)
class Checks(Service):
    """Proves the cached figures against the entries."""

    @requires(Permission.FINANCE, within="reading")
    def check(self, session: OperatorSession, connection: Connection) -> list[Difference]:  # noqa: ARG002
        """Every figure that the entries do not bear out; empty when the books are right."""
        return differences(connection)

    @requires(Permission.FINANCE, within="reading")
    def card_clearing(self, session: OperatorSession, connection: Connection) -> dict[tuple[str, str], int]:  # noqa: ARG002
        """The card clearing account, in minor units, by gateway and currency: what the gateway must agree with."""
        return card_clearing(connection)
