"""Automatic payments: which invoices the billing run charges to the card on file, and when it tries again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tui_billing.domain.money import Money

# After so many days, counted from the first attempt, a card that was declined is tried again; then no more.
RETRY_AFTER_DAYS = (3, 7, 14)
# Where runs are rare, at least this lies between two attempts.
LEAST_PAUSE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class InvoiceToCollect:
    """An open invoice of a closed period of a retail account, with what became of its automatic payments so far.

    `last_failure` is the newest failed one: its ID, when it was tried, and the gateway's reason. `reopened` is an
    invoice that was paid until a reversal; `chargeable` an account with a card that is not Terminated.
    """

    sequence: int
    number: str
    issued: date
    account_id: int
    account_number: str
    account_name: str
    due: Money
    attempts: int
    failed_attempts: int
    first_failed: date | None
    last_failure: tuple[str, datetime, str] | None
    reopened: bool
    chargeable: bool

    @property
    def next_attempt(self) -> date | None:
        """From which day on the billing run charges the card; `None` if it does no more and a person is needed."""
        if self.reopened or not self.chargeable or self.failed_attempts > len(RETRY_AFTER_DAYS):
            return None
        if self.first_failed is None or self.last_failure is None:
            return self.issued
        after_first = self.first_failed + timedelta(days=RETRY_AFTER_DAYS[self.failed_attempts - 1])
        return max(after_first, self.last_failure[1].date() + LEAST_PAUSE)

    def is_due(self, today: date) -> bool:
        """Whether the card is to be charged on this day."""
        return self.next_attempt is not None and self.next_attempt <= today
