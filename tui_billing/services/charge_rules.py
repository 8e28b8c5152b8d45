"""What a charge must be like to be kept."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.invoices import Charge
from tui_billing.domain.money import Money, largest_minor
from tui_billing.domain.text import checked_text

LONGEST_FIGURE, SHORT_FIGURE = 40, 12
SYSTEM_IS_NOT_CHARGED = "The System account is the provider itself and is charged nothing."


@lru_cache(maxsize=4_096)
def checked_description(description: str) -> str:
    """The description, if it may be kept; usage is described in the same words over and over."""
    return checked_text(description, "Description", required=True)


def checked_figure(figure: str, label: str) -> str:
    """A quantity or a price as it was given, if it may be kept."""
    # A short one of digits and a point holds neither a card number nor anything that is not seen.
    if len(figure) <= SHORT_FIGURE and figure.replace(".", "").isdecimal() and figure.isascii():
        return figure
    return checked_text(figure, label, LONGEST_FIGURE)


def checked_charge(charge: Charge, currency: str) -> Charge:
    """The charge as it may be kept; raises `InvalidInput` if it may not."""
    if charge.amount_minor < 0:
        raise InvalidInput("Amount of a charge must not be negative.", "Amount")
    if charge.amount_minor > largest_minor(currency):
        largest = Money(largest_minor(currency), currency)
        raise InvalidInput(f"Amount of a charge is too large: at most {largest} at a time.", "Amount")
    return replace(
        charge,
        description=checked_description(charge.description),
        quantity=checked_figure(charge.quantity, "Quantity"),
        unit_price=checked_figure(charge.unit_price, "Unit price"),
    )
