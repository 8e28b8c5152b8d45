"""The order of the tests: each worker begins with its share of the longest, so that none ends with one alone."""

from __future__ import annotations

import pytest

LONGEST = (
    "services/test_money_machine.py",
    "services/test_fault_campaign.py",
    "services/test_contention.py",
    "services/test_killed.py",
    "postgresql/test_failover.py",
    "postgresql/test_partition.py",
    "services/test_billing_killed.py",
    "services/test_at_once.py",
    # These wait more than they work: side by side at the end they would leave the machine idle.
    "terminal/test_speed.py",
    "terminal/test_endings.py",
    "screens/test_outage.py",
)


def longest_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """The same tests in the order in which they are best handed out to so many workers.

    Each is given as many in a row as the others, and those that are done before take from the end of another's.
    """
    of_file = {path: [name for name in LONGEST if path.match(name)] for path in {item.path for item in items}}
    long = [item for name in LONGEST for item in items if name in of_file[item.path]]
    begun_with = set(long)
    others = [item for item in items if item not in begun_with]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        first = long[worker::workers]
        count = (len(items) - len(ordered)) // (workers - worker)
        more = max(count - len(first), 0)
        ordered += [*first, *others[:more]]
        del others[:more]
    return ordered
