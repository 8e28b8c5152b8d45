"""Everything that happens at a desk, once."""

from __future__ import annotations

from tests.desk_fixtures import Desk
from tui_billing.services.charges import ImportRequest


def make_busy(desk: Desk) -> None:
    """Make it happen."""
    desk.invoice("10.00")
    desk.record("15.00")
    desk.cancel(desk.record("3.00").payment)
    desk.credit("1.00")
    desk.invoice("20.00", "10000002")
    paid = desk.make("8.00").payment
    desk.charge_back(paid, "3.00")
    desk.invoice("0.50")
    content = "account,date,description,quantity,unit_price,amount\n10000003,2026-03-01,Compute,,,5"
    desk.services.charges.import_file(desk.finance, ImportRequest("march.csv", content.encode()))
    desk.assert_books_are_right()
