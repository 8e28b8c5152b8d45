"""What a cloud provider charges for: lines of usage with exactly computed amounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from tui_billing.domain.invoices import Charge
from tui_billing.domain.money import exponent

HUNDREDTHS = 100
# How much a US dollar is in each currency, in thousandths: for believable prices only.
RATES = {"USD": 1000, "EUR": 920, "GBP": 790, "JPY": 150_000, "KWD": 307}


@dataclass(frozen=True, slots=True)
class Service:
    """Something charged for: its price in millionths of a US dollar, and a small customer's quantity a month."""

    description: str
    price_micro: int
    least: int
    most: int
    whole: bool


SERVICES = (
    Service("Compute hours, general purpose", 41_600, 120, 740, False),
    Service("Compute hours, memory optimized", 118_500, 40, 300, False),
    Service("Block storage, GB-months", 80_000, 50, 500, False),
    Service("Object storage, GB-months", 21_000, 100, 900, False),
    Service("Internet egress, GB", 87_500, 20, 400, False),
    Service("Managed database hours", 172_000, 24, 260, False),
    Service("Public IP addresses", 3_650_000, 1, 6, True),
    Service("Load balancer hours", 22_500, 100, 740, True),
    Service("Support plan, per seat", 14_500_000, 1, 3, True),
)


@cache
def price_in(price_micro: int, currency: str) -> tuple[int, str]:
    """A price in hundredths of the currency's minor unit, and as a decimal figure."""
    decimals = exponent(currency) + 2
    price = max(1, price_micro * RATES[currency] * 10**decimals // 10**9)
    return price, f"{price // 10**decimals}.{price % 10**decimals:0{decimals}d}"


def amount_minor(quantity_hundredths: int, price_hundredths: int) -> int:
    """Quantity × unit price in minor units, rounded half to even."""
    whole, rest = divmod(quantity_hundredths * price_hundredths, HUNDREDTHS**2)
    twice = rest * 2 - HUNDREDTHS**2
    return whole + (twice > 0 or (twice == 0 and whole % 2 == 1))


def usage_lines(random: Random, currency: str, size: int, start: date, days: int, most: int = 6) -> list[Charge]:
    """Two or more lines of usage in a span of days, oldest first, for a customer of some size."""
    dates = sorted(random.randrange(days) for _ in range(random.randint(2, most)))
    services = random.sample(SERVICES, len(dates))
    pairs = zip(services, dates, strict=True)
    return [_line(random, service, currency, size, start + timedelta(day)) for service, day in pairs]


def _line(random: Random, service: Service, currency: str, size: int, dated: date) -> Charge:
    step = HUNDREDTHS if service.whole else HUNDREDTHS // 4
    quantity = random.randrange(service.least * HUNDREDTHS, service.most * HUNDREDTHS, step) * size
    price, unit_price = price_in(service.price_micro, currency)
    whole, rest = divmod(quantity, HUNDREDTHS)
    figure = f"{whole}.{rest:02d}" if rest else str(whole)
    return Charge(dated, service.description, figure, unit_price, amount_minor(quantity, price))
