"""What holds for every single ledger entry, as SQL conditions: the table's CHECKs, and what `check` asks again."""

from __future__ import annotations

from tui_billing.domain.ledger import COUNTS, LEGS, MONEY_IN, MONEY_OUT, MONEY_REGAINED, LedgerAccount


def _legs_hold() -> str:
    cases = (
        f"WHEN '{event}' THEN debit = '{debit}' AND credit = '{credit}'" for event, (debit, credit) in LEGS.items()
    )
    return f"CASE event {' '.join(cases)} ELSE FALSE END"


def _names(column: str, ledger_account: LedgerAccount) -> str:
    return f"({column} IS NOT NULL) = ('{ledger_account}' IN (debit, credit))"


def totalled(column: str) -> str:
    """What an entry adds to a column of its account's totals."""
    signs = {event: getattr(totals, column) for event, totals in COUNTS.items()}
    cases = (f"WHEN '{event}' THEN {sign} * amount_minor" for event, sign in signs.items() if sign)
    return f"CASE event {' '.join(cases)} ELSE 0 END"


# The legs are those of the event, which thereby is one of the events there are.
LEGS_HOLD = _legs_hold()
# What is receivable is so on an invoice, and customer funds are those of a payment or credit: no money out of nowhere.
REFERENCES_HOLD = (
    f"{_names('invoice_sequence', LedgerAccount.RECEIVABLE)}"
    f" AND {_names('payment_sequence', LedgerAccount.CUSTOMER_FUNDS)}"
)
# By which event money of each kind comes in, goes out and is regained, as a list of `kind:event`.
EVENTS_OF_KINDS = ", ".join(
    f"'{kind}:{event}'" for events in (MONEY_IN, MONEY_OUT, MONEY_REGAINED) for kind, event in events.items()
)
MONEY_IN_EVENTS = ", ".join(f"'{event}'" for event in sorted(set(MONEY_IN.values())))
MONEY_OUT_EVENTS = ", ".join(f"'{event}'" for event in sorted(set(MONEY_OUT.values())))
MONEY_REGAINED_EVENTS = ", ".join(f"'{event}'" for event in sorted(set(MONEY_REGAINED.values())))
# All others add nothing to an account's totals.
TOTALLED_EVENTS = ", ".join(f"'{event}'" for event in COUNTS)
