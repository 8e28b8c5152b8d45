"""What the database itself refuses once a period is closed, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from tests.desk_fixtures import POSTGRESQL, SQLITE, Desk

pytestmark = pytest.mark.parametrize("desk_template", [SQLITE, POSTGRESQL], indirect=True, scope="session")

COPIED_ENTRY = (
    "INSERT INTO ledger_entry (account_id, event, debit, credit, amount_minor, payment_sequence, recorded_at,"
    " recorded_by) SELECT account_id, event, debit, credit, 1, payment_sequence, '{moment}', 'nobody'"
    " FROM ledger_entry WHERE event = 'credit_issued'"
)
COPIED_INVOICE = (
    "INSERT INTO invoice (number, account_id, period_start, period_end, issued, due_date, total_minor, due_minor)"
    " SELECT 'INV-2', account_id, '2026-02-01', '2026-02-28', issued, due_date, 0, 0 FROM invoice"
)


@pytest.fixture
def closed(desk: Desk) -> Desk:
    """A desk that has billed through February."""
    desk.bill()
    desk.invoice("5.00")
    desk.credit("1.00")
    return desk


def test_no_entry_is_recorded_in_a_closed_period(closed: Desk) -> None:
    with pytest.raises(IntegrityError, match="ledger_entry never enters a closed period"):
        closed.execute(COPIED_ENTRY.format(moment="2026-02-28 23:59:59.999999"))
    closed.execute(COPIED_ENTRY.format(moment="2026-03-01 00:00:00.000000"))


def test_no_invoice_is_issued_for_a_closed_period(closed: Desk) -> None:
    with pytest.raises(IntegrityError, match="invoice is never issued for a closed period"):
        closed.execute(COPIED_INVOICE)
    closed.execute(COPIED_INVOICE.replace("2026-02", "2026-03"))


@pytest.mark.parametrize("day", ["'2026-01-31'", "NULL"])
def test_a_closed_period_is_never_opened_again(closed: Desk, day: str) -> None:
    with pytest.raises(IntegrityError, match="account never opens a closed period"):
        closed.execute(f"UPDATE account SET billed_through = {day} WHERE number = '10000001'")


def test_the_periods_of_an_account_are_cut_for_good(closed: Desk) -> None:
    for change in ("billing_day = 2", "created = '2026-01-06'"):
        with pytest.raises(IntegrityError, match="account never changes"):
            closed.execute(f"UPDATE account SET {change} WHERE number = '10000001'")
