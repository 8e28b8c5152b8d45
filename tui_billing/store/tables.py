"""The tables: definitions, CHECKs and indexes. Amounts are whole minor units; moments are UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import AccountState, AccountType
from tui_billing.domain.exceptions import ExceptionKind
from tui_billing.domain.payments import (
    CancelReason,
    ChargeBackReason,
    ChargeBackState,
    PaymentKind,
    PaymentMethod,
    PaymentState,
)
from tui_billing.store.columns import Amount, Sequence, UtcMoment, amounts, one_of, partial_index
from tui_billing.store.entry_rules import LEGS_HOLD, REFERENCES_HOLD

# A sequence that was given once is never given again, so that a row missing at the end leaves its mark.
NEVER_REUSED = {"sqlite_autoincrement": True}


class AccountRow(SQLModel, table=True):
    """A customer account with the balances cached from its ledger entries."""

    __tablename__ = "account"
    __table_args__ = (
        *amounts(
            "funds_minor >= 0",
            "receivable_minor >= 0",
            "funds_minor = 0 OR receivable_minor = 0",
            "billing_day BETWEEN 1 AND 28",
            whole="funds_minor receivable_minor credit_limit_minor",
        ),
        one_of("type", AccountType),
        one_of("state", AccountState),
        # The search beside them, so that accounts can be looked through without reading their rows.
        Index("account_by_number", "number", "sort_name", "search"),
        Index("account_by_name", "sort_name", "number", "search"),
        Index("account_by_type", "type", "number", "state"),
        Index("account_by_state", "state", "number"),
        Index("account_by_type_and_name", "type", "sort_name", "number", "state"),
        Index("account_by_state_and_name", "state", "sort_name", "number"),
        NEVER_REUSED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    number: str = Field(unique=True)
    name: str
    search: str
    sort_name: str = Field(sa_column_kwargs={"server_default": ""})
    type: str
    state: str
    currency: str
    master_user: str
    created: date
    billing_day: int
    payment_terms_days: int
    credit_limit_minor: int | None = Field(default=None, sa_type=Amount)
    card_brand: str | None = None
    card_last_four: str | None = None
    card_expiry: str | None = None
    card_gateway: str | None = None
    card_customer_reference: str | None = None
    card_payment_method_reference: str | None = None
    funds_minor: int = Field(default=0, sa_type=Amount)
    receivable_minor: int = Field(default=0, sa_type=Amount)
    billed_through: date | None = None


class GatewayCustomerRow(SQLModel, table=True):
    """An account as one gateway knows it; without a reference as long as the gateway has not answered."""

    __tablename__ = "gateway_customer"
    __table_args__ = (UniqueConstraint("account_id", "gateway"), NEVER_REUSED)
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    account_id: int = Field(foreign_key="account.id")
    gateway: str
    key: str = Field(unique=True)
    reference: str | None = None


class UserRow(SQLModel, table=True):
    """Somebody who may sign in; a customer's user belongs to one account."""

    __tablename__ = "user"
    __table_args__ = (one_of("profile", Profile), NEVER_REUSED)
    id: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    name: str = Field(unique=True)
    profile: str
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    password_hash: str
    disabled: bool = False
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcMoment)


class PaymentRow(SQLModel, table=True):
    """A payment or a credit, with what is left of it."""

    __tablename__ = "payment"
    __table_args__ = (
        *amounts(
            "amount_minor > 0",
            "unapplied_minor BETWEEN 0 AND amount_minor",
            "charged_back_minor >= 0 AND charge_back_pending_minor >= 0",
            "charged_back_minor + charge_back_pending_minor <= amount_minor",
            whole="amount_minor unapplied_minor charged_back_minor charge_back_pending_minor",
        ),
        one_of("kind", PaymentKind),
        one_of("state", PaymentState),
        one_of("method", PaymentMethod),
        one_of("cancel_reason", CancelReason),
        CheckConstraint("(invoice_sequence IS NOT NULL) = (kind = 'auto')"),
        # With what the list is filtered by, so that rows that are left out are not read.
        Index(
            *("payment_newest_first", "account_id", "received", "sequence"),
            *("kind", "state", "charge_back_pending_minor"),
        ),
        partial_index("payment_unapplied", "account_id", "unapplied_minor > 0 AND kind <> 'credit'"),
        partial_index("credit_unapplied", "account_id", "unapplied_minor > 0 AND kind = 'credit'"),
        partial_index("payment_pending", "state", "state = 'pending'"),
        partial_index("payment_automatic", "invoice_sequence", "invoice_sequence IS NOT NULL"),
        partial_index("payment_at_gateway", "gateway, recorded_at", "gateway <> ''"),
        partial_index("payment_auto_failed", "account_id", "kind = 'auto' AND state = 'failed'"),
        partial_index("payment_by_reference", "gateway_reference", "gateway_reference <> ''"),
        NEVER_REUSED,
    )
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    id: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id")
    kind: str
    state: str
    amount_minor: int = Field(sa_type=Amount)
    unapplied_minor: int = Field(default=0, sa_type=Amount)
    charged_back_minor: int = Field(default=0, sa_type=Amount)
    charge_back_pending_minor: int = Field(default=0, sa_type=Amount)
    received: date
    recorded_at: datetime = Field(sa_type=UtcMoment)
    method: str
    reference: str = ""
    memo: str = ""
    expires: date | None = None
    recorded_by: str
    card_label: str = ""
    gateway: str = ""
    gateway_reference: str = ""
    failure_reason: str = ""
    unanswered_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    key: str = Field(unique=True)
    cancelled_by: str = ""
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    cancel_reason: str | None = None
    invoice_sequence: int | None = Field(default=None, foreign_key="invoice.sequence")


class ChargeBackRow(SQLModel, table=True):
    """Card money returned: sent through the gateway that took it, or taken by the bank in a dispute.

    `dispute` is that dispute's gateway and reference, so that none is recorded twice.
    """

    __tablename__ = "charge_back"
    __table_args__ = (
        *amounts("amount_minor > 0", "reversed_minor BETWEEN 0 AND amount_minor", whole="amount_minor reversed_minor"),
        one_of("state", ChargeBackState),
        one_of("reason", ChargeBackReason),
        partial_index("charge_back_pending", "state", "state = 'pending'"),
        NEVER_REUSED,
    )
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    id: str = Field(unique=True)
    payment_id: str = Field(foreign_key="payment.id", index=True)
    amount_minor: int = Field(sa_type=Amount)
    state: str
    reason: str | None = None
    case_reference: str = ""
    failure_reason: str = ""
    gateway_reference: str = ""
    unanswered_at: datetime | None = Field(default=None, sa_type=UtcMoment)
    key: str = Field(unique=True)
    issued_by: str
    issued_at: datetime = Field(sa_type=UtcMoment)
    dispute: str | None = Field(default=None, unique=True)
    reversed_minor: int = Field(default=0, sa_type=Amount)


class ReversalRow(SQLModel, table=True):
    """Money that came back after a dispute was won: some of a charge back, or all of it."""

    __tablename__ = "reversal"
    __table_args__ = (*amounts("amount_minor > 0", whole="amount_minor"), NEVER_REUSED)
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    id: str = Field(unique=True)
    charge_back_id: str = Field(foreign_key="charge_back.id", index=True)
    amount_minor: int = Field(sa_type=Amount)
    key: str = Field(unique=True)
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcMoment)


class FindingRow(SQLModel, table=True):
    """What comparing with a gateway has found and nobody has dealt with yet."""

    __tablename__ = "finding"
    __table_args__ = (*amounts("amount_minor > 0", whole="amount_minor"), one_of("kind", ExceptionKind))
    id: str = Field(primary_key=True)
    kind: str
    gateway: str
    reference: str
    account_id: int | None = Field(default=None, foreign_key="account.id")
    payment_id: str | None = Field(default=None, foreign_key="payment.id")
    charge_back_id: str | None = Field(default=None, foreign_key="charge_back.id")
    amount_minor: int = Field(sa_type=Amount)
    currency: str
    words: str
    happened_at: datetime = Field(sa_type=UtcMoment)
    found_at: datetime = Field(sa_type=UtcMoment)


class InvoiceRow(SQLModel, table=True):
    """An invoice as an open item: its total, and what of it is still due."""

    __tablename__ = "invoice"
    __table_args__ = (
        *amounts("total_minor >= 0", "due_minor BETWEEN 0 AND total_minor", whole="total_minor due_minor"),
        Index("invoice_newest_first", "account_id", "issued", "sequence"),
        partial_index("invoice_open", "account_id", "due_minor > 0"),
        NEVER_REUSED,
    )
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    number: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id")
    period_start: date
    period_end: date
    issued: date
    due_date: date
    total_minor: int = Field(sa_type=Amount)
    due_minor: int = Field(sa_type=Amount)


class ChargeRow(SQLModel, table=True):
    """A dated line of usage; quantity and unit price as they were given, the amount in minor units."""

    __tablename__ = "charge"
    __table_args__ = (
        *amounts("amount_minor >= 0", whole="amount_minor"),
        partial_index("charge_open", "account_id", "invoice_sequence IS NULL"),
    )
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    account_id: int = Field(foreign_key="account.id")
    invoice_sequence: int | None = Field(default=None, foreign_key="invoice.sequence", index=True)
    import_sequence: int | None = Field(default=None, foreign_key="charge_import.sequence")
    dated: date
    description: str
    quantity: str
    unit_price: str
    amount_minor: int = Field(sa_type=Amount)


class ChargeImportRow(SQLModel, table=True):
    """A file of charges that was taken in, whole and once, for good; the digest is that of its content."""

    __tablename__ = "charge_import"
    __table_args__ = (NEVER_REUSED,)
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    key: str = Field(unique=True)
    digest: str = Field(index=True)
    file_name: str
    lines: int
    imported_at: datetime = Field(sa_type=UtcMoment)
    imported_by: str


class LedgerEntryRow(SQLModel, table=True):
    """One amount moved between two ledger accounts, for good."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        *amounts("amount_minor > 0", LEGS_HOLD, REFERENCES_HOLD, whole="amount_minor"),
        Index("ledger_entry_by_time", "account_id", "recorded_at"),
        NEVER_REUSED,
    )
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    account_id: int = Field(foreign_key="account.id")
    event: str
    debit: str
    credit: str
    amount_minor: int = Field(sa_type=Amount)
    payment_sequence: int | None = Field(default=None, foreign_key="payment.sequence", index=True)
    invoice_sequence: int | None = Field(default=None, foreign_key="invoice.sequence", index=True)
    recorded_at: datetime = Field(sa_type=UtcMoment)
    recorded_by: str


class AccountTotalRow(SQLModel, table=True):
    """What an account's ledger entries come to, by stretches of days of one month and one billing period."""

    __tablename__ = "account_total"
    __table_args__ = (
        *amounts("charges_minor >= 0", whole="charges_minor payments_minor credits_minor"),
        {"sqlite_with_rowid": False},
    )
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    start: date = Field(primary_key=True)
    charges_minor: int = Field(sa_type=Amount)
    payments_minor: int = Field(sa_type=Amount)
    credits_minor: int = Field(sa_type=Amount)


class MoneyActionRow(SQLModel, table=True):
    """The idempotency record: one key, one action, one result."""

    __tablename__ = "money_action"
    key: str = Field(primary_key=True)
    content: str
    result_id: str


class AuditEntryRow(SQLModel, table=True):
    """Who did or tried what, when, from where, and how it ended, for good."""

    __tablename__ = "audit_entry"
    __table_args__ = (NEVER_REUSED,)
    sequence: int | None = Field(default=None, primary_key=True, sa_type=Sequence)
    recorded_at: datetime = Field(sa_type=UtcMoment)
    user_name: str
    origin: str
    action: str
    subject: str
    outcome: str


class SkippedNumbersRow(SQLModel, table=True):
    """How many numbers of a table were never given to a row, where rows came with gaps from another database."""

    __tablename__ = "skipped_numbers"
    table_name: str = Field(primary_key=True)
    skipped: int = Field(sa_type=BigInteger)


def table(row: type[SQLModel]) -> Table:
    """The Core table of a row class, for the statements of the money path."""
    found: Any = row.__dict__["__table__"]
    assert isinstance(found, Table)
    return found
