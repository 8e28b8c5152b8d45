"""The many accounts of a large demo database: of one shape, and made by the database itself, many at a time.

Each is billed for a few months, and its payments pay its invoices in order and in full; what no payment is for stays
due. So nothing has to be settled, and every sum is that of the amounts below.
"""

# ruff: noqa: S608 -- what is put together here are constants of this package

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.access import Profile
from tui_billing.domain.invoices import last_closed_day, period_of
from tui_billing.store.accounts import found_by
from tui_billing.store.demo.accounts import CURRENCIES
from tui_billing.store.demo.people import company, person
from tui_billing.store.demo.rows import ASKED_BY_NOBODY, GatewayRow, Rows
from tui_billing.store.prepared import on_driver

MONTHS = 4
AT_ONCE = 10_000
RETAIL_EVERY = 8
LARGEST_SHARE = 100  # of all payments, one in so many is of the first account
TERMS_DAYS = {"retail": 14, "corporate": 30}
CARD = ("Visa", "4242", "12/39", "sandbox", "cus_demo", "card_approved")
NO_CARD = (None,) * len(CARD)

TABLES = (
    """CREATE TEMP TABLE crowd (account_id INTEGER PRIMARY KEY, currency, type, billing_day, terms_days, payments,
        first_payment, first_invoice, first_card, password_hash, master_user)""",
    """CREATE TEMP TABLE month (billing_day, month, start, end, issued, PRIMARY KEY (billing_day, month))
        WITHOUT ROWID""",
    "CREATE TEMP TABLE counted (n INTEGER PRIMARY KEY)",
    """CREATE TEMP TABLE paid (sequence INTEGER PRIMARY KEY, account_id, invoice, n, amount, at, id, key)""",
    "CREATE TEMP TABLE billed (sequence INTEGER PRIMARY KEY, account_id, number, start, end, issued, total, due)",
)
# Of n payments the m-th invoice gets those from `first` on; where there are fewer than invoices, one each.
FIRST = "CASE WHEN payments < {months} THEN {m} ELSE ({m} * payments + {months} - 1) / {months} END"
FIRST_HERE, FIRST_NEXT = (FIRST.format(months=MONTHS, m=m) for m in ("month", "(month + 1)"))
# Identifiers rise with the sequences, so that their indexes are written from left to right.
IDENTIFIER = "printf('%08x%08x%08x%08x', {s} * 397 & 0xffffffff, {s} * {a} & 0xffffffff, {s} * {b} & 0xffffffff, {s})"
STEPS = (
    f"""INSERT INTO paid SELECT first_payment + n, account_id, first_invoice + month, n,
            500 + (account_id * 7919 + n * 104729) % 49500,
            strftime('%Y-%m-%d %H:%M:%S.000000', issued, '+' ||
                (118800 + (n - ({FIRST_HERE})) * 1987200 / ({FIRST_NEXT} - ({FIRST_HERE}))) || ' seconds'),
            {IDENTIFIER.format(s="(first_payment + n)", a=2654435761, b=40503)},
            {IDENTIFIER.format(s="(first_payment + n)", a=2246822519, b=60493)}
        FROM crowd JOIN month USING (billing_day) CROSS JOIN counted
        WHERE n >= {FIRST_HERE} AND n < min({FIRST_NEXT}, payments) ORDER BY 1""",
    f"""INSERT INTO billed SELECT first_invoice + month, crowd.account_id,
            printf('INV-%s-%06d', substr(issued, 1, 4), first_invoice + month), start, end, issued,
            coalesce(sum(amount), 0), CASE WHEN count(amount) = 0 OR (month = {MONTHS - 1} AND crowd.account_id % 7 = 0)
                THEN 1000 + crowd.account_id * 31 % 90000 ELSE 0 END
        FROM crowd JOIN month USING (billing_day) LEFT JOIN paid ON invoice = first_invoice + month
        GROUP BY first_invoice + month ORDER BY 1""",
    "UPDATE billed SET total = total + due",
    """INSERT INTO invoice (sequence, number, account_id, period_start, period_end, issued, due_date, total_minor,
            due_minor)
        SELECT sequence, number, account_id, start, end, issued, date(issued, '+' || terms_days || ' days'), total, due
        FROM billed JOIN crowd USING (account_id) ORDER BY sequence""",
    """INSERT INTO charge (account_id, invoice_sequence, dated, description, quantity, unit_price, amount_minor)
        SELECT account_id, sequence, start, 'Support plan', '1', CASE currency WHEN 'JPY' THEN CAST(total AS TEXT)
            WHEN 'KWD' THEN printf('%d.%03d', total / 1000, total % 1000)
            ELSE printf('%d.%02d', total / 100, total % 100) END, total
        FROM billed JOIN crowd USING (account_id) ORDER BY sequence""",
    """INSERT INTO payment (sequence, id, account_id, kind, state, amount_minor, unapplied_minor, charged_back_minor,
            charge_back_pending_minor, received, recorded_at, method, reference, memo, recorded_by, card_label,
            gateway, gateway_reference, failure_reason, key, cancelled_by)
        SELECT sequence, id, account_id, iif(retail, 'manual', 'record'), 'completed', amount, 0, 0, 0,
            substr(at, 1, 10), at, iif(retail, 'card', 'bank_transfer'),
            iif(retail, '', printf('TRF %07d', sequence % 10000000)), '',
            iif(retail, master_user, 'finance'), iif(retail, 'Visa •••• 4242', ''), iif(retail, 'sandbox', ''),
            iif(retail, printf('ch_%08d', first_card + n), ''), '', key, ''
        FROM paid JOIN (SELECT *, type = 'retail' AS retail FROM crowd) crowd USING (account_id)
        ORDER BY sequence""",
    f"INSERT INTO money_action SELECT key, '{ASKED_BY_NOBODY}', id FROM paid ORDER BY sequence",
    """INSERT INTO ledger_entry (account_id, event, debit, credit, amount_minor, payment_sequence, invoice_sequence,
            recorded_at, recorded_by)
        SELECT account_id, event, debit, credit, amount, payment, invoice, at, by FROM (
            SELECT account_id, 0 AS step, 'charges_invoiced' AS event, 'receivable' AS debit, 'revenue' AS credit,
                total AS amount, NULL AS payment, sequence AS invoice, issued || ' 08:00:00.000000' AS at,
                'billing run' AS by FROM billed WHERE total > 0
            UNION ALL SELECT account_id, 1, iif(type = 'retail', 'card_payment_completed', 'payment_recorded'),
                iif(type = 'retail', 'card_clearing', 'bank'), 'customer_funds', amount, sequence, NULL, at,
                iif(type = 'retail', master_user, 'finance') FROM paid JOIN crowd USING (account_id)
            UNION ALL SELECT account_id, 2, 'funds_applied', 'customer_funds', 'receivable', amount, sequence, invoice,
                at, iif(type = 'retail', master_user, 'finance') FROM paid JOIN crowd USING (account_id))
        ORDER BY account_id, at, payment, step""",
    """INSERT INTO account_total SELECT account_id, substr(at, 1, 8) ||
            iif(CAST(substr(at, 9, 2) AS INTEGER) < billing_day, '01', printf('%02d', billing_day)) AS stretch,
            sum(charged), sum(paid), 0
        FROM (SELECT account_id, issued AS at, total AS charged, 0 AS paid FROM billed WHERE total > 0
            UNION ALL SELECT account_id, at, 0, amount FROM paid) JOIN crowd USING (account_id)
        GROUP BY account_id, stretch""",
    """UPDATE account SET receivable_minor = due FROM (
            SELECT account_id, sum(due) AS due FROM billed GROUP BY account_id) WHERE id = account_id""",
    f"""INSERT INTO user (name, profile, account_id, password_hash, disabled, failures)
        SELECT master_user, '{Profile.MASTER_USER.value}', account_id, password_hash, 0, 0
        FROM crowd ORDER BY account_id""",
)
CARD_PAYMENTS = """
    SELECT printf('ch_%08d', first_card + n), key, 'charge', amount, currency, 'card_approved', NULL, NULL,
        replace(at, ' ', 'T') || '+00:00', id
    FROM paid JOIN crowd USING (account_id) WHERE type = 'retail' ORDER BY sequence"""
ACCOUNT_COLUMNS = (
    *("id", "number", "name", "search", "sort_name", "type", "state", "currency", "master_user", "created"),
    *("billing_day", "payment_terms_days", "card_brand", "card_last_four", "card_expiry", "card_gateway"),
    *("card_customer_reference", "card_payment_method_reference", "funds_minor", "receivable_minor", "billed_through"),
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many accounts with how many payments between them, and what of the others they come after."""

    accounts: int
    payments: int
    first_id: int
    first_number: int
    number_step: int
    today: date
    password_hash: str
    seed: int

    def add(
        self,
        connection: Connection,
        rows: Rows,
        unique: Callable[[str], str],
        on_gateway_rows: Callable[[list[GatewayRow]], None],
    ) -> Iterator[int]:
        """Make the accounts with all that is theirs; gives how many there are, some thousands at a time."""
        for statement in TABLES:
            on_driver(connection, statement)
        on_driver(connection, "INSERT INTO month VALUES (?, ?, ?, ?, ?)", list(self._months()), many=True)
        on_driver(connection, "INSERT INTO counted VALUES (?)", [(n,) for n in range(self._most)], many=True)
        for first in range(0, self.accounts, AT_ONCE):
            until = min(first + AT_ONCE, self.accounts)
            self._add_accounts(connection, range(first, until), rows, unique)
            for statement in STEPS:
                on_driver(connection, statement)
            on_gateway_rows(on_driver(connection, CARD_PAYMENTS).fetchall())
            for name in ("crowd", "paid", "billed"):
                on_driver(connection, f"DELETE FROM {name}")
            yield until

    @property
    def _large(self) -> int:
        """The payments of the first account."""
        return self.payments // LARGEST_SHARE

    @property
    def _most(self) -> int:
        return max(self._large, self._share(1)) + 1

    def _share(self, index: int) -> int:
        """How many payments an account has."""
        if index == 0:
            return self._large
        each, rest = divmod(self.payments - self._large, max(1, self.accounts - 1))
        return each + (index <= rest)

    def _months(self) -> Iterator[tuple[Any, ...]]:
        """The billing periods of each billing day, all of whose payments came before today."""
        for billing_day in range(1, 29):
            end = last_closed_day(self.today - timedelta(days=32), billing_day)
            for month in reversed(range(MONTHS)):
                start = period_of(end, billing_day)[0]
                issued = end + timedelta(days=1)
                yield (billing_day, month, start.isoformat(), end.isoformat(), issued.isoformat())
                end = start - timedelta(days=1)

    def _add_accounts(self, connection: Connection, indexes: range, rows: Rows, unique: Callable[[str], str]) -> None:
        """Make the accounts of these indexes, and note what the steps have to know of them."""
        random = Random(f"{self.seed} crowd {indexes.start}")  # noqa: S311 -- repeatable on purpose
        accounts, crowd = [], []
        begins = {day: start for day, month, start, *_ in self._months() if month == 0}
        closed = {day: last_closed_day(self.today - timedelta(days=2), day).isoformat() for day in begins}
        for index in indexes:
            retail = index % RETAIL_EVERY == RETAIL_EVERY - 1
            account_type, billing_day = "retail" if retail else "corporate", 1 + index % 28
            name, master_user = person(random) if retail else company(random)
            account = {"number": f"{self.first_number + self.number_step * index:08d}", "name": name}
            account |= {"master_user": unique(master_user)}
            account |= found_by(account)
            account_id, currency, payments = self.first_id + index, random.choice(CURRENCIES), self._share(index)
            accounts.append(
                (
                    *(account_id, account["number"], name, account["search"], account["sort_name"], account_type),
                    *("active", currency, account["master_user"], begins[billing_day], billing_day),
                    *(TERMS_DAYS[account_type], *(CARD if retail else NO_CARD), 0, 0, closed[billing_day]),
                )
            )
            crowd.append(
                (
                    *(account_id, currency, account_type, billing_day, TERMS_DAYS[account_type]),
                    *(payments, rows.payment_count + 1, rows.invoice_count + 1, rows.gateway_count + 1),
                    *(self.password_hash, account["master_user"]),
                )
            )
            rows.skip(payments, MONTHS, payments if retail else 0)
        insert = f"INSERT INTO account ({', '.join(ACCOUNT_COLUMNS)}) VALUES ({', '.join('?' * len(ACCOUNT_COLUMNS))})"
        on_driver(connection, insert, accounts, many=True)
        on_driver(connection, f"INSERT INTO crowd VALUES ({', '.join('?' * 11)})", crowd, many=True)
