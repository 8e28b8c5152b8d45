"""Whether somebody has changed the database is known without reading a row of it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection, text

from tests.desk_fixtures import POSTGRESQL, Desk
from tui_billing.domain.errors import StoreUnavailable

DEADLINE_S = 15.0


def test_the_first_time_anything_may_have_changed_and_then_nothing_has(desk: Desk) -> None:
    assert [desk.store.changes.poll() for _ in range(3)] == [True, False, False]


def test_a_change_is_told_once_whoever_made_it(desk: Desk) -> None:
    desk.store.changes.poll()
    desk.record("5.00")
    assert [desk.store.changes.poll() for _ in range(2)] == [True, False]


def test_what_is_read_or_undone_is_no_change(desk: Desk) -> None:
    session = desk.finance
    desk.store.changes.poll()
    desk.services.accounts.show(session, "10000001")
    with pytest.raises(ZeroDivisionError), desk.store.writing() as connection:
        connection.execute(text("INSERT INTO money_action VALUES ('k', 'c', 'r')"))
        raise ZeroDivisionError
    assert not desk.store.changes.poll()


def test_a_version_stays_until_somebody_changes_something_however_often_it_is_asked_for(desk: Desk) -> None:
    changes = desk.store.changes
    before = changes.version()
    changes.poll()
    assert changes.version() == before
    desk.record("5.00")
    assert changes.version() != before
    assert changes.poll()


def test_a_version_is_not_waited_for_while_somebody_asks_for_changes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, asked, answers = desk.store.changes, threading.Event(), threading.Event()
    before = changes.version()

    def hanging(connection: Connection) -> object:
        asked.set()
        assert answers.wait(DEADLINE_S)
        return version(connection)

    version = desk.store.version
    monkeypatch.setattr(desk.store, "version", hanging)
    poll = threading.Thread(target=changes.poll)
    poll.start()
    assert asked.wait(DEADLINE_S)
    meanwhile = changes.version()
    answers.set()
    poll.join()
    assert meanwhile != before


def test_no_version_from_before_the_database_was_away_is_that_of_now(desk: Desk) -> None:
    path, changes = desk.path, desk.store.changes
    before = changes.version()
    path.rename(path.with_suffix(".away"))
    assert changes.version() != changes.version()
    path.with_suffix(".away").rename(path)
    assert changes.version() != before


def test_a_database_that_was_away_may_have_changed(desk: Desk) -> None:
    path = desk.path
    desk.store.changes.poll()
    path.rename(path.with_suffix(".away"))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="has been moved, replaced or deleted"):
            desk.store.changes.poll()
    path.with_suffix(".away").rename(path)
    assert [desk.store.changes.poll() for _ in range(2)] == [True, False]


@pytest.mark.parametrize("desk_template", [POSTGRESQL], indirect=True, scope="session")
def test_on_postgresql_too_what_is_committed_is_a_change_and_what_is_read_is_none(desk: Desk) -> None:
    session = desk.finance
    desk.store.changes.poll()

    def reads() -> bool:
        desk.services.accounts.show(session, "10000001")
        return not desk.store.changes.poll()

    # Other tests may be at work on the same server.
    assert any(reads() for _ in range(1_000))
    desk.record("5.00")
    assert desk.store.changes.poll()
