"""A connection to a server that is lost between two transactions."""

from __future__ import annotations

import psycopg
import pytest

from tests.desk_fixtures import POSTGRESQL, Desk
from tui_billing.domain.errors import StoreUnavailable
from tui_billing.store import postgresql

LOSE_ALL = """
    SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'tui-billing'
"""
pytestmark = pytest.mark.parametrize("desk_template", [POSTGRESQL], indirect=True)


def lose_connections(desk: Desk) -> None:
    with psycopg.connect(desk.settings.database, autocommit=True) as connection:
        assert connection.execute(LOSE_ALL).fetchall()


def test_one_that_was_left_alone_is_replaced_before_it_is_used(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.record("1.00")
    lose_connections(desk)
    monkeypatch.setattr(postgresql, "SURE_FOR_S", 0)
    desk.record("2.00")
    assert desk.balance() == "USD 3.00"


def test_one_that_was_just_used_fails_in_a_sentence_and_is_not_used_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "SURE_FOR_S", 60)
    desk.record("1.00")
    lose_connections(desk)
    with pytest.raises(StoreUnavailable, match="Nothing was done; try again"):
        desk.record("2.00", key="the same")
    desk.record("2.00", key="the same")
    assert desk.balance() == "USD 3.00"
