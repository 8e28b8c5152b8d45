"""What every service is made of: the database, the gateways, the clock, and the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from tui_billing.domain.errors import RuleRefused
from tui_billing.services.session import OperatorSession
from tui_billing.store import users
from tui_billing.store.engine import Store
from tui_billing.store.users import AuditEntry

if TYPE_CHECKING:
    from tui_billing.gateways.base import PaymentGateway

LONGEST_SUBJECT = 64


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Service:
    """What every service works with: the database, the gateways by name, and the clock."""

    store: Store
    gateways: Mapping[str, PaymentGateway]
    clock: Callable[[], datetime] = utc_now

    def audit(self, connection: Connection, session: OperatorSession, action: str, subject: str, outcome: str) -> None:
        """Append to the audit log, in the transaction of what is logged."""
        entry = AuditEntry(self.clock(), session.name, session.origin, action, subject[:LONGEST_SUBJECT], outcome)
        users.write_audit(connection, entry)

    def gateway(self, name: str) -> PaymentGateway:
        """The gateway of this name; raises `RuleRefused` if it is not configured, before anything is begun."""
        if name not in self.gateways:
            raise RuleRefused(f"The gateway {name} is not configured on this desk. Configure it, then try again.")
        return self.gateways[name]
