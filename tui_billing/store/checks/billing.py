"""Billing: periods, what was closed, automatic payments and imported charges bear each other out."""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

# In the words of each kind of database: the day of the month of a date, the next day, and the end of a period.
DAYS = {
    "sqlite": (
        "CAST(strftime('%d', period_start) AS INTEGER)",
        "CAST(strftime('%d', billed_through, '+1 day') AS INTEGER)",
        "date(period_start, '+1 month', '-1 day')",
    ),
    "postgresql": (
        "extract(day FROM period_start)",
        "extract(day FROM billed_through + 1)",
        "CAST(period_start + interval '1 month' AS date) - 1",
    ),
}


def billing(dialect: str) -> dict[str, str]:
    """The statements for this kind of database, by figure."""
    first_day, next_day, last_day = DAYS[dialect]
    return {
        "period of invoice": f"""
            SELECT 'invoice ' || invoice.number, 1, 0 FROM invoice JOIN account ON account.id = account_id
            WHERE {first_day} <> billing_day OR period_end <> {last_day}""",
        "billed through": f"""
            SELECT 'account ' || number, 1, 0 FROM account WHERE {next_day} <> billing_day""",
        "automatic payment": """
            SELECT 'payment ' || payment.id, 1, 0 FROM payment LEFT JOIN invoice ON invoice.sequence = invoice_sequence
            WHERE (kind = 'auto') <> (invoice_sequence IS NOT NULL) OR invoice.account_id <> payment.account_id""",
        "imported charges": """
            SELECT 'import ' || key, lines, coalesce(there, 0) FROM charge_import LEFT JOIN (
                SELECT import_sequence, count(*) AS there FROM charge WHERE import_sequence IS NOT NULL
                GROUP BY import_sequence) sums ON sums.import_sequence = charge_import.sequence
            WHERE lines <> coalesce(there, 0)""",
    }
