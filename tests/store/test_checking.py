"""The check finds every figure that does not follow from the entries."""

from __future__ import annotations

import pytest

from tests.desk_fixtures import Desk
from tui_billing.store.checking import CHECKS


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A desk on which everything has happened once, with the ledger's lock taken off."""
    desk.invoice("10.00")
    desk.record("15.00")
    desk.cancel(desk.record("3.00").payment)
    desk.credit("1.00")
    desk.invoice("20.00", "10000002")
    paid = desk.make("8.00").payment
    desk.charge_back(paid, "3.00")
    desk.assert_books_are_right()
    desk.execute("DROP TRIGGER ledger_entry_refuses_update")
    desk.execute("DROP TRIGGER ledger_entry_refuses_delete")
    return desk


@pytest.mark.parametrize(
    ("tampering", "figures"),
    [
        ("UPDATE account SET funds_minor = funds_minor + 1 WHERE funds_minor > 0", {"customer funds"}),
        ("UPDATE account SET receivable_minor = receivable_minor - 1 WHERE receivable_minor > 0", {"receivable"}),
        ("UPDATE payment SET unapplied_minor = unapplied_minor - 1 WHERE unapplied_minor > 0", {"unapplied"}),
        ("UPDATE invoice SET due_minor = due_minor - 1 WHERE due_minor > 0", {"invoice due"}),
        ("UPDATE payment SET state = 'failed' WHERE kind = 'credit'", {"money in"}),
        ("UPDATE payment SET state = 'completed' WHERE state = 'cancelled'", {"money out"}),
        ("UPDATE payment SET charged_back_minor = 299 WHERE charged_back_minor = 300", {"money out", "charged back"}),
        ("UPDATE charge_back SET state = 'pending'", {"charged back", "charge back pending"}),
        ("UPDATE payment SET charge_back_pending_minor = 1 WHERE kind = 'record'", {"charge back pending"}),
        ("UPDATE invoice SET total_minor = total_minor + 1", {"invoice total", "invoice lines"}),
        ("UPDATE charge SET amount_minor = amount_minor + 1", {"invoice lines"}),
        ("UPDATE ledger_entry SET debit = 'bank' WHERE event = 'credit_issued'", {"wrong legs"}),
        ("UPDATE ledger_entry SET event = 'credit_issued' WHERE event = 'funds_applied'", {"wrong legs", "money in"}),
        (
            "UPDATE ledger_entry SET account_id = (SELECT id FROM account WHERE number = '10000003')"
            " WHERE event = 'credit_issued'",
            {"wrong account", "customer funds"},
        ),
        (
            "DELETE FROM ledger_entry WHERE event = 'payment_cancelled'",
            {"customer funds", "unapplied", "money out"},
        ),
    ],
)
def test_the_check_names_the_figure_that_was_tampered_with(busy: Desk, tampering: str, figures: set[str]) -> None:
    busy.execute(tampering)
    differences = busy.services.checks.check(busy.finance)
    assert {difference.figure for difference in differences} == figures
    assert all(difference.stored != difference.recomputed for difference in differences)


def test_the_check_says_which_account_and_both_figures(busy: Desk) -> None:
    busy.execute("UPDATE account SET funds_minor = funds_minor + 7 WHERE number = '10000001'")
    (difference,) = busy.services.checks.check(busy.finance)
    assert (difference.figure, difference.subject) == ("customer funds", "account 10000001")
    assert difference.stored == difference.recomputed + 7 == 607


def test_every_check_but_one_can_be_made_to_speak() -> None:
    spoken = {figure for _, figures in tampered() for figure in figures}
    # The database itself refuses funds beside a debt; the check is there for a database without that CHECK.
    assert set(CHECKS) - spoken == {"funds beside a debt"}


def tampered() -> list[tuple[str, set[str]]]:
    (mark,) = test_the_check_names_the_figure_that_was_tampered_with.pytestmark  # type: ignore[attr-defined]
    return list(mark.args[1])
