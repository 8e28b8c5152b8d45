"""Accounts are found by any part of number, name or master user, in either order, from any row on, by every way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk_fixtures import POSTGRESQL, SQLITE, Desk, opened_desk
from tui_billing.domain.accounts import SYSTEM_NUMBER, Account, AccountFilter, AccountOrder, AccountState, AccountType
from tui_billing.domain.pages import Direction
from tui_billing.domain.text import folded
from tui_billing.store import account_search, account_search_postgresql, account_search_sqlite
from tui_billing.store.account_search import Sample

NAMES = (
    "Zofia Wójcik",
    'Łódź "Textile" Works',
    "Großmann & Söhne",
    "日本橋商事",
    "Acme",
    "ACME",
    "Anna Ek",
    "Zoë [Noël]*",
)
FRAGMENTS = (
    "a",
    "zo",
    "ó",
    "日",
    "ss",
    "q",
    "wo",
    "acme",
    "1000",
    "00",
    'e"',
    "%",
    "_",
    "\\",
    "*",
    "[n",
    "[noel]*",
    "a?n",
    "söhne",
    "sohne us",
    "ek ",
    "er9",
    "e\n1",
)
# How many are looked at first; when they are walked along, and how far; and of how many of a kind all are looked at.
WAYS = {
    "first": {"LOOKED_AT": 10_000, "FEW": 0},
    "index": {"LOOKED_AT": 0, "FEW": 0, "LOOK_UP": 0},
    "walk": {
        "LOOKED_AT": 3,
        "FEW": 0,
        "ENOUGH": 1,
        "MARGIN": 1_000,
        "LOOK_UP": 1_000,
        "BY_CHANCE": 0,
        "MOST_TRIGRAMS": 0,
    },
    "some": {"LOOKED_AT": 3, "FEW": 0, "ENOUGH": 1, "MARGIN": 1, "LOOK_UP": 1, "BY_CHANCE": 0},
    "few": {"LOOKED_AT": 3, "FEW": 5_000},
}


@pytest.fixture(scope="module")
def crowded(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    lines = ["number,name,type,currency,master_user"]
    lines += [
        f'{50_000_000 - 37 * n},"{NAMES[n % len(NAMES)].replace(chr(34), 2 * chr(34))} {n % 5}",'
        f"{('retail', 'corporate')[n % 2]},USD,user{n}"
        for n in range(60)
    ]
    with opened_desk(desk_template, tmp_path_factory.mktemp("crowded")) as desk:
        desk.services.accounts.import_file(desk.root, "accounts.csv", "\n".join(lines).encode())
        yield desk


def place(account: Account, order: AccountOrder) -> tuple[str, ...]:
    return (account.number,) if order is AccountOrder.NUMBER else (folded(account.name), account.number)


@pytest.mark.parametrize("desk_template", [SQLITE, POSTGRESQL], indirect=True, scope="session")
@pytest.mark.parametrize("order", AccountOrder)
@pytest.mark.parametrize("way", WAYS)
def test_a_page_holds_what_going_through_all_accounts_finds(
    crowded: Desk, way: str, order: AccountOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = crowded.services.accounts.page
    everyone = page(crowded.root, AccountFilter(order=order), Direction.FIRST, None, 100).rows
    assert len(everyone) == 66
    assert [place(each, order) for each in everyone] == sorted(place(each, order) for each in everyone)
    for module in (account_search, account_search_sqlite, account_search_postgresql):
        for name, value in WAYS[way].items():
            monkeypatch.setattr(module, name, value, raising=False)
    for fragment in FRAGMENTS:
        for kind, state in ((None, None), (AccountType.RETAIL, None), (AccountType.RETAIL, AccountState.NEW)):
            chosen = AccountFilter(kind, state, fragment, order)
            matching = [
                each
                for each in everyone
                if folded(fragment).replace("\n", " ") in folded(f"{each.number} {each.name} {each.master_user}")
                and kind in (None, each.type)
                and state in (None, each.state)
            ]
            assert list(page(crowded.root, chosen, Direction.FIRST, None, 100).rows) == matching, fragment
            if len(matching) > 2:
                key = matching[1].number
                assert list(page(crowded.root, chosen, Direction.AFTER, key, 1).rows) == matching[2:3]
                assert list(page(crowded.root, chosen, Direction.BEFORE, key, 5).rows) == matching[:1]
                assert list(page(crowded.root, chosen, Direction.AROUND, key, 2).rows) == matching[:2]


def test_a_sample_is_walked_to_the_second_that_it_finds_since_the_first_may_lie_there_by_chance() -> None:
    here, other, behind = (True, True, True), (False, True, True), (True, True, False)
    assert Sample.of([behind, here, other, other, here, here]) == Sample(6, 4, 3)
    assert Sample.of([behind, here, other]) == Sample(3, 2, None)
    assert Sample.of([]) == Sample(0, 0, None)


def test_walking_pays_for_what_many_have_and_the_first_of_them_are_near() -> None:
    many = account_search.BY_CHANCE + 1
    assert Sample(2_000, many, 2 * many - 1).is_walked_to_sooner(look_up=2)
    assert not Sample(2_000, many, 2 * many).is_walked_to_sooner(look_up=2)
    assert not Sample(2_000, many, None).is_walked_to_sooner(look_up=2)
    assert not Sample(2_000, many - 1, 0).is_walked_to_sooner(look_up=2)


def test_accounts_of_a_state_are_sorted_by_name_too(crowded: Desk) -> None:
    chosen = AccountFilter(AccountType.CORPORATE, AccountState.NEW, order=AccountOrder.NAME)
    rows = crowded.services.accounts.page(crowded.root, chosen, Direction.FIRST, None, 100).rows
    assert len(rows) == 30
    assert [folded(each.name) for each in rows] == sorted(folded(each.name) for each in rows)
    assert SYSTEM_NUMBER not in {each.number for each in rows}


def test_lists_of_accounts_are_read_along_an_index_and_never_sorted(crowded: Desk) -> None:
    for order, columns in (("number", "number"), ("name", "sort_name, number")):
        for where in ("1", "type = 'retail'", "state = 'active'", "type = 'retail' AND state = 'new'"):
            plan = crowded.rows(
                f"EXPLAIN QUERY PLAN SELECT * FROM account WHERE number <> '0' AND {where} ORDER BY {columns} LIMIT 9"
            )
            assert "USING INDEX" in plan[0][3], (order, where)
            assert "TEMP B-TREE" not in str(plan), (order, where)
