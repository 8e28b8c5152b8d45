"""Money: whole minor units of one ISO 4217 currency, and the one way to read and write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

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


def exponent(currency: str) -> int:
    """The number of decimals of a currency; raises `InvalidInput` for a code that ISO 4217 does not list."""
    if currency not in CODES:
        raise InvalidInput(f"“{currency[:8]}” is not an ISO 4217 currency. Use a code such as USD, EUR or JPY.")
    return EXPONENTS.get(currency, 2)


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
        """The positive amount an operator typed, such as `1,234.50`; raises `InvalidInput` saying how to type it.

        With `or_zero`, nothing at all is an amount too.
        """
        typed = typed.strip(" ")
        decimals = exponent(currency)
        match = AMOUNT_PATTERN.fullmatch(typed) if len(typed) <= LONGEST_TYPED else None
        if not typed:
            fault = "is required."
        elif match is None:
            fault = f"is not a plain figure. Type it like {_example(decimals)}."
        elif len(match[1] or "") > decimals:
            fault = f"has too many decimals: {currency} takes {f'at most {decimals}' if decimals else 'none'}."
        else:
            minor_units = int(Decimal(typed.replace(",", "")).scaleb(decimals))
            if (minor_units or or_zero) and minor_units <= largest_minor(currency):
                return cls(minor_units, currency)
            largest = cls(largest_minor(currency), currency)
            fault = f"is too large: at most {largest} at a time." if minor_units else "must be more than zero."
        raise InvalidInput(f"Amount {fault}", field="Amount")

    def is_product(self, quantity: str, unit_price: str) -> bool:
        """Whether this is quantity × unit price, rounded either way; also true where one of them is no plain figure."""
        if not (AMOUNT_PATTERN.fullmatch(quantity) and AMOUNT_PATTERN.fullmatch(unit_price)):
            return True
        # In whole numbers: with the point taken out of each, and put back where the product has it.
        whole = [int(figure.replace(",", "").replace(".", "")) for figure in (quantity, unit_price)]
        decimals = sum(len(figure.partition(".")[2]) for figure in (quantity, unit_price))
        one: int = 10**decimals
        per_unit: int = 10 ** exponent(self.currency)
        return abs(whole[0] * whole[1] * per_unit - self.minor_units * one) < one


def _example(decimals: int) -> str:
    return "1,234" + ("." + "5".ljust(decimals, "0") if decimals else "")
