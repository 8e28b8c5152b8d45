"""What a charge must be like to be kept."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.invoices import Charge
from tui_billing.domain.money import Money, largest_minor
from tui_billing.domain.text import checked_text

LONGEST_FIGURE = 40
SYSTEM_IS_NOT_CHARGED = "The System account is the provider itself and is charged nothing."
# Usage is described in the same words over and over.
_checked_text = lru_cache(maxsize=4_096)(checked_text)


def checked_charge(charge: Charge, currency: str) -> Charge:
    """The charge as it may be kept; raises `InvalidInput` if it may not."""
    if charge.amount_minor < 0:
        raise InvalidInput("Amount of a charge must not be negative.", "Amount")
    if charge.amount_minor > largest_minor(currency):
        largest = Money(largest_minor(currency), currency)
        raise InvalidInput(f"Amount of a charge is too large: at most {largest} at a time.", "Amount")
    return replace(
        charge,
        description=_checked_text(charge.description, "Description", required=True),
        quantity=_checked_text(charge.quantity, "Quantity", LONGEST_FIGURE),
        unit_price=_checked_text(charge.unit_price, "Unit price", LONGEST_FIGURE),
    )
