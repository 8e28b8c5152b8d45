"""The check: every stored figure held against the ledger entries, and every row against the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.services.billing import last_statement
from tui_billing.services.permissions import requires
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store.accounts import all_accounts
from tui_billing.store.checking import Difference, card_clearing, differences
from tui_billing.store.checks.structure import FILE


@dataclass(frozen=True, slots=True)
class Checks(Service):
    """Proves the cached figures against the entries."""

    @requires(Permission.FINANCE)
    def check(self, session: OperatorSession) -> list[Difference]:  # noqa: ARG002
        """Every figure that the entries do not bear out; empty when the books are right."""
        with self.store.reading() as connection:
            return check_books(connection, self.clock().date())

    @requires(Permission.FINANCE)
    def card_clearing(self, session: OperatorSession) -> dict[tuple[str, str], int]:  # noqa: ARG002
        """The card clearing account, in minor units, by gateway and currency: what the gateway must agree with."""
        with self.store.reading() as connection:
            return card_clearing(connection)


def check_books(connection: Connection, today: date) -> list[Difference]:
    """Every figure of a database that its entries do not bear out."""
    found = differences(connection)
    # Rows that break what the tables declare cannot be read as accounts.
    if all(difference.figure != FILE for difference in found):
        found += _unlike_statements(connection, today)
    return found


def _unlike_statements(connection: Connection, today: date) -> list[Difference]:
    """The accounts whose last statement does not end with what the account owes."""
    found = []
    for account in all_accounts(connection):
        net_minor = last_statement(connection, account, today).net_balance_minor
        if net_minor != -account.balance.minor_units:
            subject = f"account {account.number}"
            found.append(Difference("last statement", subject, -account.balance.minor_units, net_minor))
    return found
