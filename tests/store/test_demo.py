"""The demo data: repeatable, complete, and right to the last minor unit."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState, AccountType
from tui_billing.domain.demo_users import DEMO_USERS
from tui_billing.domain.ledger import LEGS, Event, LedgerAccount
from tui_billing.domain.money import exponent
from tui_billing.domain.payments import ChargeBackState, PaymentKind, PaymentMethod, PaymentState
from tui_billing.domain.text import checked_text
from tui_billing.gateways.base import DisputeState
from tui_billing.gateways.sandbox import CARDS, WITHDRAWN, SandboxGateway
from tui_billing.store import opening
from tui_billing.store.checking import differences
from tui_billing.store.demo.accounts import APPROVING, CURRENCIES
from tui_billing.store.demo.history import DECLINES, NEVER_ARRIVED, REFUND_DECLINES
from tui_billing.store.demo.load import fill_demo
from tui_billing.store.demo.rows import GatewayRow
from tui_billing.store.engine import Store
from tui_billing.store.schema import ROWS
from tui_billing.store.tables import table

TODAY = date(2026, 3, 17)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Demo:
    """Everything a demo database holds."""

    tables: dict[str, Rows]
    gateway: list[GatewayRow]
    today: date

    def __getitem__(self, name: str) -> Rows:
        return self.tables[name]

    def account(self, name: str) -> dict[str, Any]:
        (found,) = [a for a in self["account"] if a["name"] == name]
        return found

    def of(self, table_name: str, account_name: str) -> Rows:
        account_id = self.account(account_name)["id"]
        return [row for row in self[table_name] if row["account_id"] == account_id]


@contextmanager
def opened(path: Path, gateway: list[GatewayRow], **sizes: Any) -> Iterator[Store]:
    sizes = {"today": TODAY, **sizes}
    url = str(path / "demo.db")
    opening.create(
        url, lambda connection: fill_demo(connection, password_hash="x", on_gateway_rows=gateway.extend, **sizes)
    )
    store = opening.open_store(url)
    yield store
    store.close()


def made(path: Path, **sizes: Any) -> Demo:
    gateway: list[GatewayRow] = []
    with opened(path, gateway, **sizes) as store, store.reading() as connection:
        found = {
            table(row).name: [dict(each) for each in connection.execute(select(table(row))).mappings()] for row in ROWS
        }
    return Demo(found, gateway, sizes.get("today", TODAY))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return made(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module", params=[date(2026, 1, 1), date(2024, 2, 29), date(2025, 8, 31), date(2026, 11, 22)])
def any_demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return made(tmp_path_factory.mktemp("demo"), today=request.param)


@pytest.fixture(scope="module")
def sized_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return made(tmp_path_factory.mktemp("demo"), accounts=60, payments=4000)


def test_the_same_seed_makes_the_same_rows(tmp_path: Path, demo: Demo) -> None:
    assert made(tmp_path) == demo


def test_another_seed_makes_other_rows(tmp_path: Path, demo: Demo) -> None:
    assert made(tmp_path, seed=21)["payment"] != demo["payment"]


def test_it_is_made_in_less_than_two_seconds(tmp_path: Path) -> None:
    started = time.process_time()
    with opened(tmp_path, []):
        assert time.process_time() - started < 2


def test_it_has_forty_accounts_and_the_system_account(demo: Demo) -> None:
    assert len(demo["account"]) == 41
    (system,) = [a for a in demo["account"] if a["type"] == AccountType.SYSTEM]
    assert system["number"] == SYSTEM_NUMBER


def test_every_type_state_and_currency_is_there(any_demo: Demo) -> None:
    assert {a["type"] for a in any_demo["account"]} == set(AccountType)
    assert {a["state"] for a in any_demo["account"]} == set(AccountState)
    assert {a["currency"] for a in any_demo["account"]} == set(CURRENCIES)
    assert {a["payment_terms_days"] for a in any_demo["account"]} >= {14, 30, 45, 60}
    assert any(a["credit_limit_minor"] for a in any_demo["account"])


def test_every_kind_state_and_method_of_payment_is_there(any_demo: Demo) -> None:
    assert {p["kind"] for p in any_demo["payment"]} == set(PaymentKind)
    assert {p["state"] for p in any_demo["payment"]} == set(PaymentState)
    assert {p["method"] for p in any_demo["payment"]} == set(PaymentMethod)
    assert {c["state"] for c in any_demo["charge_back"]} == set(ChargeBackState)
    # For a reversal somebody has to record a dispute before the bank decides.
    assert {e["event"] for e in any_demo["ledger_entry"]} == set(Event) - {Event.CHARGE_BACK_REVERSED}


def test_both_recorded_payments_and_credits_have_been_cancelled(any_demo: Demo) -> None:
    cancelled = [p for p in any_demo["payment"] if p["state"] == PaymentState.CANCELLED]
    assert {p["kind"] for p in cancelled} == {PaymentKind.RECORD, PaymentKind.CREDIT}
    assert all(p["cancelled_by"] and p["cancelled_at"] and p["cancel_reason"] for p in cancelled)


def test_each_way_a_card_can_fail_has_one_active_retail_account(any_demo: Demo) -> None:
    cards = Counter(a["card_payment_method_reference"] for a in any_demo["account"] if a["card_last_four"])
    assert set(cards) == set(CARDS)
    for card in set(CARDS) - {APPROVING}:
        (account,) = [a for a in any_demo["account"] if a["card_payment_method_reference"] == card]
        assert (cards[card], account["type"], account["state"]) == (1, AccountType.RETAIL, AccountState.ACTIVE)


def test_only_retail_accounts_have_cards_and_one_has_none(demo: Demo) -> None:
    assert {a["type"] for a in demo["account"] if a["card_gateway"]} == {AccountType.RETAIL}
    assert [a for a in demo["account"] if a["type"] == AccountType.RETAIL and not a["card_gateway"]]


def test_every_profile_has_a_user_and_every_account_its_master_user(any_demo: Demo) -> None:
    users = {u["name"]: u for u in any_demo["user"]}
    assert len(users) == len(any_demo["user"])
    assert {u["profile"] for u in any_demo["user"]} == set(Profile)
    assert all(users[name]["profile"] == profile for name, profile, _ in DEMO_USERS)
    for account in any_demo["account"]:
        if account["type"] != AccountType.SYSTEM:
            assert users[account["master_user"]]["account_id"] == account["id"]


def test_mara_pays_by_card_automatically_and_by_hand(any_demo: Demo) -> None:
    account = any_demo.account("Mara Lindqvist")
    assert (account["master_user"], account["currency"], account["state"]) == ("mara", "EUR", AccountState.ACTIVE)
    assert account["card_payment_method_reference"] == APPROVING
    kinds = Counter(p["kind"] for p in any_demo.of("payment", "Mara Lindqvist") if p["state"] == PaymentState.COMPLETED)
    assert kinds[PaymentKind.AUTO] >= 3 <= kinds[PaymentKind.MANUAL]


def test_globex_owes_open_and_overdue_invoices_and_has_paid_others(any_demo: Demo) -> None:
    account = any_demo.account("Globex Corporation")
    assert (account["currency"], account["state"], account["funds_minor"]) == ("USD", AccountState.ACTIVE, 0)
    due = [i["due_date"] for i in any_demo.of("invoice", "Globex Corporation") if i["due_minor"]]
    assert len(due) >= 3
    assert min(due) < any_demo.today
    recorded = [p for p in any_demo.of("payment", "Globex Corporation") if p["kind"] == PaymentKind.RECORD]
    assert {p["state"] for p in recorded} == {PaymentState.COMPLETED, PaymentState.CANCELLED}


def test_something_is_due_in_every_age(any_demo: Demo) -> None:
    late = [(any_demo.today - i["due_date"]).days for i in any_demo["invoice"] if i["due_minor"]]
    for first, last in ((-60, 0), (1, 30), (31, 60), (61, 90), (91, 800)):
        assert any(first <= days <= last for days in late), (first, last)


def test_some_have_a_credit_balance_and_a_terminated_account_still_owes(any_demo: Demo) -> None:
    assert any(a["funds_minor"] for a in any_demo["account"])
    assert any(a["receivable_minor"] for a in any_demo["account"] if a["state"] == AccountState.TERMINATED)


def test_a_new_account_has_nothing_yet(demo: Demo) -> None:
    new = {a["id"] for a in demo["account"] if a["state"] == AccountState.NEW}
    assert new
    assert not [row for name in ("payment", "invoice", "charge") for row in demo[name] if row["account_id"] in new]


def test_there_are_charges_that_wait_for_an_invoice(any_demo: Demo) -> None:
    assert [c for c in any_demo["charge"] if c["invoice_sequence"] is None]


def test_each_charge_is_quantity_times_price_and_each_invoice_the_sum_of_its_charges(any_demo: Demo) -> None:
    currencies = {a["id"]: a["currency"] for a in any_demo["account"]}
    totals: dict[int | None, int] = defaultdict(int)
    for charge in any_demo["charge"]:
        exact = (Decimal(charge["quantity"]) * Decimal(charge["unit_price"])).scaleb(
            exponent(currencies[charge["account_id"]])
        )
        assert charge["amount_minor"] == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))
        totals[charge["invoice_sequence"]] += charge["amount_minor"]
    assert all(totals[i["sequence"]] == i["total_minor"] for i in any_demo["invoice"])


def test_invoices_follow_each_other_without_a_gap(any_demo: Demo) -> None:
    terms = {a["id"]: timedelta(a["payment_terms_days"]) for a in any_demo["account"]}
    billing_days = {a["id"]: a["billing_day"] for a in any_demo["account"]}
    ends: dict[int, date] = {}
    for invoice in any_demo["invoice"]:
        account_id = invoice["account_id"]
        assert invoice["period_start"].day == billing_days[account_id]
        assert invoice["period_start"] == ends.get(account_id, invoice["period_start"])
        ends[account_id] = invoice["period_end"] + timedelta(1)
        assert (invoice["issued"], invoice["due_date"]) == (ends[account_id], ends[account_id] + terms[account_id])
    assert len({i["number"] for i in any_demo["invoice"]}) == len(any_demo["invoice"])


def sums(entries: Rows, group: str, ledger_account: LedgerAccount) -> Counter[Any]:
    """Credits less debits of a ledger account, by account, payment or invoice."""
    found: Counter[Any] = Counter()
    for entry in entries:
        if entry["credit"] == ledger_account:
            found[entry[group]] += entry["amount_minor"]
        if entry["debit"] == ledger_account:
            found[entry[group]] -= entry["amount_minor"]
    return found


def assert_balances_follow_from_the_entries(demo: Demo) -> None:
    entries = demo["ledger_entry"]
    funds = sums(entries, "account_id", LedgerAccount.CUSTOMER_FUNDS)
    receivable = sums(entries, "account_id", LedgerAccount.RECEIVABLE)
    for account in demo["account"]:
        assert (account["funds_minor"], account["receivable_minor"]) == (
            funds[account["id"]],
            -receivable[account["id"]],
        )
    unapplied = sums(entries, "payment_sequence", LedgerAccount.CUSTOMER_FUNDS)
    assert all(p["unapplied_minor"] == unapplied[p["sequence"]] for p in demo["payment"])
    due = sums(entries, "invoice_sequence", LedgerAccount.RECEIVABLE)
    assert all(i["due_minor"] == -due[i["sequence"]] for i in demo["invoice"])
    assert all((LEGS[Event(e["event"])]) == (e["debit"], e["credit"]) for e in entries)


def test_every_cached_balance_is_what_the_ledger_entries_say(any_demo: Demo) -> None:
    assert_balances_follow_from_the_entries(any_demo)


def test_every_cached_balance_of_a_larger_database_is_what_the_ledger_entries_say(sized_demo: Demo) -> None:
    assert_balances_follow_from_the_entries(sized_demo)


def test_payments_that_failed_or_are_pending_book_nothing(any_demo: Demo) -> None:
    booked = {e["payment_sequence"] for e in any_demo["ledger_entry"]}
    for payment in any_demo["payment"]:
        nothing = payment["state"] in (PaymentState.FAILED, PaymentState.PENDING)
        assert (payment["sequence"] in booked) is not nothing
        assert bool(payment["failure_reason"]) is (payment["state"] == PaymentState.FAILED)


def test_the_sandbox_agrees_with_card_clearing_but_for_the_lost_answers(any_demo: Demo, tmp_path: Path) -> None:
    sandbox = SandboxGateway(tmp_path / "sandbox.db")
    sandbox.load(any_demo.gateway)
    accounts = {a["id"]: a["currency"] for a in any_demo["account"]}
    expected: Counter[str] = Counter()
    for account_id, minor_units in sums(any_demo["ledger_entry"], "account_id", LedgerAccount.CARD_CLEARING).items():
        expected[accounts[account_id]] -= minor_units
    for payment in any_demo["payment"]:
        if payment["state"] == PaymentState.PENDING:
            expected[accounts[payment["account_id"]]] += payment["amount_minor"]
        expected[accounts[payment["account_id"]]] -= payment["charge_back_pending_minor"]
    # What no reconcile has read yet.
    for dispute in sandbox.disputes(datetime(1970, 1, 1, tzinfo=UTC)):
        expected[dispute.currency] -= dispute.amount_minor if dispute.state is DisputeState.OPEN else 0
    assert sandbox.totals() == expected


def test_the_sandbox_knows_every_card_payment_and_charge_back_by_its_key(any_demo: Demo) -> None:
    record = {row[1]: row for row in any_demo.gateway}
    by_card = [p for p in any_demo["payment"] if p["gateway"]]
    assert record.keys() == {p["key"] for p in (*by_card, *any_demo["charge_back"])}
    for row in (*by_card, *any_demo["charge_back"]):
        reference, _, kind, amount_minor, _, _, _, decline, _, our_id = record[row["key"]]
        assert our_id == ("" if kind == "withdrawn" else row["id"])
        assert row["failure_reason"] == (decline or "")
        if kind != "withdrawn":
            assert amount_minor == row["amount_minor"]
        answered = row["state"] not in (PaymentState.PENDING, PaymentState.FAILED)
        assert row["gateway_reference"] == (reference if answered else "")


def test_the_sandbox_numbers_its_next_transaction_past_all_of_these(demo: Demo) -> None:
    for number, (reference, key, kind, *_) in enumerate(demo.gateway, start=1):
        prefix = {"charge": "ch", "refund": "re"}.get(kind)
        assert reference == (f"{prefix}_{number:08d}" if prefix else f"wd_{key}")


def test_the_reasons_are_the_sandbox_s_own() -> None:
    assert {card: b.charge_decline for card, b in CARDS.items() if b.charge_decline} == DECLINES
    assert {card: b.refund_decline for card, b in CARDS.items() if b.refund_decline} == REFUND_DECLINES
    assert NEVER_ARRIVED == WITHDRAWN


def test_everything_happened_in_order_in_office_hours_and_before_today(any_demo: Demo) -> None:
    for name in ("payment", "ledger_entry"):
        latest: dict[int, datetime] = {}
        for row in any_demo[name]:
            at = row["recorded_at"]
            assert latest.get(row["account_id"], at) <= at
            latest[row["account_id"]] = at
            assert at.date() < any_demo.today
            assert 8 <= at.astimezone(UTC).hour <= 17
    assert all(p["received"] <= p["recorded_at"].date() for p in any_demo["payment"])
    created = {a["id"]: a["created"] for a in any_demo["account"]}
    assert all(created[p["account_id"]] <= p["recorded_at"].date() for p in any_demo["payment"])


def test_every_text_is_one_that_could_have_been_typed(any_demo: Demo) -> None:
    for name, columns in {
        "account": ("name", "master_user", "card_brand"),
        "user": ("name",),
        "payment": ("reference", "memo", "recorded_by", "failure_reason"),
        "charge_back": ("case_reference",),
        "charge": ("description",),
    }.items():
        for column in columns:
            for text in {row[column] or "" for row in any_demo[name]}:
                assert checked_text(text, column) == text


def test_as_many_accounts_and_payments_are_made_as_asked_for(sized_demo: Demo) -> None:
    assert len(sized_demo["account"]) == 61
    assert len(sized_demo["payment"]) == 4000
    assert len({u["name"] for u in sized_demo["user"]}) == len(sized_demo["user"])


def test_a_larger_database_begins_with_the_same_accounts(demo: Demo, sized_demo: Demo) -> None:
    assert sized_demo.of("payment", "Globex Corporation") == demo.of("payment", "Globex Corporation")


def test_progress_reaches_the_number_of_accounts(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with opened(tmp_path, [], progress=lambda done, total: told.append((done, total))):
        assert told[-1] == (40, 40)


def test_a_database_with_a_crowd_has_what_was_asked_for_and_passes_every_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_billing.store.demo.load.MOST_STORIES", 3)
    monkeypatch.setattr("tui_billing.store.demo.crowd.AT_ONCE", 40)
    gateway: list[GatewayRow] = []
    told: list[tuple[int, int]] = []
    sizes = {"accounts": 135, "payments": 2000, "progress": lambda done, total: told.append((done, total))}
    with opened(tmp_path, gateway, **sizes) as store, store.reading() as connection:
        assert differences(connection) == []
        count = "SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM payment)"
        assert connection.exec_driver_sql(count).one() == (136, 2000)
        by_card = connection.exec_driver_sql("SELECT key FROM payment WHERE gateway <> ''").scalars().all()
    assert {row[1] for row in gateway} >= set(by_card)
    assert told[-1] == (135, 135)
