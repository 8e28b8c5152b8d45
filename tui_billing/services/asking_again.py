"""When the database gave no answer at the last step: what has a key is asked for again under it until it is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import randint
from time import monotonic, sleep
from typing import TypeVar

from tui_billing.domain.errors import StoreUnanswered, StoreUnavailable
from tui_billing.store.engine import Store

R = TypeVar("R")
FIRST_WAIT_MS, LONGEST_WAIT_MS = 50, 1_000
SAFE = "Asking again is safe: nothing is ever done twice."
LOOK = "Look before you do it again."


def answered(store: Store, act: Callable[[], R], *, keyed: bool) -> R:
    """What `act` gives; if nobody knows whether it was done, and it is `keyed`, it is asked again.

    Its key makes that safe: what was done is told, and what was not is done now. Raises `StoreUnanswered` if it is
    still not known when the store's patience ends.
    """
    try:
        return act()
    except StoreUnanswered as unanswered:
        if keyed:
            return _asked_again(store, act, unanswered)
        raise StoreUnanswered(f"{unanswered.sentence} {LOOK}") from unanswered


def _asked_again(store: Store, act: Callable[[], R], unanswered: StoreUnanswered) -> R:
    gives_up_at, wait_ms = monotonic() + store.patience_s, FIRST_WAIT_MS
    while monotonic() < gives_up_at:
        # At different moments: many desks lose a server at the same one.
        sleep(timedelta(milliseconds=randint(wait_ms // 2, wait_ms)).total_seconds())  # noqa: S311
        wait_ms = min(wait_ms * 2, LONGEST_WAIT_MS)
        try:
            return act()
        except StoreUnavailable:
            # It speaks of this attempt alone; of the first one there is still no news.
            continue
    raise StoreUnanswered(f"{unanswered.sentence} {SAFE}") from unanswered
