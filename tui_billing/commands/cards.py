"""`accounts attach-card` and `accounts card-link`: cards on file, by reference and never by number."""

from __future__ import annotations

import argparse

from tui_billing.commands import as_json
from tui_billing.commands.output import Result, listing
from tui_billing.commands.signing_in import Desk


def attach(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The account with its new card on file."""
    account = desk.services.cards.attach(desk.session, arguments.number, arguments.reference)
    assert account.card is not None, "what has just been attached is on file"
    card = account.card
    told = f"{card.label}, expires {card.expiry}, is on file of {account.name} ({account.number}) at {card.gateway}."
    return Result(as_json.account(account), listing([("Done", told)]))


def link(desk: Desk, arguments: argparse.Namespace) -> Result:
    """The gateway's page where the customer enters a card, alone on its line, or that there is none."""
    found = desk.services.cards.link(desk.session, arguments.number)
    document = {"gateway": found.gateway, "address": found.address}
    none = f"The gateway {found.gateway} has no card page. Attach a card by its reference: accounts attach-card."
    return Result(document, none if found.address is None else found.address)
