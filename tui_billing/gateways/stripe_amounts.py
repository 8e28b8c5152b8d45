"""Amounts as Stripe counts them, where that differs from ISO 4217's minor units.

Source: Stripe's documentation, “Supported currencies”: zero-decimal and three-decimal currencies, special cases.
"""

from __future__ import annotations

from tui_billing.domain.errors import RuleRefused

# No decimals in ISO 4217; Stripe wants two, and both of them 0.
SENT_HUNDREDFOLD = frozenset({"ISK", "UGX"})
# Two decimals in ISO 4217; Stripe has none.
SENT_WHOLE = frozenset({"MGA"})
# Three decimals, of which the last must be 0.
SENT_IN_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# Decimals that no rule of Stripe's covers.
NOT_TAKEN = frozenset({"CLF", "IQD", "LYD", "UYI", "UYW"})


def to_stripe(amount_minor: int, currency: str) -> int:
    """The amount to send; raises `RuleRefused` for one that Stripe cannot represent."""
    if currency in NOT_TAKEN:
        raise RuleRefused(f"Stripe does not take {currency}. Nothing was sent.")
    if currency in SENT_HUNDREDFOLD:
        return amount_minor * 100
    if currency in SENT_WHOLE:
        if amount_minor % 100:
            raise RuleRefused(f"Stripe takes {currency} without decimals. Nothing was sent; use a whole amount.")
        return amount_minor // 100
    if currency in SENT_IN_TENS and amount_minor % 10:
        raise RuleRefused(f"Stripe takes {currency} with two decimals. Nothing was sent; end the amount with a 0.")
    return amount_minor


def from_stripe(amount: int, currency: str) -> tuple[int, str]:
    """The amount in minor units, and the currency's code in capitals."""
    code = currency.upper()
    if code in SENT_HUNDREDFOLD:
        return amount // 100, code
    return (amount * 100 if code in SENT_WHOLE else amount), code
