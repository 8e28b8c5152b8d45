"""Money: whole minor units of one ISO 4217 currency, and the one way to read and write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tui_billing.domain.errors import InvalidInput

# ISO 4217:2015 active codes. Two decimals unless listed below.
CODES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP "
    "PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP "
    "TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG".split()
)
EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
LARGEST_AMOUNT = Decimal("99999999.99")
LONGEST_TYPED = 40
AMOUNT_PATTERN = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?", re.ASCII)

# A figure without its point, and how many of its digits are decimals.
PlainFigure = tuple[int, int]


@lru_cache
def exponent(currency: str) -> int:
    """The number of decimals of a currency; raises `InvalidInput` for a code that ISO 4217 does not list."""
    if currency not in CODES:
        raise InvalidInput(f"“{currency[:8]}” is not an ISO 4217 currency. Use a code such as USD, EUR or JPY.")
    return EXPONENTS.get(currency, 2)


@lru_cache
def largest_minor(currency: str) -> int:
    """The largest amount one action may move, in minor units: 99,999,999.99 cut to the currency's decimals."""
    return int(LARGEST_AMOUNT.scaleb(exponent(currency)))


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """A number of minor units of a currency; negative where a balance is owed."""

    minor_units: int
    currency: str

    def __str__(self) -> str:
        """The currency and the figure, such as `USD 1,234.50`."""
        return f"{self.currency} {self.figure}"

    @property
    def figure(self) -> str:
        """The figure alone, grouped, with the currency's decimals, such as `-1,234.50`."""
        return f"{Decimal(self.minor_units).scaleb(-exponent(self.currency)):,f}"

    @classmethod
    def parse(cls, typed: str, currency: str, or_zero: bool = False) -> Money:
        """What `parse_minor` reads and raises."""
        return cls(parse_minor(typed, currency, or_zero), currency)


def parse_minor(typed: str, currency: str, or_zero: bool = False) -> int:
    """The positive amount an operator typed, such as `1,234.50`, in minor units; `InvalidInput` says how to type it.

    With `or_zero`, nothing at all is an amount too.
    """
    typed = typed.strip(" ")
    decimals = exponent(currency)
    figure = plain_figure(typed)
    if not typed:
        fault = "is required."
    elif figure is None:
        fault = f"is not a plain figure. Type it like {_example(decimals)}."
    elif figure[1] > decimals:
        fault = f"has too many decimals: {currency} takes {f'at most {decimals}' if decimals else 'none'}."
    else:
        whole: int = 10 ** (decimals - figure[1])
        minor_units = figure[0] * whole
        if (minor_units or or_zero) and minor_units <= largest_minor(currency):
            return minor_units
        largest = Money(largest_minor(currency), currency)
        fault = f"is too large: at most {largest} at a time." if minor_units else "must be more than zero."
    raise InvalidInput(f"Amount {fault}", field="Amount")


def is_product_of(amount_minor: int, currency: str, quantity: PlainFigure, unit_price: PlainFigure) -> bool:
    """Whether an amount is quantity × unit price, rounded either way to the currency's decimals."""
    one: int = 10 ** (quantity[1] + unit_price[1])
    per_unit: int = 10 ** exponent(currency)
    return abs(quantity[0] * unit_price[0] * per_unit - amount_minor * one) < one


def plain_figure(figure: str) -> PlainFigure | None:
    """A plain figure such as `1,234.50` without its point; nothing for any other text, or one of over 40 characters."""
    if len(figure) > LONGEST_TYPED:
        return None
    # Most have no commas, and files have hundreds of thousands of them.
    whole, point, decimals = figure.partition(".")
    digits = whole + decimals
    if digits.isdecimal() and digits.isascii() and whole and bool(decimals) == bool(point):
        return int(digits), len(decimals)
    if (match := AMOUNT_PATTERN.fullmatch(figure)) is None:
        return None
    return int(figure.replace(",", "").replace(".", "")), len(match[1] or "")


def _example(decimals: int) -> str:
    return "1,234" + ("." + "5".ljust(decimals, "0") if decimals else "")
