"""Which accounts the demo database has: those with a part to play, by name, and any number of others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from random import Random

from tui_billing.domain.accounts import AccountState, AccountType
from tui_billing.store.demo.people import company, person

APPROVING = "card_approved"
TERMS = (14, 30, 45, 60)
RETAIL_TERMS_DAYS = 14
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "KWD")


class Scene(Enum):
    """Something particular that happens in an account's history."""

    PART_PAYMENTS = auto()
    DISPUTES = auto()
    PREPAYMENT = auto()
    ERRORS = auto()
    CREDITS = auto()
    EARLIER_CARD = auto()
    CARD_FAILS = auto()
    REFUND_FAILS = auto()


@dataclass(frozen=True, slots=True)
class Plan:
    """An account to make and what its months were like; `payments` asks for that many, `None` for a natural number."""

    name: str
    master_user: str
    currency: str
    type: AccountType
    state: AccountState = AccountState.ACTIVE
    months: int = 24
    terms_days: int = RETAIL_TERMS_DAYS
    size: int = 1
    credit_limit_dollars: int | None = None
    card: str = ""
    card_brand: str = "Visa"
    card_last_four: str = "4242"
    unpaid_invoices: int = 0
    ended_months: int = 0
    days_late: int = 0
    scenes: frozenset[Scene] = frozenset()
    payments: int | None = None


_retail = partial(Plan, type=AccountType.RETAIL, card=APPROVING)
_corporate = partial(Plan, type=AccountType.CORPORATE)


def _failing(name: str, master_user: str, currency: str, card: str, brand: str, last_four: str) -> Plan:
    scene = Scene.REFUND_FAILS if "refund" in card else Scene.CARD_FAILS
    scenes = frozenset() if card == "card_slow" else frozenset({scene})
    return _retail(name, master_user, currency, card=card, card_brand=brand, card_last_four=last_four, scenes=scenes)


def _trial(name: str, master_user: str, currency: str, months: int) -> Plan:
    scenes = frozenset({Scene.CREDITS})
    return Plan(name, master_user, currency, AccountType.TRIAL, months=months, scenes=scenes)


CAST = (
    _corporate(
        *("Globex Corporation", "globex", "USD"),
        terms_days=30,
        size=40,
        credit_limit_dollars=250_000,
        unpaid_invoices=4,
        scenes=frozenset({Scene.ERRORS, Scene.CREDITS, Scene.PART_PAYMENTS}),
    ),
    _retail("Mara Lindqvist", "mara", "EUR", size=2, scenes=frozenset({Scene.PART_PAYMENTS})),
    _corporate(
        "Łódź Textile Works sp. z o.o.", "lodz.textile", "EUR", terms_days=14, size=12, unpaid_invoices=5, days_late=12
    ),
    _corporate(
        "Ó Briain & Sons Ltd",
        "obriain",
        "GBP",
        terms_days=30,
        size=9,
        unpaid_invoices=2,
        days_late=20,
        credit_limit_dollars=20_000,
    ),
    _corporate("日本橋商事 株式会社", "nihonbashi", "JPY", terms_days=60, size=25, scenes=frozenset({Scene.ERRORS})),
    _corporate(
        "Al-Mubarak Logistics W.L.L.", "almubarak", "KWD", terms_days=45, size=30, scenes=frozenset({Scene.PREPAYMENT})
    ),
    _corporate(
        "Café São João Lda.", "saojoao", "EUR", terms_days=14, size=3, state=AccountState.RESTRICTED, unpaid_invoices=3
    ),
    _corporate(
        *("Initech Inc.", "initech", "USD"),
        terms_days=30,
        size=18,
        state=AccountState.SUSPENDED,
        credit_limit_dollars=25_000,
        unpaid_invoices=4,
        ended_months=1,
    ),
    _corporate(
        *("Vandelay Import/Export", "vandelay", "USD"),
        terms_days=45,
        size=7,
        state=AccountState.TERMINATED,
        unpaid_invoices=2,
        ended_months=7,
    ),
    _corporate(
        "Şahin Yapı A.Ş.",
        "sahin",
        "EUR",
        terms_days=60,
        size=5,
        state=AccountState.NEW,
        months=0,
        credit_limit_dollars=10_000,
    ),
    _failing("Noor van Dijk", "noor", "EUR", "card_insufficient_funds", "Visa", "9995"),
    _failing("Tomasz Łukasik", "tomasz", "EUR", "card_expired", "Visa", "0069"),
    _failing("Siobhán Ó Faoláin", "siobhan", "GBP", "card_lost", "Mastercard", "9987"),
    _failing("山田 花子", "yamada", "JPY", "card_do_not_honor", "JCB", "0002"),
    _failing("Grace Whitfield", "grace", "GBP", "card_error", "Visa", "0119"),
    _failing("Diego Núñez", "diego", "USD", "card_timeout_before", "American Express", "0408"),
    _failing("Yusuf Al-Sabah", "yusuf", "KWD", "card_timeout_after", "Visa", "0409"),
    _failing("Åsa Björk", "asa", "EUR", "card_refund_refused", "Mastercard", "5126"),
    _failing("Chloé Lefèvre", "chloe", "EUR", "card_refund_timeout_before", "Visa", "7726"),
    _failing("Zsófia Őri", "zsofia", "USD", "card_refund_timeout_after", "Mastercard", "8210"),
    _failing("Rūta Šimkutė", "ruta", "EUR", "card_slow", "Visa", "0005"),
    _retail("Halina Wąs", "halina", "EUR", card="", months=3),
    _retail("Bruno Kępiński", "bruno", "USD", scenes=frozenset({Scene.DISPUTES})),
    _retail("Þóra Jónsdóttir", "thora", "GBP", state=AccountState.NEW, months=0),
    _retail("Olga Petrović", "olga", "USD", state=AccountState.SUSPENDED, ended_months=2, unpaid_invoices=2),
    _retail("Đorđe Nikolić", "djordje", "EUR", state=AccountState.TERMINATED, ended_months=9),
    _trial("Anneliese Groß", "anneliese", "EUR", 3),
    _trial("Kwame Osei", "kwame", "USD", 2),
    _trial("鈴木 一郎", "suzuki", "JPY", 2),
    # Her card is disputed of late: what reconcile has to offer on the first day.
    _retail(
        *("Inês Cardoso", "ines", "EUR"),
        card="card_disputed",
        card_last_four="0259",
        scenes=frozenset({Scene.CARD_FAILS}),
    ),
    _retail("Émile Tremblay", "emile", "USD", card="card_dispute_won", card_brand="Mastercard", card_last_four="1976"),
)


def other(random: Random, payments: int | None) -> Plan:
    """An account without a part of its own: mostly retail and corporate, sometimes late or disputed."""
    currency = random.choice(CURRENCIES)
    months = 24 if payments is not None else random.randint(5, 24)
    months = months if payments is None else min(months, payments)
    if random.randrange(20) == 0 and payments is None:
        name, master_user = person(random)
        return _trial(name, master_user, currency, min(months, 3))
    if random.randrange(2):
        name, master_user = person(random)
        scene = random.choice((Scene.DISPUTES, Scene.EARLIER_CARD, Scene.PART_PAYMENTS, Scene.CREDITS))
        brand, last_four = random.choice((("Visa", "4242"), ("Mastercard", "4444"), ("JCB", "0505")))
        return _retail(
            *(name, master_user, currency),
            months=months,
            size=random.randint(1, 3),
            card_brand=brand,
            card_last_four=last_four,
            scenes=frozenset({scene}),
            payments=payments,
        )
    name, master_user = company(random)
    return _corporate(
        *(name, master_user, currency),
        terms_days=random.choice(TERMS),
        size=random.randint(2, 40),
        months=months,
        days_late=random.choice((0, 0, 0, 8, 25)),
        unpaid_invoices=random.choice((0, 0, 0, 1, 2)) if payments is None else 0,
        credit_limit_dollars=random.choice((None, None, 50_000, 200_000)),
        scenes=frozenset({random.choice((Scene.PART_PAYMENTS, Scene.ERRORS, Scene.CREDITS))}),
        payments=payments,
    )
