"""What comparing with the gateways has found, and the one list of all that needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    String,
    bindparam,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
    update,
)

from tui_billing.domain.exceptions import ExceptionKind, ExceptionLine, Finding
from tui_billing.domain.text import folded
from tui_billing.store import payments
from tui_billing.store.automatic_payments import is_last_attempt
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE_BACK, FINDING, INVOICE, PAYMENT
from tui_billing.store.keyset import Keyset, Ordered
from tui_billing.store.prepared import Row
from tui_billing.store.searching import ESCAPE, LONGEST_SEARCH, begins, escaped, has, searched

COLUMNS = tuple(column for column in FINDING.c if column.name != "found_at")
LINE_FIELDS = tuple(field.name for field in fields(ExceptionLine))


def replace(
    connection: Connection, gateway: str, since: dict[ExceptionKind, datetime], found: Sequence[Finding], now: datetime
) -> None:
    """Keep what was found of a gateway instead of what was found before of the same kinds and the same time.

    What is still so keeps the moment at which it was found first.
    """
    first_found: dict[str, datetime] = {}
    for kind, start in since.items():
        same = (FINDING.c.gateway == gateway, FINDING.c.kind == kind.value, FINDING.c.happened_at >= start)
        columns = (FINDING.c.id, FINDING.c.found_at)
        first_found |= {row.id: row.found_at for row in connection.execute(select(*columns).where(*same))}
        connection.execute(delete(FINDING).where(*same))
    for finding in found:
        remove(connection, finding.id)
        at = first_found.get(finding.id, now)
        connection.execute(FINDING.insert().values(**asdict(finding), found_at=at))


def remove(connection: Connection, finding_id: str) -> None:
    """Take a finding off the list."""
    connection.execute(delete(FINDING).where(FINDING.c.id == finding_id))


def save_amount(connection: Connection, finding_id: str, amount_minor: int) -> None:
    """Replace the amount of a finding of which a part has been dealt with."""
    connection.execute(update(FINDING).where(FINDING.c.id == finding_id).values(amount_minor=amount_minor))


def named(connection: Connection, kind: ExceptionKind, reference: str) -> list[Finding]:
    """The findings of this kind with this reference: one at most for each gateway."""
    statement = select(*COLUMNS).where(FINDING.c.kind == kind.value, FINDING.c.reference == reference)
    return [_finding_of(row) for row in connection.execute(statement).mappings()]


def disputed_payment(connection: Connection, reference: str) -> str | None:
    """The payment that a dispute with this reference is about, whether it is to be recorded or was."""
    found = named(connection, ExceptionKind.DISPUTE, reference)
    recorded = payments.charge_back_of_dispute(connection, reference)
    if found or recorded is None:
        return found[0].payment_id if found else None
    return recorded.payment_id


def of_charge_back(connection: Connection, charge_back_id: str) -> Finding | None:
    """The finding that the dispute of this charge back was won, if there is one."""
    statement = select(*COLUMNS).where(
        FINDING.c.kind == ExceptionKind.DISPUTE_WON.value, FINDING.c.charge_back_id == charge_back_id
    )
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _finding_of(row)


def listed(kind: ExceptionKind | None, search: str = "") -> Keyset[ExceptionLine]:
    """Everything that needs a person, newest first; a search finds number, name, master user or reference."""
    values = searched(search)
    ordered = _ordered(kind is not None, bool(values))
    if values:
        # Of marks alone nothing may be left, which every account has.
        values["folded"] = escaped(folded(search[:LONGEST_SEARCH]))
    if kind is not None:
        values["of_kind"] = kind.value
    return Keyset(ordered, _line_of, values)


@cache
def _ordered(of_kind: bool, is_searched: bool) -> Ordered:
    line = union_all(*LINES).subquery()
    statement = select(line)
    if of_kind:
        statement = statement.where(line.c.kind == bindparam("of_kind"))
    if is_searched:
        by_account = line.c.search.contains(bindparam("folded", type_=String), escape=ESCAPE)
        statement = statement.where(or_(by_account, has(line.c.reference), begins(line.c.payment_id)))
    return Ordered(statement, line.c.since, line.c.id, descending=True)


def _line(kind: Any, of: Any, since: Any, **columns: Any) -> Select[Any]:
    """One source of lines, in the columns that all of them share."""
    shared = {
        "id": literal(f"{of.name}:") + of.c.id,
        "kind": kind,
        "since": since,
        "account_number": ACCOUNT.c.number,
        "account_name": ACCOUNT.c.name,
        "search": ACCOUNT.c.search,
        "payment_id": PAYMENT.c.id,
        "payment_sequence": PAYMENT.c.sequence,
        "payment_received": PAYMENT.c.received,
        "charge_back_id": null(),
        "gateway": PAYMENT.c.gateway,
        "reference": PAYMENT.c.gateway_reference,
        "amount_minor": of.c.amount_minor,
        "currency": ACCOUNT.c.currency,
        "words": PAYMENT.c.failure_reason,
    }
    return select(*(column.label(name) for name, column in (shared | columns).items()))


OF_PAYMENT = PAYMENT.join(ACCOUNT, ACCOUNT.c.id == PAYMENT.c.account_id)
UNKNOWN = literal(ExceptionKind.UNKNOWN_OUTCOME.value)
# Conditions in their own words, not as parameters: the indexes of just these rows have them so.
PENDING_PAYMENTS = (
    _line(UNKNOWN, PAYMENT, PAYMENT.c.recorded_at, words=literal("Charge"))
    .select_from(OF_PAYMENT)
    .where(text("payment.state = 'pending'"))
)
PENDING_CHARGE_BACKS = (
    _line(UNKNOWN, CHARGE_BACK, CHARGE_BACK.c.issued_at, charge_back_id=CHARGE_BACK.c.id, words=literal("Charge back"))
    .select_from(OF_PAYMENT.join(CHARGE_BACK, CHARGE_BACK.c.payment_id == PAYMENT.c.id))
    .where(text("charge_back.state = 'pending'"))
)
# The last attempt for each invoice of which something is still due.
FAILED_AUTOMATIC_PAYMENTS = (
    _line(
        literal(ExceptionKind.FAILED_AUTOMATIC_PAYMENT.value),
        PAYMENT,
        PAYMENT.c.recorded_at,
        reference=PAYMENT.c.reference,
    )
    .select_from(OF_PAYMENT.join(INVOICE, INVOICE.c.sequence == PAYMENT.c.invoice_sequence))
    .where(text("payment.kind = 'auto' AND payment.state = 'failed'"), INVOICE.c.due_minor > 0)
    .where(is_last_attempt(PAYMENT))
)
FINDINGS = _line(
    FINDING.c.kind,
    FINDING,
    FINDING.c.found_at,
    charge_back_id=FINDING.c.charge_back_id,
    account_number=func.coalesce(ACCOUNT.c.number, ""),
    account_name=func.coalesce(ACCOUNT.c.name, ""),
    search=func.coalesce(ACCOUNT.c.search, ""),
    gateway=FINDING.c.gateway,
    reference=FINDING.c.reference,
    currency=FINDING.c.currency,
    words=FINDING.c.words,
).select_from(
    FINDING.outerjoin(ACCOUNT, ACCOUNT.c.id == FINDING.c.account_id).outerjoin(
        PAYMENT, PAYMENT.c.id == FINDING.c.payment_id
    )
)
LINES = (PENDING_PAYMENTS, PENDING_CHARGE_BACKS, FAILED_AUTOMATIC_PAYMENTS, FINDINGS)


def _line_of(row: Row) -> ExceptionLine:
    values = {name: row[name] for name in LINE_FIELDS}
    return ExceptionLine(**values | {"kind": ExceptionKind(values["kind"])})


def _finding_of(row: RowMapping) -> Finding:
    return Finding(**dict(row) | {"kind": ExceptionKind(row["kind"])})
