"""Reconcile: unknown outcomes looked up, a period compared with the gateways, their disputes read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import GatewayUnavailable, InvalidInput, RuleRefused, SetUpRefused
from tui_billing.domain.exceptions import ExceptionKind, ExceptionLine, Finding
from tui_billing.domain.pages import Direction, Page
from tui_billing.gateways.base import GatewayTransaction, PaymentGateway
from tui_billing.services.comparison import differences, open_disputes
from tui_billing.services.outcomes import resolve_all
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import clearing, findings
from tui_billing.store.turns import Turn, take

DAYS_COMPARED = 7
# More than the clocks here and at a gateway differ, and than a request takes: what was recorded at the last moment
# here and at the first one there is still found on both sides.
SLACK = timedelta(hours=2)
# Banks take months to decide, and a dispute may be won long after it was opened.
DISPUTES_LAST = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class ReconciledPeriod:
    """What became of the unknown outcomes, the day compared from, and why a gateway could not be asked, by name."""

    resolved: int
    still_unknown: int
    since: date
    unavailable: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether every gateway answered every question."""
        return not self.still_unknown and not self.unavailable


@dataclass(frozen=True, slots=True)
class Reconciliation(Service):
    """Holds the ledger against the gateways, and lists what needs a person."""

    @requires(Permission.FINANCE)
    def reconcile(self, session: OperatorSession, since: date | None = None) -> ReconciledPeriod:
        """Look up what is Pending, compare what moved since a day (the last seven if none), and read the disputes.

        What a gateway says replaces what was found of it before; of one that cannot be asked, that stays.
        """
        now = self.clock()
        first = since or now.date() - timedelta(days=DAYS_COMPARED)
        if first > now.date():
            raise InvalidInput(f"{first} lies in the future. Name a day up to today.", "Since")
        outcomes = resolve_all(self)
        unavailable = []
        for name, gateway in self.gateways.items():
            try:
                self._compare(name, gateway, datetime.combine(first, time(), UTC), now)
            except (GatewayUnavailable, RuleRefused, SetUpRefused) as refusal:
                unavailable.append((name, refusal.sentence))
        reconciled = ReconciledPeriod(outcomes.resolved, outcomes.still_unknown, first, tuple(unavailable))
        with self.store.writing() as connection:
            outcome = f"done: {outcomes.resolved} resolved, {outcomes.still_unknown} still unknown"
            missing = f"; not available: {', '.join(name for name, _ in unavailable)}" if unavailable else ""
            self.audit(connection, session, "reconcile", f"since {first}", outcome + missing)
        return reconciled

    @requires(Permission.FINANCE, within="reading", trying=True)
    def exceptions(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        kind: ExceptionKind | None,
        direction: Direction,
        key: tuple[datetime, str] | None,
        limit: int,
        search: str = "",
    ) -> Page[ExceptionLine]:
        """One page of what needs a person, newest first, as the last reconcile left it; no gateway is asked."""
        return findings.listed(kind, search).page(connection, direction, key, limit)

    def _compare(self, name: str, gateway: PaymentGateway, since: datetime, now: datetime) -> None:
        disputes_since = min(since, now - DISPUTES_LAST)
        disputes = gateway.disputes(disputes_since)
        found = self._differences(name, gateway, since)
        starts = {
            ExceptionKind.DIFFERENCE: since,
            ExceptionKind.DISPUTE: disputes_since,
            ExceptionKind.DISPUTE_WON: disputes_since,
        }
        with self.store.writing() as connection:
            take(connection, Turn.FINDINGS)
            # Read in the transaction that keeps them: somebody may just have recorded one.
            charged = clearing.charged(connection, name, {d.charge_reference for d in disputes})
            recorded = clearing.disputed(connection, {clearing.dispute_name(name, d.reference) for d in disputes})
            found += open_disputes(name, disputes, charged, recorded)
            findings.replace(connection, name, starts, found, now)

    def _differences(self, name: str, gateway: PaymentGateway, since: datetime) -> list[Finding]:
        # First there, then here: what has moved there is Pending here, or known. What only the ledger has may have
        # moved between the two, so then it is asked again.
        theirs: list[GatewayTransaction] = [*gateway.transactions(since - SLACK)]
        with self.store.reading() as connection:
            ours = clearing.movements(connection, name, since - SLACK)
        found = differences(name, since, theirs, ours)
        if found:
            missing = {movement.reference for movement in ours} - {t.reference for t in theirs}
            theirs += [t for t in gateway.transactions(since - SLACK) if t.reference in missing]
            found = differences(name, since, theirs, ours)
        return found
