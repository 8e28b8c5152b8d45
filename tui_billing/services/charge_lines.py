"""A line of a file of charges: which account it charges, when, for what, and how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tui_billing.domain.accounts import SYSTEM_NUMBER
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.money import Money, PlainFigure, is_product_of, parse_minor, plain_figure
from tui_billing.domain.text import checked_text
from tui_billing.services.csv_lines import Columns, Values, quoted
from tui_billing.store.accounts import Payer
from tui_billing.store.charge_imports import ChargedLine

COLUMNS = Columns(("account", "date", "description", "quantity", "unit_price", "amount"))
ACCOUNT = COLUMNS.required.index("account")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Beyond that a date is a slip of the pen; a charge of a closed period is late, and goes into the next invoice.
LONGEST_PAST, LONGEST_FUTURE = timedelta(days=5 * 365), timedelta(days=366)
# A short one of digits, a point and commas holds neither a card number nor anything that is not seen.
LONGEST_FIGURE, SHORT_FIGURE = 40, 12
SYSTEM_IS_NOT_CHARGED = "The System account is the provider itself and is charged nothing."


@dataclass(frozen=True, slots=True)
class ChargeCheck:
    """Checks the lines of a file against the accounts that it names and the day it is taken in."""

    known: Mapping[str, Payer]
    today: date

    def __call__(self, values: Values) -> ChargedLine:
        """The charge of one line and its account; raises `InvalidInput` for what cannot be charged."""
        number, day, description, quantity, unit_price, figure = values
        payer = self.known.get(number)
        if payer is None or number == SYSTEM_NUMBER:
            raise InvalidInput(
                SYSTEM_IS_NOT_CHARGED if number == SYSTEM_NUMBER else f"There is no account {quoted(number)}."
            )
        dated = _day(day, self.today)
        amount_minor = parse_minor(figure, payer.currency, or_zero=True)
        description = _description(description)
        quantity, many = _figure(quantity, "Quantity")
        unit_price, price = _figure(unit_price, "Unit price")
        if many is not None and price is not None and not is_product_of(amount_minor, payer.currency, many, price):
            amount = Money(amount_minor, payer.currency)
            raise InvalidInput(f"Amount {amount.figure} is not {quantity} × {unit_price}.")
        return ChargedLine(payer.account_id, dated, description, quantity, unit_price, amount_minor)


@lru_cache(maxsize=4_096)
def _day(typed: str, today: date) -> date:
    dated = None
    if DAY.fullmatch(typed) is not None:
        with suppress(ValueError):
            dated = date.fromisoformat(typed)
    if dated is None:
        raise InvalidInput(f"Date {quoted(typed)} is not a day. Write it YYYY-MM-DD.")
    if not today - LONGEST_PAST <= dated <= today + LONGEST_FUTURE:
        raise InvalidInput(f"Date {dated} lies more than five years back or more than one ahead.")
    return dated


@lru_cache(maxsize=4_096)
def _description(typed: str) -> str:
    # Usage is described in the same words over and over.
    return checked_text(typed, "Description", required=True)


def _figure(typed: str, label: str) -> tuple[str, PlainFigure | None]:
    """A quantity or a price as it was given, if it may be kept, and what it says."""
    plain = plain_figure(typed)
    if plain is None or len(typed) > SHORT_FIGURE:
        typed = checked_text(typed, label, LONGEST_FIGURE)
        plain = plain_figure(typed)
    return typed, plain
