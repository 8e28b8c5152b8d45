"""Pages of a long list, from either end, on from a row, or around one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk_fixtures import CORPORATE, MISSING, RETAIL, Desk
from tui_billing.domain.accounts import AccountFilter, AccountState, AccountType
from tui_billing.domain.exceptions import ExceptionKind
from tui_billing.domain.pages import Direction
from tui_billing.domain.payments import Payment, PaymentFilter

Key = tuple[date, int]


def key_of(payment: Payment) -> Key:
    return payment.received, payment.sequence


@pytest.fixture
def listed(desk: Desk) -> Iterator[tuple[Desk, list[Payment]]]:
    """A desk with a list of payments, several on each day, and all of them newest first."""
    for index in range(13):
        desk.record("1.00", received=desk.clock().date() - timedelta(days=index * 7 % 5))
    rows = desk.services.payments.page(desk.finance, CORPORATE, PaymentFilter.ALL, Direction.FIRST, None, 100).rows
    yield desk, list(rows)


def test_payments_are_listed_newest_first(listed: tuple[Desk, list[Payment]]) -> None:
    _, everything = listed
    keys = [key_of(payment) for payment in everything]
    assert len(keys) == 13
    assert keys == sorted(keys, reverse=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(limit=st.integers(1, 20), index=st.integers(0, 12))
def test_a_page_is_the_slice_of_the_list_that_was_asked_for(
    listed: tuple[Desk, list[Payment]], limit: int, index: int
) -> None:
    desk, everything = listed
    key = key_of(everything[index])
    slices = {
        Direction.FIRST: (None, slice(0, limit)),
        Direction.LAST: (None, slice(max(0, 13 - limit), 13)),
        Direction.AFTER: (key, slice(index + 1, index + 1 + limit)),
        Direction.BEFORE: (key, slice(max(0, index - limit), index)),
        Direction.AROUND: (key, slice(max(0, index - limit // 2), index + limit - limit // 2)),
    }
    for direction, (asked, expected) in slices.items():
        page = desk.services.payments.page(desk.finance, CORPORATE, PaymentFilter.ALL, direction, asked, limit)
        assert list(page.rows) == everything[expected], direction
        if page.rows:
            assert page.before is (page.rows[0] != everything[0]), direction
            assert page.after is (page.rows[-1] != everything[-1]), direction


def test_a_row_that_arrives_while_paging_neither_repeats_nor_hides_another(listed: tuple[Desk, list[Payment]]) -> None:
    desk, everything = listed
    page = desk.services.payments.page(desk.finance, CORPORATE, PaymentFilter.ALL, Direction.FIRST, None, 5)
    desk.record("1.00")
    following = desk.services.payments.page(
        desk.finance, CORPORATE, PaymentFilter.ALL, Direction.AFTER, key_of(page.rows[-1]), 5
    )
    assert [*page.rows, *following.rows] == everything[:10]


def test_an_empty_list_has_an_empty_page(desk: Desk) -> None:
    for direction in (Direction.FIRST, Direction.LAST):
        page = desk.services.payments.page(desk.finance, CORPORATE, PaymentFilter.ALL, direction, None, 5)
        assert (page.rows, page.before, page.after) == ((), False, False)


@pytest.mark.parametrize(
    ("chosen", "numbers"),
    [
        (AccountFilter(), ["10000001", "10000002", "10000003", "10000004", "10000005", "10000006"]),
        (AccountFilter(type=AccountType.CORPORATE), ["10000001", "10000003"]),
        (AccountFilter(state=AccountState.SUSPENDED), ["10000002"]),
        (AccountFilter(type=AccountType.CORPORATE, state=AccountState.SUSPENDED), []),
        (AccountFilter(search="glob"), ["10000001"]),
        (AccountFilter(search="LINDQVIST"), ["10000002"]),
        (AccountFilter(search="0000003"), ["10000003"]),
        (AccountFilter(search="mára"), ["10000002"]),
        (AccountFilter(search="kitano"), ["10000003"]),
        (AccountFilter(search="%"), []),
        (AccountFilter(search="_"), []),
        (AccountFilter(search="'; DROP TABLE account; --"), []),
        (AccountFilter(search="system"), []),
    ],
)
def test_accounts_are_found_by_type_state_and_any_part_of_number_name_or_master_user(
    desk: Desk, chosen: AccountFilter, numbers: list[str]
) -> None:
    desk.set_state(AccountState.SUSPENDED, RETAIL)
    page = desk.services.accounts.page(desk.root, chosen, Direction.FIRST, None, 50)
    assert [account.number for account in page.rows] == numbers


def test_accounts_go_on_from_a_number_whether_it_is_there_or_not(desk: Desk) -> None:
    for direction, number, numbers in (
        (Direction.AFTER, "10000002", ["10000003", "10000004"]),
        (Direction.AFTER, "10000002x", ["10000003", "10000004"]),
        (Direction.BEFORE, MISSING, ["10000005", "10000006"]),
    ):
        page = desk.services.accounts.page(desk.root, AccountFilter(), direction, number, 2)
        assert [account.number for account in page.rows] == numbers


def test_each_filter_shows_its_payments(desk: Desk) -> None:
    made = desk.make("5.00").payment.id
    given_back = desk.make("6.00").payment
    desk.charge_back(given_back, "2.00")
    credit = desk.credit("7.00", RETAIL).payment.id
    cancelled = desk.credit("8.00", RETAIL).payment
    desk.cancel_credit(cancelled)
    desk.set_card("card_lost")
    with pytest.raises(Exception, match="reported lost"):
        desk.make("9.00")
    desk.set_card("card_timeout_after")
    with pytest.raises(Exception, match="has not answered"):
        desk.make("10.00")
    newest_first = desk.rows("SELECT id FROM payment ORDER BY sequence DESC")
    pending, failed = newest_first[0][0], newest_first[1][0]
    expected = {
        PaymentFilter.ALL: {made, given_back.id, credit, cancelled.id, failed, pending},
        PaymentFilter.PAID: {made, given_back.id},
        PaymentFilter.CARD: {made, given_back.id, failed, pending},
        PaymentFilter.RECORDED: set(),
        PaymentFilter.CREDITS: {credit, cancelled.id},
        PaymentFilter.PENDING: {pending},
        PaymentFilter.GIVEN_BACK: {given_back.id, cancelled.id},
        PaymentFilter.FAILED: {failed},
    }
    assert set(expected) == set(PaymentFilter)
    for chosen, ids in expected.items():
        page = desk.services.payments.page(desk.finance, RETAIL, chosen, Direction.FIRST, None, 50)
        assert {payment.id for payment in page.rows} == ids, chosen


@pytest.mark.parametrize(
    ("search", "references"),
    [
        ("", ["C", "TRF 50%", "a_b/c"]),
        ("trf", ["TRF 50%"]),
        ("0%", ["TRF 50%"]),
        ("%", ["TRF 50%"]),
        ("A_B", ["a_b/c"]),
        ("_", ["a_b/c"]),
        ("/", ["a_b/c"]),
        ("thanks", ["C"]),
        (":search", []),
        ("'", []),
        ("x" * 300, []),
    ],
)
@pytest.mark.parametrize("chosen", [PaymentFilter.ALL, PaymentFilter.RECORDED])
def test_payments_are_found_by_any_part_of_reference_or_memo(
    desk: Desk, search: str, references: list[str], chosen: PaymentFilter
) -> None:
    for reference, memo in (("TRF 50%", ""), ("a_b/c", ""), ("C", "Many Thanks")):
        desk.record("1.00", reference=reference, memo=memo)
    arguments = (desk.finance, CORPORATE, chosen)
    page = desk.services.payments.page(*arguments, Direction.FIRST, None, 50, search)
    assert sorted(payment.reference for payment in page.rows) == references
    for row in page.rows:
        found = desk.services.payments.page(*arguments, Direction.AROUND, key_of(row), 50, search)
        assert found.rows == page.rows
    after = (
        desk.services.payments.page(*arguments, Direction.AFTER, key_of(page.rows[0]), 50, search).rows
        if page.rows
        else ()
    )
    assert after == page.rows[1:]


def test_a_payment_is_found_by_the_beginning_of_its_id(desk: Desk) -> None:
    first, second = (desk.record("1.00").payment for _ in range(2))
    arguments = (desk.finance, CORPORATE, PaymentFilter.ALL, Direction.FIRST, None, 50)
    for payment in (first, second):
        assert [row.id for row in desk.services.payments.page(*arguments, payment.id[:12].upper()).rows] == [payment.id]
    assert desk.services.payments.page(*arguments, first.id[1:]).rows == ()


def test_invoices_are_found_by_any_part_of_their_number(desk: Desk) -> None:
    first, second = desk.invoice("1.00"), desk.invoice("2.00")
    arguments = (desk.finance, CORPORATE, Direction.FIRST, None, 50)
    for search, numbers in (
        ("", {first.number, second.number}),
        (first.number[1:].lower(), {first.number}),
        (second.number[-3:], {second.number}),
        ("%", set()),
        ("_", set()),
    ):
        assert {row.number for row in desk.services.invoices.page(*arguments, search).rows} == numbers


@pytest.mark.parametrize(("search", "found"), [("", 1), ("MÁRA", 1), ("\u0301", 1), ("%", 0), ("_", 0), ("nobody", 0)])
@pytest.mark.parametrize("kind", [None, ExceptionKind.UNKNOWN_OUTCOME])
def test_exceptions_are_found_by_whatever_is_typed(
    desk: Desk, search: str, found: int, kind: ExceptionKind | None
) -> None:
    desk.set_card("card_timeout_after")
    with pytest.raises(Exception, match="has not answered"):
        desk.make("10.00")
    page = desk.services.reconciliation.exceptions(desk.finance, kind, Direction.FIRST, None, 50, search)
    assert len(page.rows) == found
