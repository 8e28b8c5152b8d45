"""The rules of the money hold after any sequence of actions, whatever the gateway does.

Two halves on SQLite, so that both cores work on it: together 300 sequences of 30 steps. On PostgreSQL, where a step
takes several times as long, the variable MACHINE_SEQUENCES says how many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.desk_fixtures import POSTGRESQL
from tests.services.money_machine import MoneyMachine
from tui_billing.store.sqlite import PRAGMAS

THOROUGH = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module", autouse=True)
def nothing_is_synced() -> Iterator[None]:
    """What survives a power cut is not the question here, and thirty thousand syncs are slow."""
    with pytest.MonkeyPatch.context() as patch:
        fast = tuple(pragma.replace("FULL", "OFF") for pragma in PRAGMAS)
        patch.setattr("tui_billing.store.sqlite.PRAGMAS", fast)
        yield


class FirstHalf(MoneyMachine):
    """150 sequences."""


class SecondHalf(MoneyMachine):
    """150 more; Hypothesis seeds them by their own name."""


class OnServer(MoneyMachine):
    """The same on a PostgreSQL server."""

    kind = POSTGRESQL


TestTheRulesHoldAfterAnyActions = FirstHalf.TestCase
TestTheRulesHoldAfterAnyActions.settings = THOROUGH
TestTheRulesHoldAfterAnyOtherActions = SecondHalf.TestCase
TestTheRulesHoldAfterAnyOtherActions.settings = THOROUGH
TestTheRulesHoldOnPostgresqlToo = OnServer.TestCase
TestTheRulesHoldOnPostgresqlToo.settings = settings(
    THOROUGH, max_examples=int(os.environ.get("MACHINE_SEQUENCES", "20"))
)
