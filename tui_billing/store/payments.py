"""Reading and writing payments, credits and charge backs."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    Connection,
    RowMapping,
    Table,
    bindparam,
    literal_column,
    or_,
    select,
    text,
    update,
)

from tui_billing.domain.accounts import Account
from tui_billing.domain.payments import (
    CancelReason,
    ChargeBack,
    ChargeBackReason,
    ChargeBackState,
    Payment,
    PaymentFilter,
    PaymentKind,
    PaymentMethod,
    PaymentState,
)
from tui_billing.store.compiled_tables import ACCOUNT, CHARGE_BACK, PAYMENT, REVERSAL
from tui_billing.store.keyset import Keyset, Ordered
from tui_billing.store.prepared import Prepared, Row, defaults_of, plain
from tui_billing.store.searching import begins, has, searched

WITH_ACCOUNT = select(PAYMENT, ACCOUNT.c.number.label("account_number"), ACCOUNT.c.currency).join(
    ACCOUNT, PAYMENT.c.account_id == ACCOUNT.c.id
)
BY_ID = Prepared(WITH_ACCOUNT.where(PAYMENT.c.id == bindparam("payment_id")))
STARTS_SO = WITH_ACCOUNT.where(PAYMENT.c.id.between(bindparam("first"), bindparam("last"))).limit(2)
BY_ID_START = Prepared(STARTS_SO)
OF_ACCOUNT_BY_ID_START = Prepared(STARTS_SO.where(ACCOUNT.c.number == bindparam("account_number")))
# A literal, so that both databases see that the partial indexes hold all that is asked for.
IS_PENDING: ColumnClause[str] = literal_column("'pending'")
PENDING = Prepared(WITH_ACCOUNT.where(PAYMENT.c.state == IS_PENDING).order_by(PAYMENT.c.sequence))
CHARGE_BACK_BY_ID = Prepared(select(CHARGE_BACK).where(CHARGE_BACK.c.id == bindparam("charge_back_id")))
CHARGE_BACKS_OF = Prepared(
    select(CHARGE_BACK).where(CHARGE_BACK.c.payment_id == bindparam("payment")).order_by(CHARGE_BACK.c.sequence)
)
PENDING_CHARGE_BACKS = Prepared(
    select(CHARGE_BACK).where(CHARGE_BACK.c.state == IS_PENDING).order_by(CHARGE_BACK.c.sequence)
)
INSERT = Prepared(PAYMENT.insert().returning(PAYMENT.c.sequence))
# What a payment has in the columns that nobody gives.
DEFAULTS = dict.fromkeys(map(plain, PAYMENT.c.keys())) | defaults_of(PAYMENT)
INSERT_CHARGE_BACK = Prepared(CHARGE_BACK.insert())
# By value: calling an enumeration for each takes as long as all else that a row needs.
PAYMENT_ENUMS = {
    name: {each.value: each for each in values}
    for name, values in (("kind", PaymentKind), ("state", PaymentState), ("method", PaymentMethod))
}
CHARGE_BACK_FIELDS = tuple(field.name for field in fields(ChargeBack))


# As text: Core makes a parameter of each value and waits with the words of an IN until it has them.
CONDITIONS = {
    PaymentFilter.PAID: "payment.kind <> 'credit' AND payment.state IN ('completed', 'partly_charged_back')",
    PaymentFilter.CARD: "payment.kind IN ('auto', 'manual')",
    PaymentFilter.RECORDED: "payment.kind = 'record'",
    PaymentFilter.CREDITS: "payment.kind = 'credit'",
    PaymentFilter.PENDING: "(payment.state = 'pending' OR payment.charge_back_pending_minor > 0)",
    PaymentFilter.GIVEN_BACK: "payment.state IN ('cancelled', 'charged_back', 'partly_charged_back')",
    PaymentFilter.FAILED: "payment.state = 'failed'",
}


def listed(account_id: int, chosen: PaymentFilter, search: str = "") -> Keyset[Payment]:
    """An account's payments and credits, newest first; a search finds an ID's beginning, a reference or a memo."""
    values = searched(search)
    return Keyset(_ordered(chosen, bool(values)), payment_of, {"account_id": account_id, **values})


@cache
def _ordered(chosen: PaymentFilter, is_searched: bool) -> Ordered:
    statement = WITH_ACCOUNT.where(PAYMENT.c.account_id == bindparam("account_id"))
    if chosen in CONDITIONS:
        statement = statement.where(text(CONDITIONS[chosen]))
    if is_searched:
        statement = statement.where(or_(begins(PAYMENT.c.id), has(PAYMENT.c.reference), has(PAYMENT.c.memo)))
    return Ordered(statement, PAYMENT.c.received, PAYMENT.c.sequence, descending=True)


def by_id(connection: Connection, payment_id: str) -> Payment | None:
    """The payment or credit with this ID, if there is one."""
    row = BY_ID.first(connection, payment_id=payment_id)
    return None if row is None else payment_of(row)


def by_id_start(connection: Connection, id_start: str, account_number: str | None = None) -> list[Payment]:
    """Up to two payments, of one account if given, whose ID begins so; two mean that more characters are needed."""
    between = {"first": id_start, "last": id_start + "~"}
    if account_number is None:
        found = BY_ID_START.rows(connection, **between)
    else:
        found = OF_ACCOUNT_BY_ID_START.rows(connection, **between, account_number=account_number)
    return [payment_of(row) for row in found]


def pending(connection: Connection) -> list[Payment]:
    """Every card payment whose outcome is not known."""
    return [payment_of(row) for row in PENDING.rows(connection)]


def add(connection: Connection, account: Account, values: dict[str, Any]) -> Payment:
    """Insert a payment of an account from its column values."""
    added = INSERT.first(connection, account_id=account.id, **values)
    assert added is not None
    of_account = {"account_id": account.id, "account_number": account.number, "currency": account.currency}
    return payment_of({**DEFAULTS, **values, **of_account, **added})


def save(connection: Connection, payment_id: str, **values: Any) -> None:
    """Replace the named columns of a payment."""
    _saving(PAYMENT, *values).run(connection, of_id=payment_id, **values)


def charge_backs_of(connection: Connection, payment_id: str) -> list[ChargeBack]:
    """A payment's charge backs, oldest first."""
    return [charge_back_of(row) for row in CHARGE_BACKS_OF.rows(connection, payment=payment_id)]


def charge_back_by_id(connection: Connection, charge_back_id: str) -> ChargeBack:
    """The charge back with this ID, which must exist."""
    row = CHARGE_BACK_BY_ID.first(connection, charge_back_id=charge_back_id)
    assert row is not None
    return charge_back_of(row)


def charge_backs_by_id_start(connection: Connection, id_start: str) -> list[ChargeBack]:
    """Up to two charge backs whose ID begins so; two mean that more characters are needed."""
    statement = select(CHARGE_BACK).where(CHARGE_BACK.c.id.between(id_start, id_start + "~")).limit(2)
    return [charge_back_of(row) for row in connection.execute(statement).mappings()]


def charge_back_of_dispute(connection: Connection, reference: str) -> ChargeBack | None:
    """The charge back that was recorded for a dispute with this reference, if there is one."""
    of_dispute = (CHARGE_BACK.c.dispute.is_not(None), CHARGE_BACK.c.gateway_reference == reference)
    row = connection.execute(select(CHARGE_BACK).where(*of_dispute).limit(1)).mappings().one_or_none()
    return None if row is None else charge_back_of(row)


def pending_charge_backs(connection: Connection) -> list[ChargeBack]:
    """Every charge back whose outcome is not known."""
    return [charge_back_of(row) for row in PENDING_CHARGE_BACKS.rows(connection)]


def add_charge_back(connection: Connection, values: dict[str, Any]) -> ChargeBack:
    """Insert a charge back from its column values."""
    INSERT_CHARGE_BACK.run(connection, **values)
    return charge_back_by_id(connection, values["id"])


def save_charge_back(connection: Connection, charge_back_id: str, **values: Any) -> None:
    """Replace the named columns of a charge back."""
    _saving(CHARGE_BACK, *values).run(connection, of_id=charge_back_id, **values)


def add_reversal(connection: Connection, values: dict[str, Any]) -> None:
    """Insert what came back of a charge back from its column values."""
    connection.execute(REVERSAL.insert().values(**values))


def payment_of(row: RowMapping | Row) -> Payment:
    """The payment that a row, joined with its account, holds."""
    values = dict(row)
    for name, members in PAYMENT_ENUMS.items():
        values[name] = members[values[name]]
    if values["cancel_reason"] is not None:
        values["cancel_reason"] = CancelReason(values["cancel_reason"])
    return Payment(**values)


def charge_back_of(row: RowMapping | Row) -> ChargeBack:
    """The charge back that a row holds."""
    values = {name: row[name] for name in CHARGE_BACK_FIELDS}
    values["state"] = ChargeBackState(values["state"])
    if values["reason"] is not None:
        values["reason"] = ChargeBackReason(values["reason"])
    return ChargeBack(**values)


@cache
def _saving(rows: Table, *names: str) -> Prepared:
    """What replaces the columns of these names in the row with an ID."""
    columns: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in names}
    return Prepared(update(rows).where(rows.c.id == bindparam("of_id")).values(columns))
