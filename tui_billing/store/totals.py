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
from tui_billing.store.prepared import Prepared, plain

COLUMNS = (TOTAL.c.charges_minor, TOTAL.c.payments_minor, TOTAL.c.credits_minor)
# What is added to each column is the parameter of this name.
MORE = {plain(column.name): f"more_{column.name}" for column in COLUMNS}
RAISE = Prepared(
    update(TOTAL)
    .where(TOTAL.c.account_id == bindparam("of_account"), TOTAL.c.start == bindparam("of_start"))
    .values({column: column + bindparam(MORE[column.name]) for column in COLUMNS})
)
INSERT = Prepared(TOTAL.insert())
OF_ACCOUNT = Prepared(
    select(TOTAL.c.start, *COLUMNS).where(TOTAL.c.account_id == bindparam("account_id")).order_by(TOTAL.c.start)
)


def add(connection: Connection, account: Account, day: date, entries: Iterable[Entry]) -> None:
    """Count entries that are recorded on a day."""
    counted = [entry.totals for entry in entries if entry.event in COUNTS]
    if not counted:
        return
    more, start = sum(counted[1:], counted[0]), stretch_of(day, account.billing_day)
    raised = {parameter: getattr(more, name) for name, parameter in MORE.items()}
    if not RAISE.run(connection, of_account=account.id, of_start=start, **raised):
        minor = {name: getattr(more, name) for name in MORE}
        INSERT.run(connection, account_id=account.id, start=start, **minor)


def by_span(connection: Connection, account_id: int, starts: Sequence[date]) -> list[Totals]:
    """An account's totals before the first start, then from start to start; each begins a month or billing period."""
    spans = [Totals()] * (len(starts) + 1)
    for row in OF_ACCOUNT.rows(connection, account_id=account_id):
        index = bisect_right(starts, row.pop("start"))
        spans[index] += Totals(**row)
    return spans
