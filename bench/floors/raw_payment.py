"""The rows of a recorded payment, written by the driver alone: what the service adds to them is not there."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

from tui_billing.domain.idempotency import new_key
from tui_billing.store.sqlite import PRAGMAS

Row = dict[str, Any]


def connected(path: Path) -> sqlite3.Connection:
    """A connection to a SQLite file that begins no transaction by itself, and syncs each commit as the desk does."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


class RawPayments:
    """Writes the last payment of a database again and again, with the rows that came with it.

    `written` is how the driver names a parameter, such as `:{}`; the connection begins no transaction by itself.
    """

    def __init__(self, connection: Any, begin: str, written: str) -> None:
        self._connection, self._begin, self._written = connection, begin, written
        self._payment = self._last("payment", "sequence = (SELECT max(sequence) FROM payment)")
        self._action = self._last("money_action", f"key = '{self._payment['key']}'")
        self._audit = self._last("audit_entry", f"subject = '{self._payment['id']}'")
        self._entries = self._rows("ledger_entry", f"payment_sequence = {self._payment.pop('sequence')}")
        tables = {"payment": self._payment, "money_action": self._action, "audit_entry": self._audit}
        self._inserts = {name: self._insert(name, row) for name, row in tables.items()}
        for row in (self._audit, *self._entries):
            del row["sequence"]
        self._inserts |= {
            "ledger_entry": self._insert("ledger_entry", self._entries[0]),
            "audit_entry": self._insert("audit_entry", self._audit),
        }

    def post(self) -> None:
        """One payment in one transaction."""
        run, minor = self._connection.execute, int(self._payment["amount_minor"])
        payment_id, key, account_id = uuid4().hex, new_key(), self._payment["account_id"]
        run(self._begin)
        run(self._inserts["money_action"], self._action | {"key": key, "result_id": payment_id})
        added = run(f"{self._inserts['payment']} RETURNING sequence", self._payment | {"id": payment_id, "key": key})
        (sequence,) = added.fetchone()
        for entry in self._entries:
            run(self._inserts["ledger_entry"], entry | {"payment_sequence": sequence})
        run(
            f"UPDATE invoice SET due_minor = due_minor - {minor}"
            f" WHERE sequence = {self._entries[-1]['invoice_sequence']}"
        )
        run(f"UPDATE account SET receivable_minor = receivable_minor - {minor} WHERE id = {account_id}")
        run(
            f"UPDATE account_total SET payments_minor = payments_minor + {minor} WHERE account_id = {account_id}"
            f" AND start = (SELECT max(start) FROM account_total WHERE account_id = {account_id})"
        )
        run(self._inserts["audit_entry"], self._audit | {"subject": payment_id})
        run("COMMIT")

    def _insert(self, table: str, row: Row) -> str:
        values = ", ".join(self._written.format(name) for name in row)
        return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"

    def _rows(self, table: str, where: str) -> list[Row]:
        found = self._connection.execute(f"SELECT * FROM {table} WHERE {where}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _last(self, table: str, where: str) -> Row:
        return self._rows(table, where)[-1]
