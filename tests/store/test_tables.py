"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from tests.desk_fixtures import CARDLESS, CORPORATE, Desk, opened_desk
from tui_billing.services.charges import ImportRequest
from tui_billing.store.schema import ROWS, TABLES, TRIGGERS
from tui_billing.store.tables import AccountRow, LedgerEntryRow, table
from tui_billing.store.triggers import APPEND_ONLY, CHANGING, ONCE, fixed

AMOUNTS = sorted(
    (table(row).name, column.name) for row in ROWS for column in table(row).columns if column.name.endswith("_minor")
)

BY_NAME = {each.name: each for each in TABLES}
# A charge that waits for its invoice may be withdrawn.
KEPT = [name for name in CHANGING if name != "charge"]
# More can go back in a month than comes in.
MAY_BE_BELOW_ZERO = {
    ("account", "credit_limit_minor"),
    ("account_total", "payments_minor"),
    ("account_total", "credits_minor"),
}


@pytest.fixture(scope="module")
def busy_template(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a row in every table."""
    directory = tmp_path_factory.mktemp("busy")
    with opened_desk(desk_template, directory) as desk:
        desk.invoice("10.00")
        desk.record("5.00")
        desk.credit("1.00")
        desk.charge_back(desk.make("20.00").payment, "5.00")
        content = f"account,date,description,quantity,unit_price,amount\n{CORPORATE},2026-03-01,Compute,,,5"
        desk.services.charges.import_file(desk.finance, ImportRequest("march.csv", content.encode()))
        desk.reverse(desk.won_dispute("7.00").charge_back, "2.00")
        desk.services.cards.attach(desk.finance, CARDLESS, "card_approved")
        desk.execute("INSERT INTO skipped_numbers VALUES ('payment', 0)")
    return directory


@pytest.fixture
def busy(busy_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a copy of it."""
    with opened_desk(busy_template, tmp_path) as desk:
        yield desk


def test_every_table_with_amounts_is_known() -> None:
    assert {name for name, _ in AMOUNTS} == {
        *("account", "payment", "charge_back", "reversal", "finding", "invoice", "charge", "ledger_entry"),
        "account_total",
    }
    assert len(AMOUNTS) == 18


@pytest.mark.parametrize(("name", "column"), AMOUNTS)
def test_an_amount_that_is_not_whole_or_below_zero_is_refused_by_the_database(
    busy: Desk, name: str, column: str
) -> None:
    if (name, "UPDATE") in {(trigger.table, trigger.action) for trigger in TRIGGERS}:
        busy.execute(f"DROP TRIGGER {name}_refuses_update")
    below_zero = () if (name, column) in MAY_BE_BELOW_ZERO else (-1,)
    for value in (1.5, "12.50", "abc", b"5", *below_zero):
        with pytest.raises(IntegrityError, match="CHECK constraint failed"):
            busy.execute(f"UPDATE {name} SET {column} = :value", value=value)


@pytest.mark.parametrize(
    "change",
    [
        "account SET funds_minor = 5, receivable_minor = 5",
        "account SET billing_day = 29",
        "account SET billing_day = 0",
        "payment SET unapplied_minor = amount_minor + 1",
        "payment SET charged_back_minor = amount_minor, charge_back_pending_minor = 1",
        "payment SET amount_minor = 0",
        "charge_back SET amount_minor = 0",
        "charge_back SET reversed_minor = amount_minor + 1",
        "reversal SET amount_minor = 0",
        "finding SET kind = 'rumour'",
        "invoice SET due_minor = total_minor + 1",
        "payment SET account_id = 12345",
        "charge_back SET payment_id = 'nobody'",
        "payment SET key = 'the same'",
        "account SET number = '10000001'",
        "user SET name = 'finance'",
        "account SET type = 'gold'",
        "account SET state = 'lost'",
        "user SET profile = 'God'",
        "payment SET state = 'lost'",
        "payment SET method = 'barter'",
        "payment SET cancel_reason = 'bored'",
        "charge_back SET state = 'lost'",
        "charge_back SET reason = 'bored'",
    ],
)
def test_figures_and_references_that_cannot_be_are_refused_by_the_database(busy: Desk, change: str) -> None:
    with pytest.raises(IntegrityError):
        busy.execute(f"UPDATE {change}")


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_ledger_audit_log_imports_and_keys_are_append_only(busy: Desk, name: str) -> None:
    before = busy.rows(f"SELECT * FROM {name}")
    assert before
    for statement in (
        f"DELETE FROM {name}",
        f"UPDATE {name} SET rowid = rowid",
        f"UPDATE {name} SET rowid = rowid + 1",
    ):
        with pytest.raises(IntegrityError, match=f"{name} is append-only"):
            busy.execute(statement)
    assert busy.rows(f"SELECT * FROM {name}") == before


@pytest.mark.parametrize("name", [table.name for table in TABLES])
def test_no_row_is_rewritten_by_inserting_over_it(busy: Desk, name: str) -> None:
    busy.charge("0.05")
    before = busy.rows(f'SELECT * FROM "{name}"')
    assert before
    with pytest.raises(IntegrityError, match=f"{name} is there already and is never replaced"):
        busy.execute(f'INSERT OR REPLACE INTO "{name}" SELECT * FROM "{name}"')
    assert busy.rows(f'SELECT * FROM "{name}"') == before


@pytest.mark.parametrize(
    ("name", "column"), [("payment", "id"), ("payment", "key"), ("invoice", "number"), ("user", "name")]
)
def test_no_row_is_rewritten_by_inserting_one_with_its_id(busy: Desk, name: str, column: str) -> None:
    (found,) = (table for table in TABLES if table.name == name)
    columns = [each for each in found.columns if not each.primary_key]
    values = [f"{each.name} || '2'" if each.unique and each.name != column else each.name for each in columns]
    names = ", ".join(each.name for each in columns)
    with pytest.raises(IntegrityError, match=f"{name} is there already and is never replaced"):
        busy.execute(f'INSERT OR REPLACE INTO "{name}" ({names}) SELECT {", ".join(values)} FROM "{name}"')


@pytest.mark.parametrize("name", KEPT)
def test_no_row_that_money_hangs_on_is_deleted(busy: Desk, name: str) -> None:
    with pytest.raises(IntegrityError, match=f"{name} is never deleted"):
        busy.execute(f'DELETE FROM "{name}"')


@pytest.mark.parametrize("name", CHANGING)
def test_what_was_recorded_of_a_row_never_changes(busy: Desk, name: str) -> None:
    before = busy.rows(f'SELECT * FROM "{name}"')
    for column in fixed(BY_NAME[name]):
        for verb in ("UPDATE", "UPDATE OR REPLACE"):
            with pytest.raises(IntegrityError, match=f"{name} (never changes|stays as)"):
                busy.execute(f'{verb} "{name}" SET {column} = coalesce({column}, 0) || 1')
        if name != "charge":
            busy.execute(f'UPDATE "{name}" SET {column} = {column}')
    assert busy.rows(f'SELECT * FROM "{name}"') == before


@pytest.mark.parametrize(("name", "column"), [(name, column) for name, columns in ONCE.items() for column in columns])
def test_what_becomes_of_a_row_is_written_once(busy: Desk, name: str, column: str) -> None:
    first = {"cancelled_at": "2026-03-17 09:00:00", "cancel_reason": "duplicate", "invoice_sequence": 1}
    unknown = f"{column} IS NULL OR {column} = ''"
    busy.execute(f"UPDATE {name} SET {column} = :value WHERE {unknown}", value=first.get(column, "first"))
    assert busy.rows(f"SELECT count(*) FROM {name} WHERE {unknown}") == [(0,)]
    for other in ("NULL", "'other'", "''"):
        with pytest.raises(IntegrityError, match=f"{name} (never changes|stays as)"):
            busy.execute(f"UPDATE {name} SET {column} = {other}")


@pytest.mark.parametrize("name", KEPT)
def test_no_row_takes_another_number_by_its_other_name(busy: Desk, name: str) -> None:
    with pytest.raises(IntegrityError, match=f"{name} never changes"):
        busy.execute(f'UPDATE "{name}" SET rowid = rowid + 100')


def test_the_money_that_was_recorded_is_told_as_it_was_recorded() -> None:
    """What an operator has said of it, and who and when, is no matter of what became of it."""
    told = {"payment": "recorded_by received recorded_at reference memo method kind amount_minor card_label gateway"}
    told |= {"invoice": "issued due_date period_start total_minor", "charge_back": "issued_by issued_at case_reference"}
    told |= {"charge": "description dated amount_minor", "account": "type currency", "user": "account_id"}
    for name, columns in told.items():
        assert set(columns.split()) <= set(fixed(BY_NAME[name]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE charge SET description = 'Storage' WHERE invoice_sequence IS NOT NULL",
        "UPDATE charge SET invoice_sequence = NULL WHERE invoice_sequence IS NOT NULL",
        "DELETE FROM charge WHERE invoice_sequence IS NOT NULL",
        "UPDATE OR REPLACE charge SET sequence = 1 WHERE invoice_sequence IS NULL",
        "UPDATE charge SET amount_minor = 1 WHERE invoice_sequence IS NULL",
    ],
)
def test_a_charge_stays_as_its_invoice_has_it(busy: Desk, statement: str) -> None:
    busy.charge("0.05")
    before = busy.rows("SELECT * FROM charge")
    with pytest.raises(IntegrityError, match="charge stays as its invoice has it"):
        busy.execute(statement)
    assert busy.rows("SELECT * FROM charge") == before


def test_a_charge_that_waits_for_its_invoice_may_be_withdrawn(busy: Desk) -> None:
    busy.charge("0.05")
    with pytest.raises(IntegrityError, match="charge stays as its invoice has it, or its import"):
        busy.execute("DELETE FROM charge WHERE import_sequence IS NOT NULL")
    busy.execute("DELETE FROM charge WHERE invoice_sequence IS NULL AND import_sequence IS NULL")
    assert busy.services.checks.check(busy.finance) == []


@pytest.mark.parametrize(
    "values",
    [
        "'credit_issued', 'bank', 'customer_funds', 1, NULL",
        "'credit_issued', 'credits_granted', 'customer_funds', NULL, NULL",
        "'credit_issued', 'credits_granted', 'customer_funds', 1, 1",
        "'funds_applied', 'customer_funds', 'receivable', 1, NULL",
        "'charges_invoiced', 'receivable', 'revenue', 1, 1",
        "'windfall', 'credits_granted', 'customer_funds', 1, NULL",
    ],
)
def test_an_entry_has_the_legs_of_its_event_and_names_what_it_moves(busy: Desk, values: str) -> None:
    with pytest.raises(IntegrityError, match="CHECK constraint failed"):
        busy.execute(
            "INSERT INTO ledger_entry (event, debit, credit, payment_sequence, invoice_sequence, account_id,"
            f" amount_minor, recorded_at, recorded_by) VALUES ({values}, 2, 1, '2026-03-17', 'x')"
        )


def test_an_entry_never_moves_money_from_an_account_to_itself(busy: Desk) -> None:
    with pytest.raises(IntegrityError, match="CHECK constraint failed"):
        busy.execute(
            "INSERT INTO ledger_entry (account_id, event, debit, credit, amount_minor, recorded_at, recorded_by)"
            " VALUES (1, 'x', 'bank', 'bank', 1, '2026-03-17', 'x')"
        )


@pytest.mark.parametrize("value", [1.0, True, "5"])
def test_python_refuses_an_amount_that_is_no_integer_before_sql_sees_it(desk: Desk, value: Any) -> None:
    account = table(AccountRow)
    with pytest.raises(StatementError, match="amounts are whole minor units"), desk.store.writing() as connection:
        connection.execute(account.update().where(account.c.number == CORPORATE).values(funds_minor=value))


def test_a_moment_is_kept_in_utc_whatever_zone_it_was_given_in(desk: Desk) -> None:
    desk.clock.now = datetime(2026, 3, 17, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    desk.record("5.00")
    entry = table(LedgerEntryRow)
    with desk.store.reading() as connection:
        recorded_at = connection.execute(entry.select()).mappings().one()["recorded_at"]
    assert recorded_at == datetime(2026, 3, 18, 4, 30, tzinfo=UTC)
    assert recorded_at.tzinfo is UTC
    assert desk.rows("SELECT recorded_at FROM ledger_entry")[0][0].startswith("2026-03-18 04:30:00")


def test_append_only_tables_are_those_that_prove_things() -> None:
    assert set(APPEND_ONLY) == {
        *("ledger_entry", "audit_entry", "money_action", "charge_import", "reversal", "skipped_numbers"),
    }
