"""Every cached amount, recomputed from the ledger entries, the charge backs or the charges."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from tui_billing.store.entry_rules import (
    MONEY_IN_EVENTS,
    MONEY_OUT_EVENTS,
    MONEY_REGAINED_EVENTS,
    TOTALLED_EVENTS,
    totalled,
)

FUNDS = (
    "CASE WHEN credit = 'customer_funds' THEN amount_minor WHEN debit = 'customer_funds' THEN -amount_minor ELSE 0 END"
)
OWED = "CASE WHEN debit = 'receivable' THEN amount_minor WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END"


def _unlike(row: str, stored: str, amount: str, source: str, joined: str) -> str:
    """The rows whose `stored` figure is not the sum of `amount` over the rows of `source` that are `joined` to them.

    `row` is how a difference names them, as an SQL expression over their table; `joined` is the column of the source
    that holds the key, and that key.
    """
    return _differing(row, stored, _sum(amount, source, joined), joined.split(" = ")[1].split(".")[0])


def _sum(amount: str, source: str, joined: str) -> str:
    # Row by row along an index: of all at once a large book would have to be sorted and kept outside memory.
    return f"coalesce((SELECT sum({amount}) FROM {source} WHERE {joined}), 0)"


def _differing(row: str, stored: str, recomputed: str, table: str) -> str:
    return f"""
        SELECT subject, stored, recomputed FROM (
            SELECT {row} AS subject, {stored} AS stored, {recomputed} AS recomputed FROM {table}) figures
        WHERE stored <> recomputed"""


# The first day of the stretch that an entry counts for: of its month, or the account's billing day in it.
STRETCH = {
    "sqlite": "substr(recorded_at, 1, 8) || CASE WHEN CAST(substr(recorded_at, 9, 2) AS INTEGER) < billing_day"
    " THEN '01' ELSE substr('0' || billing_day, -2) END",
    "postgresql": "CAST(date_trunc('month', recorded_at) + interval '1 day' * CASE"
    " WHEN extract(day FROM recorded_at) < billing_day THEN 0 ELSE billing_day - 1 END AS date)",
}
TOTALS = ("charges_minor", "payments_minor", "credits_minor")


def totals(dialect: str) -> dict[str, str]:
    """The totals that are not what the entries of their stretch of days come to, and those that are missing."""
    sums = ", ".join(f"sum({name}) AS {name}, sum(re_{name}) AS re_{name}" for name in TOTALS)
    differ = " OR ".join(f"sum({name}) <> sum(re_{name})" for name in TOTALS)
    each = " UNION ALL ".join(
        f"SELECT 'account ' || number || ' from ' || start || ', {name.removesuffix('_minor')}', {name}, re_{name}"
        f" FROM unlike WHERE {name} <> re_{name}"
        for name in TOTALS
    )
    # Account by account, so that no more than one's entries are sorted; those of few accounts once more.
    unlike = f"""
        WITH suspect AS MATERIALIZED (
            SELECT id, number, billing_day FROM account
            WHERE EXISTS (SELECT 1 FROM ({_both_sides(dialect, "")}) both_sides GROUP BY start HAVING {differ})),
        unlike AS MATERIALIZED (
            SELECT number, start, {sums} FROM ({_both_sides(dialect, "suspect account CROSS JOIN ")}) both_sides
            GROUP BY number, start HAVING {differ})
        {each}"""
    return {"totals": unlike}


def _both_sides(dialect: str, accounts: str) -> str:
    """What is stored and what the entries come to, of accounts that are named here or around it."""
    return f"""
        SELECT number, start, {", ".join(f"{name}, 0 AS re_{name}" for name in TOTALS)}
        FROM {accounts}account_total WHERE account_id = account.id
        UNION ALL SELECT number, {STRETCH[dialect]}, {", ".join(f"0, {totalled(name)}" for name in TOTALS)}
        FROM {accounts}ledger_entry WHERE account_id = account.id AND event IN ({TOTALLED_EVENTS})"""


ACCOUNT, OF_ACCOUNT = "'account ' || number", "account_id = account.id"
PAYMENT, OF_PAYMENT = "'payment ' || payment.id", "payment_id = payment.id"
OF_PAYMENTS_ENTRIES = "payment_sequence = payment.sequence"
INVOICE, OF_INVOICE = "'invoice ' || invoice.number", "invoice_sequence = invoice.sequence"
CHARGE_BACK = "'charge back ' || charge_back.id"
BALANCES = {
    "customer funds": _unlike(ACCOUNT, "funds_minor", FUNDS, "ledger_entry", OF_ACCOUNT),
    "receivable": _unlike(ACCOUNT, "receivable_minor", OWED, "ledger_entry", OF_ACCOUNT),
    "unapplied": _unlike(PAYMENT, "unapplied_minor", FUNDS, "ledger_entry", OF_PAYMENTS_ENTRIES),
    "invoice due": _unlike(INVOICE, "due_minor", OWED, "ledger_entry", OF_INVOICE),
    "money in": _unlike(
        *(PAYMENT, "CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE amount_minor END"),
        *(f"CASE WHEN event IN ({MONEY_IN_EVENTS}) THEN amount_minor ELSE 0 END", "ledger_entry", OF_PAYMENTS_ENTRIES),
    ),
    "money out": _unlike(
        *(PAYMENT, "CASE WHEN state = 'cancelled' THEN amount_minor ELSE charged_back_minor END"),
        f"CASE WHEN event IN ({MONEY_OUT_EVENTS}) THEN amount_minor"
        f" WHEN event IN ({MONEY_REGAINED_EVENTS}) THEN -amount_minor ELSE 0 END",
        *("ledger_entry", OF_PAYMENTS_ENTRIES),
    ),
    "charged back": _unlike(
        *(PAYMENT, "charged_back_minor"),
        *("CASE state WHEN 'completed' THEN amount_minor - reversed_minor ELSE 0 END", "charge_back", OF_PAYMENT),
    ),
    "reversed": _unlike(
        *(CHARGE_BACK, "reversed_minor", "amount_minor", "reversal", "charge_back_id = charge_back.id"),
    ),
    "charge back pending": _unlike(
        *(PAYMENT, "charge_back_pending_minor"),
        *("CASE state WHEN 'pending' THEN amount_minor ELSE 0 END", "charge_back", OF_PAYMENT),
    ),
    "invoice total": _unlike(
        *(INVOICE, "total_minor"),
        *("CASE event WHEN 'charges_invoiced' THEN amount_minor ELSE 0 END", "ledger_entry", OF_INVOICE),
    ),
    "invoice lines": _unlike(INVOICE, "total_minor", "amount_minor", "charge", OF_INVOICE),
    "unapplied sum": _unlike(ACCOUNT, "funds_minor", "unapplied_minor", "payment", OF_ACCOUNT),
    "invoices due": _unlike(ACCOUNT, "receivable_minor", "due_minor", "invoice", OF_ACCOUNT),
    # What the statements come to in the end, as they are made of invoices and totals.
    "last statement": _differing(
        *(ACCOUNT, "receivable_minor - funds_minor"),
        _sum("total_minor", "invoice", OF_ACCOUNT)
        + " - "
        + _sum("payments_minor + credits_minor", "account_total", OF_ACCOUNT),
        "account",
    ),
    "funds beside a debt": """
        SELECT 'account ' || number, funds_minor, receivable_minor FROM account
        WHERE funds_minor > 0 AND receivable_minor > 0""",
}
