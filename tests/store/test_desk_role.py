"""The roles of docs/operations.md: a desk can do all its work, and nothing to what is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, IntegrityConstraintViolation

from tests.desk_fixtures import PASSWORD, RETAIL, URL_FILE, Desk, create_desk, opened_in
from tests.postgresql.databases import server
from tui_billing.domain.access import Profile
from tui_billing.domain.errors import SetUpRefused
from tui_billing.store import opening
from tui_billing.store.folder_lock import one_at_a_time

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
ROLES, SCHEMA, RIGHTS = re.findall(r"```sql\n-- (?:roles|the schema|what a desk may do)\n(.*?)```", PAGE, re.DOTALL)
RECORDED = ("ledger_entry", "audit_entry", "money_action", "charge_import", "reversal", "skipped_numbers")


def url(role: str, database: str = "billing") -> str:
    return server().url(database).replace("//desk@", f"//{role}@")


def run(at: str, statements: str) -> None:
    with psycopg.connect(at, autocommit=True) as connection:
        for statement in statements.split(";"):
            connection.execute(statement)


@pytest.fixture
def desk_role(tmp_path: Path) -> Iterator[Desk]:
    """A desk as the page sets it up: made by the owner, used by the other role."""
    # Roles are the server's, which other processes of the run have too.
    with one_at_a_time(server().data):
        run(url("desk", "postgres"), ROLES)
        # As it is before PostgreSQL 15.
        run(url("desk"), "GRANT CREATE ON SCHEMA public TO PUBLIC")
        run(url("desk"), SCHEMA)
        (tmp_path / URL_FILE).write_text(url("billing_owner"))
        create_desk(tmp_path)
        run(url("billing_owner"), RIGHTS)
        (tmp_path / URL_FILE).write_text(url("billing_desk"))
        with opened_in(tmp_path) as desk:
            yield desk
        run(
            url("desk", "postgres"),
            "DROP DATABASE billing WITH (FORCE); DROP ROLE billing_desk; DROP ROLE billing_owner",
        )


def test_the_desk_s_role_does_all_the_work_of_a_desk(desk_role: Desk) -> None:
    desk = desk_role
    desk.services.users.add(desk.root, "rosa", Profile.FINANCE_ADMIN, PASSWORD, desk.services.passwords, None)
    desk.invoice("100.00")
    desk.cancel(desk.record("30.00").payment)
    desk.cancel_credit(desk.credit("5.00").payment)
    desk.charge_back(desk.make("20.00").payment, "3.00")
    desk.reverse(desk.won_dispute("7.00").charge_back)
    desk.charge("9.00", RETAIL, desk.clock().date() - timedelta(days=20))
    desk.clock.advance(days=30)
    assert desk.bill().invoiced.count == 1
    desk.reconcile()
    desk.assert_books_are_right()


def test_the_desk_s_role_changes_nothing_that_is_recorded_and_no_table(desk_role: Desk) -> None:
    desk_role.record("30.00")
    attempts = [
        *(f"DELETE FROM {table}" for table in (*RECORDED, "payment", "account")),
        *(f"TRUNCATE {table}" for table in (*RECORDED, "payment")),
        "UPDATE ledger_entry SET event = event",
        "UPDATE audit_entry SET outcome = outcome",
        "UPDATE money_action SET result_id = result_id",
        "UPDATE tui_billing_database SET training = true",
        "ALTER TABLE account DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x integer)",
        "DROP FUNCTION payment_refuses_update CASCADE",
    ]
    with psycopg.connect(url("billing_desk"), autocommit=True) as connection:
        for attempt in attempts:
            with pytest.raises(InsufficientPrivilege):
                connection.execute(attempt)
    assert desk_role.balance() == "USD 30.00"


def test_what_was_recorded_is_what_the_desk_s_role_finds_tomorrow(desk_role: Desk) -> None:
    desk_role.invoice("10.00")
    desk_role.charge_back(desk_role.make("20.00").payment, "3.00")
    desk_role.cancel(desk_role.record("30.00").payment)
    attempts = [
        *("payment SET recorded_by = 'mara'", "payment SET received = received - 1", "payment SET memo = 'x'"),
        *("payment SET recorded_at = now()", "payment SET reference = 'x'", "payment SET method = 'cash'"),
        *("payment SET cancelled_by = 'mara' WHERE cancelled_by <> ''", "invoice SET issued = issued - 1"),
        *("charge_back SET issued_by = 'mara'", "charge_back SET issued_at = now()"),
        *("charge_back SET gateway_reference = 'x'", "account SET type = 'trial'", '"user" SET account_id = 1'),
    ]
    with psycopg.connect(url("billing_desk"), autocommit=True) as connection:
        for attempt in attempts:
            with pytest.raises(IntegrityConstraintViolation, match="never changes what was recorded of it"):
                connection.execute(f"UPDATE {attempt}")


def test_an_operator_of_one_s_own_gets_nobody_past_a_trigger(desk_role: Desk) -> None:
    desk_role.record("30.00")
    with psycopg.connect(url("billing_desk"), autocommit=True) as connection:
        with pytest.raises(InsufficientPrivilege, match="permission denied for schema public"):
            connection.execute("CREATE FUNCTION mine() RETURNS boolean LANGUAGE sql AS 'SELECT true'")
        # Where an administrator has not revoked it.
        run(url("billing_owner"), "GRANT CREATE ON SCHEMA public TO PUBLIC")
        connection.execute("CREATE FUNCTION same(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'")
        connection.execute("CREATE OPERATOR public.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = same)")
        connection.execute("SET search_path = public, pg_catalog")
        with pytest.raises(IntegrityConstraintViolation):
            connection.execute("UPDATE payment SET amount_minor = amount_minor + 1")


def test_only_the_owner_upgrades(desk_role: Desk) -> None:
    functions = ", ".join(f"skipped_numbers_refuses_{action}" for action in ("update", "delete", "truncate"))
    undone = f"DROP FUNCTION {functions} CASCADE; DROP TABLE skipped_numbers; DROP TABLE account_total"
    undone += "; ALTER TABLE account DROP COLUMN sort_name; DROP INDEX account_by_state; DROP INDEX account_fragment"
    run(url("billing_owner"), f"UPDATE tui_billing_database SET schema_version = 3; {undone}")
    with pytest.raises(SetUpRefused, match="does not allow its user to do this"):
        opening.migrate(url("billing_desk"))
    assert "was upgraded" in opening.migrate(url("billing_owner"))
    assert desk_role.audit("billing@%")[-1][2] == "upgrade"
