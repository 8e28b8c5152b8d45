"""What each account's ledger entries come to, kept beside them so that nobody has to add up all there ever were."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, select, update

from tui_billing.domain.accounts import Account
from tui_billing.domain.invoices import stretch_of
from tui_billing.domain.ledger import COUNTS, Entry, Totals
from tui_billing.store.compiled_tables import ACCOUNT_TOTAL as TOTAL
from tui_billing.store.prepared import Prepared

COLUMNS = (TOTAL.c.charges_minor, TOTAL.c.payments_minor, TOTAL.c.credits_minor)
RAISE = Prepared(
    update(TOTAL)
    .where(TOTAL.c.account_id == bindparam("of_account"), TOTAL.c.start == bindparam("of_start"))
    .values({column: column + bindparam(f"more_{column.name}") for column in COLUMNS})
)
INSERT = Prepared(TOTAL.insert())
OF_ACCOUNT = Prepared(
    select(TOTAL.c.start, *COLUMNS).where(TOTAL.c.account_id == bindparam("account_id")).order_by(TOTAL.c.start)
)


def add(connection: Connection, account: Account, day: date, entries: Iterable[Entry]) -> None:
    """Count entries that are recorded on a day."""
    more = sum((entry.totals for entry in entries if entry.event in COUNTS), Totals())
    if more == Totals():
        return
    start = stretch_of(day, account.billing_day)
    minor = {column.name: getattr(more, column.name) for column in COLUMNS}
    raised = {f"more_{name}": value for name, value in minor.items()}
    if not RAISE.run(connection, of_account=account.id, of_start=start, **raised):
        INSERT.run(connection, account_id=account.id, start=start, **minor)


def by_span(connection: Connection, account_id: int, starts: Sequence[date]) -> list[Totals]:
    """An account's totals before the first start, then from start to start; each begins a month or billing period."""
    spans = [Totals()] * (len(starts) + 1)
    for row in OF_ACCOUNT.rows(connection, account_id=account_id):
        index = bisect_right(starts, row.pop("start"))
        spans[index] += Totals(**row)
    return spans
