"""Fill a new database with demo data: the same rows for the same seed, day and sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy import Connection

from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountType
from tui_billing.domain.demo_users import DEMO_USERS
from tui_billing.domain.invoices import add_months
from tui_billing.store import account_index
from tui_billing.store.accounts import found_by
from tui_billing.store.bulk import made_afterwards
from tui_billing.store.demo.accounts import CAST, Plan, other
from tui_billing.store.demo.crowd import Crowd
from tui_billing.store.demo.dealings import minor_units
from tui_billing.store.demo.history import AccountHistory
from tui_billing.store.demo.rows import GatewayRow, Row, Rows
from tui_billing.store.demo.story import Story

ROWS_AT_ONCE = 20_000
SYSTEM_ID = 1
FIRST_NUMBER, NUMBER_STEP = 10_000_019, 37
LEAST_OTHERS = 4
# Beyond so many, accounts have no story of their own: there are too many to tell.
MOST_STORIES = 1_000
PAYMENTS_EACH = 10
BILLING_DAYS = 28


def _ignore(*_: object) -> None:
    """Take no interest."""


def fill_demo(
    connection: Connection,
    *,
    today: date,
    password_hash: str,
    seed: int = 20,
    accounts: int = 40,
    payments: int | None = None,
    progress: Callable[[int, int], None] = _ignore,
    on_gateway_rows: Callable[[list[GatewayRow]], None] = _ignore,
) -> None:
    """Fill the tables with accounts and their two years up to the day (UTC) before `today`, in one transaction.

    The accounts with a part to play are always there; `accounts` beyond them are made up, and `payments` of all kinds
    are spread over those. What the sandbox has to know of it goes to `on_gateway_rows`, some thousand rows at a time.
    """
    demo = _Demo(today, password_hash, seed)
    others = max(accounts - len(CAST), 0 if payments is None else LEAST_OTHERS)
    crowd = max(0, others - MOST_STORIES)
    told, total = len(CAST) + others - crowd, len(CAST) + others
    for done, plan in enumerate(_plans(demo, seed, others - crowd, None if crowd else payments), start=1):
        demo.add(plan, done)
        if demo.rows.size >= ROWS_AT_ONCE or done == told:
            on_gateway_rows(demo.rows.write(connection))
            progress(done, total)
    if crowd:
        missing = crowd * PAYMENTS_EACH if payments is None else max(0, payments - demo.rows.payment_count)
        with made_afterwards(connection):
            for done in demo.crowd(crowd, missing, told + 1).add(connection, demo.rows, demo.unique, on_gateway_rows):
                progress(told + done, total)
    account_index.index_all(connection)


def _plans(demo: _Demo, seed: int, others: int, payments: int | None) -> Iterator[Plan]:
    """Those with a part to play, then the others, each asked for its share of the payments still missing."""
    yield from CAST
    for index in range(others):
        missing = None if payments is None else max(0, payments - demo.rows.payment_count)
        share = None if missing is None else -(-missing // (others - index))
        plan = other(_random(seed, f"plan {index}"), share)
        # Scenes may bring a payment more; the last account makes up for what the others brought.
        yield plan if index < others - 1 or share is None else replace(plan, scenes=frozenset())


class _Demo:
    """The accounts being made, their users and rows."""

    def __init__(self, today: date, password_hash: str, seed: int) -> None:
        self.rows = Rows()
        self._today = today
        self._password_hash = password_hash
        self._seed = seed
        self._namesakes = dict.fromkeys((*(plan.master_user for plan in CAST), *(user.name for user in DEMO_USERS)), 1)
        self._add_system()

    def add(self, plan: Plan, index: int) -> None:
        """Make an account, its history and its users."""
        random = _random(self._seed, f"account {index}")
        billing_day = random.randint(1, BILLING_DAYS)
        account_id = SYSTEM_ID + index
        master_user = plan.master_user if index <= len(CAST) else self.unique(plan.master_user)
        history = AccountHistory(plan, master_user, account_id, billing_day, random, self.rows)
        story = Story(history, billing_day, random, self._today)
        story.play()
        row = self._account_row(plan, master_user, account_id, FIRST_NUMBER + NUMBER_STEP * index)
        row |= {"created": story.begins, "billing_day": billing_day}
        self.rows.close_periods(account_id, story.billed_through)
        row |= {"funds_minor": history.book.funds_minor, "receivable_minor": history.book.receivable_minor}
        if plan.card:
            row |= self._card_columns(plan, random)
        self.rows.accounts.append(row)
        self._add_users(master_user, account_id)

    def crowd(self, accounts: int, payments: int, first: int) -> Crowd:
        """The accounts that come after those with a story, from this index on."""
        return Crowd(
            accounts,
            payments,
            first_id=SYSTEM_ID + first,
            first_number=FIRST_NUMBER + NUMBER_STEP * first,
            number_step=NUMBER_STEP,
            today=self._today,
            password_hash=self._password_hash,
            seed=self._seed,
        )

    def _add_system(self) -> None:
        plan = Plan("System", "root", "USD", AccountType.SYSTEM, terms_days=0)
        row = self._account_row(plan, plan.master_user, SYSTEM_ID, int(SYSTEM_NUMBER))
        row |= {"created": add_months(self._today, -25), "billing_day": 1, "funds_minor": 0, "receivable_minor": 0}
        self.rows.accounts.append(row)
        yesterday = datetime.combine(self._today - timedelta(1), time(9), UTC)
        for minutes, user in enumerate(user for user in DEMO_USERS if not user.profile.is_customer):
            self._add_user(user.name, user.profile, None)
            at = yesterday + timedelta(minutes=minutes * 7)
            entry = {"recorded_at": at, "user_name": user.name, "origin": "", "action": "sign in", "subject": ""}
            self.rows.audit.append({**entry, "outcome": "done"})

    def _account_row(self, plan: Plan, master_user: str, account_id: int, number: int) -> Row:
        figure = f"{number:08d}"
        limit = None if plan.credit_limit_dollars is None else minor_units(plan.credit_limit_dollars, plan.currency)
        row: Row = {"id": account_id, "number": figure, "name": plan.name, "master_user": master_user}
        row |= {**found_by(row), "type": plan.type.value}
        row |= {"state": plan.state.value, "currency": plan.currency, "payment_terms_days": plan.terms_days}
        row |= dict.fromkeys(("card_brand", "card_last_four", "card_expiry", "card_gateway"))
        row |= dict.fromkeys(("card_customer_reference", "card_payment_method_reference"))
        return {**row, "credit_limit_minor": limit}

    def _card_columns(self, plan: Plan, random: Random) -> Row:
        expires = add_months(self._today, -2 if plan.card == "card_expired" else random.randint(4, 40))
        return {
            "card_brand": plan.card_brand,
            "card_last_four": plan.card_last_four,
            "card_expiry": f"{expires:%m/%y}",
            "card_gateway": "sandbox",
            "card_customer_reference": f"cus_{random.getrandbits(48):012x}",
            "card_payment_method_reference": plan.card,
        }

    def _add_users(self, master_user: str, account_id: int) -> None:
        own = [user for user in DEMO_USERS if user.profile.is_customer and user.name.split(".")[0] == master_user]
        for user in own:
            self._add_user(user.name, user.profile, account_id)
        if not own:
            self._add_user(master_user, Profile.MASTER_USER, account_id)

    def _add_user(self, name: str, profile: Profile, account_id: int | None) -> None:
        row: Row = {"name": name, "profile": profile.value, "account_id": account_id, "disabled": False, "failures": 0}
        self.rows.users.append({**row, "password_hash": self._password_hash, "locked_until": None})

    def unique(self, master_user: str) -> str:
        """The user name, numbered where there are namesakes."""
        namesakes = self._namesakes.get(master_user, 0) + 1
        self._namesakes[master_user] = namesakes
        return master_user if namesakes == 1 else f"{master_user}{namesakes}"


def _random(seed: int, part: str) -> Random:
    """A sequence of its own for each part, so that a larger database begins with the same accounts."""
    return Random(f"{seed} {part}")  # noqa: S311 -- repeatable on purpose; nothing secret comes of it
