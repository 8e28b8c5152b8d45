"""How an account's months went: when it was billed, when it paid, and what went wrong."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from tui_billing.domain.accounts import AccountType
from tui_billing.domain.invoices import Charge, add_months, last_closed_day, period_of
from tui_billing.domain.ledger import OpenInvoice
from tui_billing.store.demo.accounts import APPROVING, Plan, Scene
from tui_billing.store.demo.dealings import EARLIER_CARD, Dealings
from tui_billing.store.demo.history import ANSWER_LOST, BILLING_RUN, DECLINES, AccountHistory
from tui_billing.store.demo.usage import usage_lines

BILLING_HOUR = 8
FIRST_HOUR, LAST_HOUR = 9, 16
SATURDAY = 5
MOST_PREPAYMENTS = 12
# Which invoices, counted from the newest, something happens to.
ERRORS_AT = (6, 3)
DISPUTES_AT = {6: 1, 4: 3}
REFUND_AT = 2
PREPAYMENT_AT = 2
FAILING_FROM = 2


class Story:
    """One account's happenings, played in moment order up to the day before `today`."""

    def __init__(self, history: AccountHistory, billing_day: int, random: Random, today: date) -> None:
        self._plan = history.plan
        self._history = history
        self._dealings = Dealings(history, random)
        self._random = random
        self._last = today - timedelta(1)
        self._events: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self._tie = count()
        self._periods = list(_periods(history.plan, billing_day, today))
        self._running = period_of(self._last, billing_day)[0]
        # The period that ended yesterday waits for today's run.
        self._closed = last_closed_day(self._last - timedelta(1), billing_day)
        self._asked = 0

    @property
    def begins(self) -> date:
        """The first day of the first period, or of the running one."""
        return self._periods[0][0] if self._periods else self._last - timedelta(3)

    @property
    def billed_through(self) -> date | None:
        """The last day of the last period that a billing run has closed; accounts that are new have none."""
        return self._closed if self.begins <= self._closed else None

    def play(self) -> None:
        """Make everything happen, then leave the lines of usage that no run has gathered, and the final balances."""
        for index, (_, end) in enumerate(self._periods):
            self._at(end + timedelta(1), partial(self._bill, index=index), BILLING_HOUR)
        if Scene.CREDITS in self._plan.scenes:
            self._expect_credits()
        while self._events:
            at, _, happen = heapq.heappop(self._events)
            happen(at)
        self._top_up()
        if self._periods and not self._plan.ended_months:
            self._history.charges(self._lines(self._running, self._last, most=3))
        self._history.close()

    def _bill(self, at: datetime, index: int) -> None:
        start, end = self._periods[index]
        invoice = self._history.invoice(at, (start, end), self._lines(start, end))
        parts = self._parts(index)
        age = len(self._periods) - index
        if parts and invoice.due_minor:
            if self._plan.type is AccountType.CORPORATE and age > self._plan.unpaid_invoices:
                self._expect_transfers(invoice, parts)
            elif self._plan.card:
                self._collect(at, age, invoice, parts)
        if age in ERRORS_AT and Scene.ERRORS in self._plan.scenes:
            self._at(invoice.issued + timedelta(5), partial(self._record_in_error, amount_minor=invoice.total_minor))
        if age == PREPAYMENT_AT and Scene.PREPAYMENT in self._plan.scenes:
            self._at(
                invoice.issued + timedelta(9), partial(self._dealings.record, amount_minor=invoice.total_minor * 6)
            )

    def _parts(self, index: int) -> int:
        """How many payments this invoice should bring: its share of those asked for, or what is natural."""
        if self._plan.payments is None:
            in_parts = not self._plan.scenes.isdisjoint({Scene.PART_PAYMENTS, Scene.EARLIER_CARD})
            return 2 if in_parts and self._random.randrange(3) == 0 else 1
        parts = -(-(self._plan.payments - self._asked) // (len(self._periods) - index))
        self._asked += parts
        return parts

    def _expect_transfers(self, invoice: OpenInvoice, parts: int) -> None:
        days = max(1, self._plan.terms_days + self._plan.days_late + self._random.randint(-6, 2))
        if self._plan.payments is not None:
            days = min(days, (self._last - invoice.issued).days)
        for part, amount_minor in enumerate(_shares(invoice.due_minor, parts), start=1):
            day = invoice.issued + timedelta(days * part // parts)
            self._at(day, partial(self._dealings.record, amount_minor=amount_minor))

    def _collect(self, at: datetime, age: int, invoice: OpenInvoice, parts: int) -> None:
        """Charge the card in the billing run, and expect what the customer then pays of the own accord."""
        plan = self._plan
        fails_from = 1 if plan.card in ANSWER_LOST else FAILING_FROM
        card = APPROVING if Scene.CARD_FAILS in plan.scenes and age > fails_from else plan.card
        declined = Scene.EARLIER_CARD in plan.scenes and parts > 1 and self._random.randrange(3) == 0
        if declined or parts > MOST_PREPAYMENTS or age <= plan.unpaid_invoices:
            card = EARLIER_CARD
        owed_minor = invoice.due_minor
        sequence = self._dealings.charge(at, BILLING_RUN, owed_minor, card, invoice.sequence)
        if card == plan.card and card in DECLINES:
            self._at(invoice.issued + timedelta(2), partial(self._dealings.make, amount_minor=owed_minor))
        elif parts > 1:
            shares = (
                _shares(owed_minor, parts - 1) if card == EARLIER_CARD else [owed_minor // (parts + 1)] * (parts - 1)
            )
            self._expect_card_payments(invoice.issued, shares)
        elif card == plan.card and (part := self._disputed(age)):
            self._history.hold(sequence)
            amount_minor = max(1, owed_minor // part)
            charge_back = partial(self._dealings.charge_back, sequence=sequence, amount_minor=amount_minor)
            self._at(invoice.issued + timedelta(8), charge_back)

    def _disputed(self, age: int) -> int:
        """The part of a card payment that its bank wants back: 1 for the whole, 3 for a third, 0 for nothing."""
        if Scene.REFUND_FAILS in self._plan.scenes and age == REFUND_AT:
            return 1
        return DISPUTES_AT.get(age, 0) if Scene.DISPUTES in self._plan.scenes else 0

    def _expect_card_payments(self, issued: date, amounts_minor: list[int]) -> None:
        days = max(1, min(24, (self._last - issued).days))
        for part, amount_minor in enumerate(amounts_minor, start=1):
            day = issued + timedelta(max(1, days * part // len(amounts_minor)))
            self._at(day, partial(self._dealings.make, amount_minor=max(1, amount_minor)))

    def _record_in_error(self, at: datetime, amount_minor: int) -> None:
        sequence = self._dealings.record(at, amount_minor)
        self._history.hold(sequence)
        self._at(at.date() + timedelta(2), partial(self._dealings.cancel, sequence=sequence))

    def _expect_credits(self) -> None:
        if self._plan.type is AccountType.TRIAL:
            welcome = partial(self._dealings.credit, dollars=500, days=90, reason="Trial credit")
            self._at(self.begins, welcome)
        elif len(self._periods) > max(ERRORS_AT):
            goodwill_day, error_day = self._periods[len(self._periods) // 2][0], self._periods[-4][0]
            self._at(goodwill_day, partial(self._dealings.credit, dollars=150, days=self._random.choice((None, 60))))
            self._at(error_day, self._credit_in_error)

    def _credit_in_error(self, at: datetime) -> None:
        sequence = self._dealings.credit(at, 80, None)
        self._history.hold(sequence)
        self._at(at.date() + timedelta(4), partial(self._dealings.cancel_credit, sequence=sequence))

    def _top_up(self) -> None:
        """Pay ahead on the last day until there are as many payments as were asked for."""
        asked = self._plan.payments or 0
        at = datetime.combine(self._last, time(LAST_HOUR + 1), UTC)
        pay = self._dealings.record if self._plan.type is AccountType.CORPORATE else self._dealings.make
        while self._periods and self._history.payment_count < asked:
            pay(at, self._random.randint(500, 50_000))

    def _lines(self, start: date, end: date, most: int = 6) -> list[Charge]:
        plan = self._plan
        busy = max(1, (plan.payments or 0) // (4 * len(self._periods)))
        return usage_lines(self._random, plan.currency, plan.size * busy, start, (end - start).days + 1, most)

    def _at(self, day: date, happen: Callable[[datetime], object], hour: int | None = None) -> None:
        """Expect something on a day in office hours, on a Monday if people do it and it fell on a weekend."""
        if hour is None and day.weekday() >= SATURDAY:
            monday = day + timedelta(7 - day.weekday())
            day = monday if monday <= self._last or day > self._last else day
        if day > self._last:
            return
        hour = self._random.randint(FIRST_HOUR, LAST_HOUR) if hour is None else hour
        at = datetime.combine(day, time(hour, self._random.randrange(60), self._random.randrange(60)), UTC)
        heapq.heappush(self._events, (at, next(self._tie), happen))


def _periods(plan: Plan, billing_day: int, today: date) -> Iterator[tuple[date, date]]:
    """The periods that were billed before `today`."""
    start = period_of(add_months(today, -plan.months), billing_day)[0]
    until = add_months(today, -plan.ended_months)
    while plan.months and (following := add_months(start, 1)) < until:
        yield start, following - timedelta(1)
        start = following


def _shares(amount_minor: int, parts: int) -> list[int]:
    """The amount in that many positive parts, the last one taking the rest."""
    share_minor = max(1, amount_minor // parts)
    return [share_minor] * (parts - 1) + [max(1, amount_minor - share_minor * (parts - 1))]
