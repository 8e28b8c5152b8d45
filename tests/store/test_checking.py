"""The check finds every figure that does not follow from the entries, and every row that is missing or out of place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk_fixtures import NOW, Desk, opened_desk
from tests.store.tampering import tamper
from tui_billing.services.charges import ImportRequest
from tui_billing.store import opening
from tui_billing.store.checking import checks, differences
from tui_billing.store.demo.load import fill_demo

ELSEWHERE = "(SELECT id FROM account WHERE number = '10000003')"
CREDIT = "(SELECT sequence FROM payment WHERE kind = 'credit')"
CREDIT_ID = "(SELECT id FROM payment WHERE kind = 'credit')"
CANCELLED = "(SELECT sequence FROM payment WHERE state = 'cancelled')"
CANCELLED_ID = "(SELECT id FROM payment WHERE state = 'cancelled')"
RECORDED_ID = "(SELECT id FROM payment WHERE kind = 'record' AND state = 'completed')"
NEW_ENTRY = (
    "INSERT INTO ledger_entry (account_id, event, debit, credit, amount_minor, payment_sequence, invoice_sequence,"
    " recorded_at, recorded_by)"
)
OF_THE_CREDIT = "recorded_at, 'nobody' FROM ledger_entry WHERE event = 'credit_issued'"

AMOUNTS = {
    "an account's funds raised": (
        "UPDATE account SET funds_minor = funds_minor + 1 WHERE funds_minor > 0",
        {"customer funds", "unapplied sum", "last statement"},
    ),
    "an account's receivable lowered": (
        "UPDATE account SET receivable_minor = receivable_minor - 1 WHERE receivable_minor > 0",
        {"receivable", "invoices due", "last statement"},
    ),
    "funds given to one who owes": (
        "UPDATE account SET funds_minor = receivable_minor + 1 WHERE receivable_minor > 0",
        {"customer funds", "unapplied sum", "funds beside a debt", "last statement", "file"},
    ),
    "an amount that is no number": (
        "UPDATE account SET funds_minor = 'much' WHERE number = '10000003'",
        {"customer funds", "unapplied sum", "unreadable value", "file"},
    ),
    "what is left of a payment lowered": (
        "UPDATE payment SET unapplied_minor = unapplied_minor - 1 WHERE kind = 'credit'",
        {"unapplied", "unapplied sum"},
    ),
    "what is left of a payment moved to another one": (
        f"UPDATE payment SET unapplied_minor = unapplied_minor + 1 WHERE kind = 'credit';"
        f"UPDATE payment SET unapplied_minor = unapplied_minor - 1 WHERE id = {RECORDED_ID}",
        {"unapplied"},
    ),
    "what is due of an invoice lowered": (
        "UPDATE invoice SET due_minor = due_minor - 1 WHERE due_minor > 0",
        {"invoice due", "invoices due"},
    ),
    "an invoice's total raised": (
        "UPDATE invoice SET total_minor = total_minor + 1",
        {"invoice total", "invoice lines", "last statement"},
    ),
    "a charge raised": ("UPDATE charge SET amount_minor = amount_minor + 1", {"invoice lines"}),
    "what was charged back lowered": (
        "UPDATE payment SET charged_back_minor = 299 WHERE charged_back_minor = 300",
        {"money out", "charged back"},
    ),
    "a total raised": (
        "UPDATE account_total SET credits_minor = credits_minor + 1 WHERE credits_minor > 0",
        {"totals", "last statement"},
    ),
    "a total of charges lowered": (
        "UPDATE account_total SET charges_minor = charges_minor - 1 WHERE charges_minor > 0",
        {"totals"},
    ),
    "an account called otherwise": (
        "UPDATE account SET name = 'Nobody', sort_name = 'nobody' WHERE number = '10000003'",
        {"search"},
    ),
    "an account that is not found": (
        "INSERT INTO account_search (account_search, rowid, search)"
        " SELECT 'delete', CAST(number AS INTEGER), search FROM account WHERE number = '10000003'",
        {"search index"},
    ),
    "a charge back made pending": (
        "UPDATE charge_back SET state = 'pending'",
        {"charged back", "charge back pending"},
    ),
}
ENTRIES = {
    "an entry with another leg": (
        "UPDATE ledger_entry SET debit = 'bank' WHERE event = 'credit_issued'",
        {"wrong legs", "file"},
    ),
    "an entry with another event": (
        "UPDATE ledger_entry SET event = 'credit_issued' WHERE event = 'funds_applied' AND amount_minor = 500",
        {"wrong legs", "money in", "totals", "file"},
    ),
    "an entry of another account": (
        f"UPDATE ledger_entry SET account_id = {ELSEWHERE} WHERE event = 'credit_issued'",
        {"wrong account", "customer funds", "totals"},
    ),
    "an entry of another payment": (
        f"UPDATE ledger_entry SET payment_sequence = {CREDIT} WHERE event = 'payment_recorded' AND amount_minor = 1500",
        {"wrong event", "money in", "unapplied"},
    ),
    "an entry of another day": (
        "UPDATE ledger_entry SET recorded_at = '2026-02-01 00:00:00.000000' WHERE event = 'credit_issued'",
        {"back in time", "totals"},
    ),
    "an entry of money out of nowhere": (
        f"{NEW_ENTRY} SELECT account_id, event, debit, credit, 5, NULL, NULL, {OF_THE_CREDIT};"
        "UPDATE account SET funds_minor = funds_minor + 5 WHERE funds_minor > 0",
        {"wrong references", "unapplied sum", "totals", "last statement", "file"},
    ),
    "an entry that names an invoice it has nothing to do with": (
        "UPDATE ledger_entry SET invoice_sequence = 1 WHERE event = 'credit_issued'",
        {"wrong references", "file"},
    ),
    "an entry by which money of this kind does not come in": (
        "UPDATE ledger_entry SET event = 'card_payment_completed', debit = 'card_clearing'"
        " WHERE event = 'credit_issued'",
        {"wrong event", "totals"},
    ),
    "an entry by which money of this kind does not go out": (
        "UPDATE ledger_entry SET event = 'credit_cancelled', credit = 'credits_granted'"
        " WHERE event = 'payment_cancelled'",
        {"wrong event", "totals"},
    ),
    "more undone than was applied": (
        f"{NEW_ENTRY} SELECT account_id, 'application_undone', 'receivable', 'customer_funds', 5, {CREDIT}, 1,"
        f" {OF_THE_CREDIT};"
        f"{NEW_ENTRY} SELECT account_id, 'funds_applied', 'customer_funds', 'receivable', 5, {CREDIT}, 3,"
        f" {OF_THE_CREDIT}",
        {"undone beyond applied", "invoice due"},
    ),
    "an entry deleted": (
        "DELETE FROM ledger_entry WHERE event = 'payment_cancelled'",
        {"missing rows", "customer funds", "unapplied", "money out", "totals"},
    ),
    "a pair of entries deleted": (
        "DELETE FROM ledger_entry WHERE sequence IN (SELECT sequence FROM ledger_entry"
        " WHERE event IN ('application_undone', 'funds_applied') AND amount_minor = 800)",
        {"missing rows"},
    ),
    "the last entries deleted": (
        "DELETE FROM ledger_entry WHERE account_id = (SELECT account_id FROM charge_back JOIN payment"
        " ON payment.id = payment_id) AND event = 'funds_applied' AND amount_minor = 500",
        {"missing rows", "customer funds", "receivable", "invoice due", "unapplied"},
    ),
}
PAYMENTS = {
    "a completed credit called failed": (
        "UPDATE payment SET state = 'failed' WHERE kind = 'credit'",
        {"state of payment", "money in"},
    ),
    "a card payment called pending": (
        "UPDATE payment SET state = 'pending' WHERE kind = 'manual'",
        {"state of payment", "money in"},
    ),
    "a partly charged back payment called completed": (
        "UPDATE payment SET state = 'completed' WHERE kind = 'manual'",
        {"state of payment"},
    ),
    "a partly charged back payment called charged back": (
        "UPDATE payment SET state = 'charged_back' WHERE kind = 'manual'",
        {"state of payment"},
    ),
    "a charge back of a recorded payment said to be pending": (
        f"UPDATE payment SET charge_back_pending_minor = 1 WHERE id = {RECORDED_ID}",
        {"state of payment", "charge back pending"},
    ),
    "a state that there is not": (
        "UPDATE payment SET state = 'lost' WHERE kind = 'credit'",
        {"state of payment", "file"},
    ),
    "a cancelled payment called completed": (
        "UPDATE payment SET state = 'completed' WHERE state = 'cancelled'",
        {"cancellation", "money out", "actions"},
    ),
    "a cancellation without its moment": (
        "UPDATE payment SET cancelled_at = NULL WHERE state = 'cancelled'",
        {"cancellation"},
    ),
    "a cancellation by nobody": (
        "UPDATE payment SET cancelled_by = '' WHERE state = 'cancelled'",
        {"cancellation"},
    ),
    "a reason to cancel what was not cancelled": (
        "UPDATE payment SET cancel_reason = 'other' WHERE kind = 'credit'",
        {"cancellation"},
    ),
    "a recorded payment made a card payment": (
        f"UPDATE payment SET kind = 'manual' WHERE id = {RECORDED_ID}",
        {"kind of payment", "wrong event"},
    ),
    "a recorded payment on an account of another type": (
        "UPDATE account SET type = 'trial' WHERE number = '10000001'",
        {"kind of payment"},
    ),
    "a card payment on an account of another type": (
        "UPDATE account SET type = 'corporate' WHERE number = '10000002'",
        {"kind of payment"},
    ),
    "a card payment without its gateway": (
        "UPDATE payment SET gateway = '' WHERE kind = 'manual'",
        {"kind of payment"},
    ),
    "a recorded payment paid by card": (
        f"UPDATE payment SET method = 'card' WHERE id = {RECORDED_ID}",
        {"kind of payment"},
    ),
    "a charge back of a recorded payment": (
        f"UPDATE charge_back SET payment_id = {RECORDED_ID}",
        {"kind charged back", "charged back"},
    ),
    "a charge on another account than its invoice": (
        f"UPDATE charge SET account_id = {ELSEWHERE}",
        {"charge on another account"},
    ),
}
STRUCTURE = {
    "a payment deleted": (
        "DELETE FROM payment WHERE kind = 'manual'",
        {"missing rows", "reference into nothing", "action without its result", "actions"},
    ),
    "a payment deleted that left nothing": (
        "DELETE FROM payment WHERE state = 'cancelled'",
        {"missing rows", "reference into nothing", "action without its result", "actions"},
    ),
    "a payment deleted with all that tells of it": (
        f"DELETE FROM ledger_entry WHERE payment_sequence = {CANCELLED};"
        f"DELETE FROM money_action WHERE result_id = {CANCELLED_ID};"
        "DELETE FROM payment WHERE state = 'cancelled'",
        {"missing rows"},
    ),
    "an invoice deleted": (
        "DELETE FROM invoice WHERE due_minor > 0",
        {"missing rows", "reference into nothing", "invoices due", "last statement"},
    ),
    "a paid invoice deleted": (
        "DELETE FROM invoice WHERE due_minor = 0 AND sequence = 1",
        {"missing rows", "reference into nothing", "last statement"},
    ),
    "a charge back deleted": (
        "DELETE FROM charge_back",
        {"missing rows", "charged back", "action without its result", "actions"},
    ),
    "an account deleted": (
        "DELETE FROM account WHERE number = '10000004'",
        {"search index", "missing rows", "reference into nothing"},
    ),
    "the last user deleted": ("DELETE FROM user WHERE name = 'dana'", {"missing rows"}),
    "an entry of the audit log deleted": ("DELETE FROM audit_entry WHERE sequence = 5", {"missing rows"}),
    "the last entries of the audit log deleted": ("DELETE FROM audit_entry WHERE sequence > 5", {"missing rows"}),
    "the charges of an invoice deleted": ("DELETE FROM charge WHERE invoice_sequence = 1", {"invoice lines"}),
    "the key of a payment deleted": (
        f"DELETE FROM money_action WHERE result_id = {CREDIT_ID}",
        {"key without its action", "actions"},
    ),
    "the key of a charge back deleted": (
        "DELETE FROM money_action WHERE key = (SELECT key FROM charge_back)",
        {"key without its action", "actions"},
    ),
    "the key of a cancellation deleted": (
        f"DELETE FROM money_action WHERE result_id = {CANCELLED_ID} AND key NOT IN (SELECT key FROM payment)",
        {"actions"},
    ),
    "a key that led nowhere": (
        "INSERT INTO money_action VALUES ('key', 'content', 'result')",
        {"action without its result", "actions"},
    ),
    "a key with another result": (
        f"UPDATE money_action SET result_id = {CANCELLED_ID} WHERE result_id = {CREDIT_ID}",
        {"key without its action"},
    ),
    "a payment with another key": (
        "UPDATE payment SET key = 'key' WHERE kind = 'credit'",
        {"key without its action"},
    ),
}
BILLING = {
    "an invoice moved to another period": (
        "UPDATE invoice SET period_start = date(period_start, '-3 day') WHERE sequence = 1",
        {"period of invoice"},
    ),
    "a period that does not end where the next one begins": (
        "UPDATE invoice SET period_end = date(period_end, '+1 day') WHERE sequence = 1",
        {"period of invoice"},
    ),
    "an account billed to the middle of a period": (
        "UPDATE account SET billed_through = '2025-12-10' WHERE number = '10000001'",
        {"billed through"},
    ),
    "an automatic payment for nothing": (
        "UPDATE payment SET kind = 'auto' WHERE kind = 'manual'",
        {"automatic payment", "file"},
    ),
    "a payment for an invoice of somebody else": (
        "UPDATE payment SET kind = 'auto', invoice_sequence = 1 WHERE kind = 'manual'",
        {"automatic payment"},
    ),
    "an imported charge deleted": (
        "DELETE FROM charge WHERE import_sequence IS NOT NULL",
        {"imported charges"},
    ),
}
DISPUTES = {
    "what came back of a charge back raised": (
        "UPDATE charge_back SET reversed_minor = reversed_minor + 1",
        {"reversed", "charged back"},
    ),
    "what came back of a payment hidden": (
        "UPDATE payment SET charged_back_minor = charged_back_minor + 1",
        {"charged back", "money out"},
    ),
    "a charge back of a dispute called one that was sent": (
        "UPDATE charge_back SET dispute = NULL",
        {"charge back of a dispute"},
    ),
    "a reversal deleted": (
        "DELETE FROM reversal",
        {"missing rows", "reversed", "action without its result", "actions"},
    ),
    "a reversal called a payment": (
        "UPDATE ledger_entry SET event = 'card_payment_completed' WHERE event = 'charge_back_reversed'",
        {"money in", "money out"},
    ),
}
PROFILES = {
    "a provider's profile given to somebody of a customer": (
        "UPDATE \"user\" SET profile = 'Root' WHERE account_id IS NOT NULL",
        {"profile of user"},
    ),
    "somebody of a customer without an account": (
        "UPDATE \"user\" SET account_id = NULL WHERE profile = 'Master User'",
        {"profile of user"},
    ),
}
# What a column of a SQLite file may hold, whatever its type: the row, the column and what is in it.
UNREADABLE = {
    "a day that is none": ("account row 1", "billed_through", "'zzz'"),
    "a day of a month that has not so many": ("payment row 1", "received", "'2026-02-30'"),
    "a day with its time": ("payment row 1", "expires", "'2026-02-03 00:00:00'"),
    "a day of the year 0": ("payment row 1", "expires", "'0000-02-03'"),
    "a day in bytes": ("invoice row 1", "issued", "CAST('2026-02-03' AS BLOB)"),
    "the day that it is": ("invoice row 1", "due_date", "'now'"),
    "a moment that is none": ("user row 1", "locked_until", "'zzz'"),
    "a moment without its microseconds": ("user row 1", "locked_until", "'2026-02-03 10:00:00'"),
    "a moment with its zone": ("user row 1", "locked_until", "'2026-02-03 10:00:00.000000+00:00'"),
    "a moment that goes on unseen": ("user row 1", "locked_until", "'2026-02-03 10:00:00.000000' || char(0) || 'x'"),
    "an hour that there is not": ("payment row 1", "unanswered_at", "'2026-02-03 25:00:00.000000'"),
    "a moment of the log": ("audit_entry row 1", "recorded_at", "'zzz'"),
    "a text in bytes": ("payment row 1", "memo", "x'61'"),
    "a text that is no UTF-8": ("payment row 1", "memo", "CAST(x'ff' AS TEXT)"),
    "a character in halves": ("payment row 1", "memo", "CAST(x'c3' AS TEXT)"),
    "a name in bytes": ("account row 1", "name", "x'ff00fe'"),
    "a name that is no UTF-8": ("account row 1", "name", "CAST(x'ff41' AS TEXT)"),
    "a number that names the row": ("account row 1", "number", "CAST(x'ff41' AS TEXT)"),
    "an ID in bytes": ("payment row 1", "id", "x'ff'"),
    "a switch that is neither on nor off": ("user row 1", "disabled", "'zzz'"),
    "a switch that is on twice": ("user row 1", "disabled", "2"),
    "a count that is a text": ("user row 1", "failures", "'zzz'"),
    "a count with a fraction": ("user row 1", "failures", "1.5"),
    "a day among totals": ("account_total row 2", "start", "'zzz'"),
}
DAMAGES = AMOUNTS | ENTRIES | PAYMENTS | STRUCTURE | BILLING | DISPUTES | PROFILES


@pytest.fixture(scope="module")
def busy_template(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database in which everything has happened once."""
    directory = tmp_path_factory.mktemp("busy")
    with opened_desk(desk_template, directory) as desk:
        make_busy(desk)
    return directory


@pytest.fixture
def busy(busy_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a copy of it."""
    with opened_desk(busy_template, tmp_path) as desk:
        yield desk


def make_busy(desk: Desk) -> None:
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


def assert_found(desk: Desk, damage: str) -> None:
    statements, figures = DAMAGES[damage]
    tamper(desk, statements)
    found = desk.services.checks.check(desk.finance)
    assert {difference.figure for difference in found} == figures


@pytest.mark.parametrize("damage", [damage for damage in DAMAGES if damage not in DISPUTES])
def test_the_check_finds(busy: Desk, damage: str) -> None:
    assert_found(busy, damage)


@pytest.mark.parametrize("damage", DISPUTES)
def test_the_check_of_a_dispute_that_was_won_finds(desk: Desk, damage: str) -> None:
    desk.reverse(desk.won_dispute("8.00").charge_back, "3.00")
    assert desk.services.checks.check(desk.finance) == []
    assert_found(desk, damage)


@pytest.mark.parametrize("damage", UNREADABLE)
def test_the_check_of_a_file_names_a_value_that_cannot_be_read(busy: Desk, damage: str) -> None:
    row, column, value = UNREADABLE[damage]
    table, _, number = row.split()
    key = "account_id" if table == "account_total" else "rowid"
    tamper(busy, f"UPDATE {table} SET {column} = {value} WHERE {key} = {number}")
    found = {difference.subject for difference in busy.services.checks.check(busy.finance)}
    assert f"{row}, {column}" in found


def test_moments_and_texts_of_every_kind_are_readable(busy: Desk) -> None:
    tamper(
        busy,
        "UPDATE user SET locked_until = '9999-12-31 23:59:59.999999', failures = -1, disabled = 1 WHERE id = 1;"
        "UPDATE payment SET memo = 'Ångström 🏳️‍🌈', expires = '0001-01-01' WHERE sequence = 1",
    )
    busy.assert_books_are_right()


def test_the_check_says_which_account_and_both_figures(busy: Desk) -> None:
    tamper(busy, "UPDATE account SET funds_minor = funds_minor + 7 WHERE number = '10000001'")
    difference = busy.services.checks.check(busy.finance)[0]
    assert (difference.figure, difference.subject) == ("customer funds", "account 10000001")
    assert difference.stored == difference.recomputed + 7 == 557


def test_the_check_says_how_many_rows_are_missing(busy: Desk) -> None:
    auditor = busy.finance
    ((counted,),) = busy.rows("SELECT count(*) FROM audit_entry")
    tamper(busy, "DELETE FROM audit_entry WHERE sequence IN (2, 3)")
    (difference,) = busy.services.checks.check(auditor)
    assert (difference.subject, difference.stored, difference.recomputed) == (
        "table audit_entry",
        counted - 2,
        counted,
    )


def test_the_check_finds_a_missing_trigger(busy: Desk) -> None:
    busy.execute("DROP TRIGGER ledger_entry_refuses_delete")
    (difference,) = busy.services.checks.check(busy.finance)
    assert (difference.figure, difference.subject) == ("missing trigger", "trigger ledger_entry_refuses_delete")


def test_the_check_finds_a_file_that_is_damaged(busy: Desk) -> None:
    # Pages that are never used are no sign: SQLite 3.40 may not look for them where there are virtual tables.
    tamper(
        busy,
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_master SET sql = sql || ' WHERE type IS NULL' WHERE name = 'account_by_state';"
        "PRAGMA schema_version = 1000",
    )
    found = busy.services.checks.check(busy.finance)
    assert {difference.figure for difference in found} == {"file", "altered index"}
    assert any("account_by_state" in difference.subject for difference in found)


def test_rows_that_were_not_kept_leave_no_gap(busy: Desk) -> None:
    entry = "INSERT INTO ledger_entry SELECT NULL, account_id, event, debit, credit, 1, payment_sequence,"
    for fault in ("'late'", "NULL"):
        with pytest.raises(Exception, match=r"constraint|no such column"), busy.store.writing() as connection:
            connection.exec_driver_sql(f"{entry} invoice_sequence, recorded_at, 'x' FROM ledger_entry")
            connection.exec_driver_sql(f"{entry} 99, recorded_at, {fault} FROM ledger_entry")
    busy.record("1.00")
    busy.assert_books_are_right()


def test_every_check_can_be_made_to_speak() -> None:
    spoken = {figure for _, figures in DAMAGES.values() for figure in figures}
    assert set(checks("sqlite")) <= spoken
    assert spoken - set(checks("sqlite")) == {"search", "search index", "unreadable value"}


@pytest.mark.parametrize("payments", [None, 2000])
def test_the_demo_data_passes_every_check(tmp_path: Path, payments: int | None) -> None:
    url = str(tmp_path / "demo.db")
    opening.create(url, lambda c: fill_demo(c, today=NOW.date(), password_hash="x", payments=payments))
    store = opening.open_store(url)
    with store.reading() as connection:
        assert differences(connection) == []
    store.close()
