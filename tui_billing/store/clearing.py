"""What the ledger says went through a gateway, to be held against what the gateway says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal, select, text

from tui_billing.domain.money import Money
from tui_billing.domain.payments import ChargeBack, ChargeBackState, Payment, PaymentState
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE_BACK, PAYMENT
from tui_billing.store.payments import WITH_ACCOUNT, charge_back_of, payment_of
from tui_billing.store.prepared import Prepared

AT_ONCE = 500


def _sent(table: Any, moment: Any, *, charges: bool) -> Select[Any]:
    """What was sent to a gateway since then, in the fields of a `Movement`."""
    columns = (table.c.id, literal(charges).label("charges"), table.c.state, table.c.key, table.c.amount_minor)
    further = (table.c.gateway_reference.label("reference"), moment.label("recorded_at"))
    of_payment = (ACCOUNT.c.currency, PAYMENT.c.account_id, PAYMENT.c.id.label("payment_id"))
    source = PAYMENT.join(ACCOUNT, ACCOUNT.c.id == PAYMENT.c.account_id)
    asked = (PAYMENT.c.gateway == bindparam("gateway"), moment >= bindparam("since"))
    return select(*columns, *further, *of_payment).select_from(source).where(*asked)


PAYMENTS_SINCE = Prepared(
    # In the words of the index of just these rows, which has no parameters.
    _sent(PAYMENT, PAYMENT.c.recorded_at, charges=True).where(text("payment.gateway <> ''"))
)
CHARGE_BACKS_SINCE = Prepared(
    _sent(CHARGE_BACK, CHARGE_BACK.c.issued_at, charges=False)
    .join(CHARGE_BACK, CHARGE_BACK.c.payment_id == PAYMENT.c.id)
    # What a bank took in a dispute was never sent.
    .where(CHARGE_BACK.c.dispute.is_(None))
)
UNBOOKED = (PaymentState.FAILED.value, ChargeBackState.FAILED.value)


@dataclass(frozen=True, slots=True)
class Movement:
    """A card payment or a charge back as the ledger has it; amount in minor units."""

    id: str
    charges: bool
    state: str
    key: str
    reference: str
    amount_minor: int
    currency: str
    recorded_at: datetime
    account_id: int
    payment_id: str

    @property
    def amount(self) -> Money:
        """What moved."""
        return Money(self.amount_minor, self.currency)

    @property
    def is_pending(self) -> bool:
        """Whether its outcome is not known."""
        return self.state == PaymentState.PENDING.value

    @property
    def is_booked(self) -> bool:
        """Whether the ledger says that the money moved."""
        return not self.is_pending and self.state not in UNBOOKED


def movements(connection: Connection, gateway: str, since: datetime) -> list[Movement]:
    """Every card payment and charge back sent to a gateway since then, whatever became of it, in two reads."""
    return [
        Movement(**row)
        for statement in (PAYMENTS_SINCE, CHARGE_BACKS_SINCE)
        for row in statement.rows(connection, gateway=gateway, since=since)
    ]


def charged(connection: Connection, gateway: str, references: Collection[str]) -> dict[str, Payment]:
    """The payments of a gateway by the references of their charges, as far as the ledger has them."""
    found: dict[str, Payment] = {}
    for some in _in_parts(references):
        known = (text("payment.gateway_reference <> ''"), PAYMENT.c.gateway_reference.in_(some))
        statement = WITH_ACCOUNT.where(PAYMENT.c.gateway == gateway, *known)
        found |= {row["gateway_reference"]: payment_of(row) for row in connection.execute(statement).mappings()}
    return found


def disputed(connection: Connection, names: Collection[str]) -> dict[str, ChargeBack]:
    """The charge backs that were recorded for disputes of these names, by name."""
    found: dict[str, ChargeBack] = {}
    for some in _in_parts(names):
        statement = select(CHARGE_BACK).where(CHARGE_BACK.c.dispute.in_(some))
        found |= {row["dispute"]: charge_back_of(row) for row in connection.execute(statement).mappings()}
    return found


def dispute_name(gateway: str, reference: str) -> str:
    """What a dispute is known by among those of all gateways."""
    return f"{gateway}:{reference}"


def _in_parts(names: Collection[str]) -> list[list[str]]:
    listed = list(names)
    return [listed[first : first + AT_ONCE] for first in range(0, len(listed), AT_ONCE)]
