"""A line of a file of charges: which account it charges, when, for what, and how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from tui_billing.domain.accounts import SYSTEM_NUMBER
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.invoices import Charge
from tui_billing.domain.money import Money
from tui_billing.services.charge_rules import SYSTEM_IS_NOT_CHARGED, checked_charge
from tui_billing.services.csv_lines import Columns, Values, quoted
from tui_billing.store.accounts import Payer
from tui_billing.store.charge_imports import ChargedLine

COLUMNS = Columns(("account", "date", "description", "quantity", "unit_price", "amount"))
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Beyond that a date is a slip of the pen; a charge of a closed period is late, and goes into the next invoice.
LONGEST_PAST, LONGEST_FUTURE = timedelta(days=5 * 365), timedelta(days=366)


def charged(values: Values, known: Mapping[str, Payer], today: date) -> ChargedLine:
    """The charge of one line and its account; raises `InvalidInput` for what cannot be charged."""
    number = values["account"]
    if number == SYSTEM_NUMBER:
        raise InvalidInput(SYSTEM_IS_NOT_CHARGED)
    if (payer := known.get(number)) is None:
        raise InvalidInput(f"There is no account {quoted(number)}.")
    dated = _day(values["date"])
    if not today - LONGEST_PAST <= dated <= today + LONGEST_FUTURE:
        raise InvalidInput(f"Date {dated} lies more than five years back or more than one ahead.")
    amount = Money.parse(values["amount"], payer.currency, or_zero=True)
    quantity, unit_price = values["quantity"], values["unit_price"]
    charge = Charge(dated, values["description"], quantity, unit_price, amount.minor_units)
    charge = checked_charge(charge, payer.currency)
    if not amount.is_product(quantity, unit_price):
        raise InvalidInput(f"Amount {amount.figure} is not {quantity} × {unit_price}.")
    return ChargedLine(payer.account_id, charge)


@lru_cache(maxsize=4_096)
def _day(typed: str) -> date:
    try:
        if DAY.fullmatch(typed) is not None:
            return date.fromisoformat(typed)
    except ValueError:
        pass
    raise InvalidInput(f"Date {quoted(typed)} is not a day. Write it YYYY-MM-DD.")
