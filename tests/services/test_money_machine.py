"""The rules of the money hold after any sequence of actions, whatever the gateway does.

Two halves, so that both cores work on it: together 300 sequences of 30 steps.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

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


TestTheRulesHoldAfterAnyActions = FirstHalf.TestCase
TestTheRulesHoldAfterAnyActions.settings = THOROUGH
TestTheRulesHoldAfterAnyOtherActions = SecondHalf.TestCase
TestTheRulesHoldAfterAnyOtherActions.settings = THOROUGH
