"""Rows on their way to the tables, numbered as they are made, and written many at a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, update

from tui_billing.store import compiled_tables as tables

Row = dict[str, Any]
# A row of the sandbox's record: reference, key, kind, amount in minor units, currency, card, charge reference, decline,
# when it was made, and the payment or charge back that it is of.
GatewayRow = tuple[str, str, str, int, str, str, str | None, str | None, str, str]
# The digest of a request: no request has this one, so that a key of the demo data can never be used again.
ASKED_BY_NOBODY = "demo data"
CLOSE_PERIODS = (
    update(tables.ACCOUNT)
    .where(tables.ACCOUNT.c.id == bindparam("of_account"))
    .values(billed_through=bindparam("last_day"))
)


class Rows:
    """The rows of whole accounts, in the order in which the tables refer to each other, and the sandbox's record."""

    def __init__(self) -> None:
        self.accounts: list[Row] = []
        self.users: list[Row] = []
        self.invoices: list[Row] = []
        self.charges: list[Row] = []
        self.payments: list[Row] = []
        self.charge_backs: list[Row] = []
        self.entries: list[Row] = []
        self.totals: list[Row] = []
        self.actions: list[Row] = []
        self.audit: list[Row] = []
        self._closed: list[Row] = []
        self.gateway: list[GatewayRow] = []
        self.payment_count = 0
        self.invoice_count = 0
        self.gateway_count = 0

    @property
    def size(self) -> int:
        """How many rows wait to be written."""
        return len(self.charges) + len(self.payments) + len(self.entries) + len(self.accounts)

    def skip(self, payments: int, invoices: int, gateway: int) -> None:
        """Leave out the numbers of rows that are made elsewhere."""
        self.payment_count += payments
        self.invoice_count += invoices
        self.gateway_count += gateway

    def add_payment(self, row: Row) -> int:
        """Take a payment in and give its sequence."""
        self.payment_count += 1
        row["sequence"] = self.payment_count
        self.payments.append(row)
        return self.payment_count

    def add_invoice(self, row: Row) -> int:
        """Take an invoice in, numbered by its year and sequence, and give its sequence."""
        self.invoice_count += 1
        row["sequence"] = self.invoice_count
        row["number"] = f"INV-{row['issued'].year}-{self.invoice_count:06d}"
        self.invoices.append(row)
        return self.invoice_count

    def add_action(self, key: str, result_id: str) -> None:
        """Take the key of a money action in, with what it led to."""
        self.actions.append({"key": key, "content": ASKED_BY_NOBODY, "result_id": result_id})

    def add_gateway(self, prefix: str, key: str, at: datetime, our_id: str, *transaction: Any) -> str:
        """Take a transaction into the sandbox's record and give its reference, numbered as the sandbox does."""
        self.gateway_count += 1
        reference = f"{prefix}_{key}" if prefix == "wd" else f"{prefix}_{self.gateway_count:08d}"
        self.gateway.append((reference, key, *transaction, at.isoformat(timespec="microseconds"), our_id))
        return reference

    def close_periods(self, account_id: int, last_day: date | None) -> None:
        """Take in up to which day an account's periods are closed."""
        if last_day is not None:
            self._closed.append({"of_account": account_id, "last_day": last_day})

    def write(self, connection: Connection) -> list[GatewayRow]:
        """Write the waiting rows to their tables and give the sandbox's."""
        for table, rows in self._tables():
            if rows:
                connection.execute(insert(table), rows)
            rows.clear()
        # Only now: nothing enters a period that is closed.
        if self._closed:
            connection.execute(CLOSE_PERIODS, self._closed)
            self._closed.clear()
        gateway, self.gateway = self.gateway, []
        return gateway

    def _tables(self) -> tuple[tuple[Table, list[Row]], ...]:
        return (
            (tables.ACCOUNT, self.accounts),
            (tables.USER, self.users),
            (tables.INVOICE, self.invoices),
            (tables.CHARGE, self.charges),
            (tables.PAYMENT, self.payments),
            (tables.CHARGE_BACK, self.charge_backs),
            (tables.LEDGER_ENTRY, self.entries),
            (tables.ACCOUNT_TOTAL, self.totals),
            (tables.MONEY_ACTION, self.actions),
            (tables.AUDIT_ENTRY, self.audit),
        )
