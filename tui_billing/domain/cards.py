"""Cards on file: which accounts have one, and by what a card is named; never by its number."""

from __future__ import annotations

import re

from tui_billing.domain.accounts import Account, AccountState, AccountType
from tui_billing.domain.errors import InvalidInput, RuleRefused
from tui_billing.domain.text import has_card_number

FIELD = "Payment method reference"
# A letter first: what is typed off a card, mistyped or not, has none.
REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,254}", re.ASCII)


def refuse_card(account: Account) -> None:
    """Raise `RuleRefused` unless the account may have a card on file: retail, not terminated."""
    if account.type is not AccountType.RETAIL:
        raise RuleRefused(f"A card on file is for retail accounts; this account is {account.type.label}.")
    if account.state is AccountState.TERMINATED:
        raise RuleRefused("No card is put on file: this account is Terminated.")


def checked_reference(typed: str) -> str:
    """The gateway's reference of a payment method; raises `InvalidInput` for anything else, a card number above all."""
    reference = typed.strip(" ")
    fault = ""
    if not reference:
        fault = f"{FIELD} is required."
    elif has_card_number(reference):
        fault = (
            "That is a card number. Card numbers are never typed, sent or stored here: give the gateway's reference."
        )
    elif REFERENCE.fullmatch(reference) is None:
        fault = f"{FIELD} is a name that the gateway gave the card, such as pm_… or card_…, never a number."
    if fault:
        raise InvalidInput(fault, FIELD)
    return reference
