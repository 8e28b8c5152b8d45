"""Every cached amount, recomputed from the ledger entries, the charge backs or the charges."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from tui_billing.store.entry_rules import MONEY_IN_EVENTS, MONEY_OUT_EVENTS, MONEY_REGAINED_EVENTS, totalled

FUNDS = (
    "CASE WHEN credit = 'customer_funds' THEN amount_minor WHEN debit = 'customer_funds' THEN -amount_minor ELSE 0 END"
)
OWED = "CASE WHEN debit = 'receivable' THEN amount_minor WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END"


def _unlike(row: str, stored: str, amount: str, source: str, joined: str) -> str:
    """The rows whose `stored` figure is not the sum of `amount` over the rows of `source` that are `joined` to them.

    `row` is how a difference names them, as an SQL expression over their table; `joined` is the column of the source
    that holds the key, and that key.
    """
    column, key = joined.split(" = ")
    kept_in = key.split(".")[0]
    return f"""
        SELECT {row}, {stored}, coalesce(recomputed, 0) FROM {kept_in} LEFT JOIN (
            SELECT {column}, sum({amount}) AS recomputed FROM {source} GROUP BY {column}) sums ON sums.{column} = {key}
        WHERE {stored} <> coalesce(recomputed, 0)"""


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
    stretch = STRETCH[dialect]
    recomputed = ", ".join(f"sum({totalled(name)}) AS {name}" for name in TOTALS)
    sums = ", ".join(f"sum({name}) AS {name}, sum(re_{name}) AS re_{name}" for name in TOTALS)
    differ = " OR ".join(f"sum({name}) <> sum(re_{name})" for name in TOTALS)
    each = " UNION ALL ".join(
        f"SELECT 'account ' || number || ' from ' || start || ', {name.removesuffix('_minor')}', {name}, re_{name}"
        f" FROM unlike JOIN account ON account.id = account_id WHERE {name} <> re_{name}"
        for name in TOTALS
    )
    unlike = f"""
        WITH unlike AS MATERIALIZED (
            SELECT account_id, start, {sums} FROM (
                SELECT account_id, start, {", ".join(f"{name}, 0 AS re_{name}" for name in TOTALS)} FROM account_total
                UNION ALL SELECT account_id, start, {", ".join(f"0, {name}" for name in TOTALS)} FROM (
                    SELECT account_id, {stretch} AS start, {recomputed}
                    FROM ledger_entry JOIN account ON account.id = account_id GROUP BY account_id, {stretch}) entries
            ) both_sides GROUP BY account_id, start HAVING {differ})
        {each}"""
    return {"totals": unlike}


ACCOUNT, OF_ACCOUNT = "'account ' || number", "account_id = account.id"
PAYMENT, OF_PAYMENT = "'payment ' || payment.id", "payment_id = payment.id"
INVOICE, OF_INVOICE = "'invoice ' || invoice.number", "invoice_sequence = invoice.sequence"
CHARGE_BACK = "'charge back ' || charge_back.id"
BALANCES = {
    "customer funds": _unlike(ACCOUNT, "funds_minor", FUNDS, "ledger_entry", OF_ACCOUNT),
    "receivable": _unlike(ACCOUNT, "receivable_minor", OWED, "ledger_entry", OF_ACCOUNT),
    "unapplied": _unlike(PAYMENT, "unapplied_minor", FUNDS, "ledger_entry", "payment_sequence = payment.sequence"),
    "invoice due": _unlike(INVOICE, "due_minor", OWED, "ledger_entry", OF_INVOICE),
    "money in": f"""
        SELECT 'payment ' || payment.id, CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END,
            coalesce(came_in, 0) FROM payment LEFT JOIN (
            SELECT payment_sequence, sum(amount_minor) AS came_in FROM ledger_entry
            WHERE event IN ({MONEY_IN_EVENTS})
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(came_in, 0) <> CASE WHEN state IN ('pending', 'failed') THEN 0 ELSE payment.amount_minor END""",
    "money out": f"""
        SELECT 'payment ' || payment.id,
            CASE WHEN state = 'cancelled' THEN payment.amount_minor ELSE charged_back_minor END, coalesce(went_out, 0)
        FROM payment LEFT JOIN (
            SELECT payment_sequence,
                sum(CASE WHEN event IN ({MONEY_OUT_EVENTS}) THEN amount_minor ELSE -amount_minor END) AS went_out
            FROM ledger_entry WHERE event IN ({MONEY_OUT_EVENTS}, {MONEY_REGAINED_EVENTS})
            GROUP BY payment_sequence) sums ON sums.payment_sequence = payment.sequence
        WHERE coalesce(went_out, 0) <> CASE WHEN state = 'cancelled' THEN payment.amount_minor
            ELSE charged_back_minor END""",
    "charged back": _unlike(
        *(PAYMENT, "charged_back_minor", "amount_minor - reversed_minor"),
        *("charge_back WHERE state = 'completed'", OF_PAYMENT),
    ),
    "reversed": _unlike(
        *(CHARGE_BACK, "reversed_minor", "amount_minor", "reversal", "charge_back_id = charge_back.id"),
    ),
    "charge back pending": _unlike(
        *(PAYMENT, "charge_back_pending_minor", "amount_minor", "charge_back WHERE state = 'pending'", OF_PAYMENT),
    ),
    "invoice total": _unlike(
        *(INVOICE, "total_minor", "amount_minor", "ledger_entry WHERE event = 'charges_invoiced'", OF_INVOICE),
    ),
    "invoice lines": _unlike(INVOICE, "total_minor", "amount_minor", "charge", OF_INVOICE),
    "unapplied sum": _unlike(ACCOUNT, "funds_minor", "unapplied_minor", "payment", OF_ACCOUNT),
    "invoices due": _unlike(ACCOUNT, "receivable_minor", "due_minor", "invoice", OF_ACCOUNT),
    # What the statements come to in the end, as they are made of invoices and totals.
    "last statement": """
        SELECT 'account ' || number, receivable_minor - funds_minor, coalesce(invoiced, 0) - coalesce(came, 0)
        FROM account
        LEFT JOIN (SELECT account_id, sum(total_minor) AS invoiced FROM invoice GROUP BY account_id) invoices
            ON invoices.account_id = account.id
        LEFT JOIN (SELECT account_id, sum(payments_minor + credits_minor) AS came FROM account_total
            GROUP BY account_id) totals ON totals.account_id = account.id
        WHERE receivable_minor - funds_minor <> coalesce(invoiced, 0) - coalesce(came, 0)""",
    "funds beside a debt": """
        SELECT 'account ' || number, funds_minor, receivable_minor FROM account
        WHERE funds_minor > 0 AND receivable_minor > 0""",
}
