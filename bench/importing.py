"""Files of charges and of accounts taken in, beside raw `executemany` of the same rows."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.fresh import fresh_desk
from tests.desk_fixtures import CORPORATE, Desk
from tui_billing.services.charges import ImportRequest

ROWS = 50_000
CHARGES = ("account_id", "import_sequence", "dated", "description", "quantity", "unit_price", "amount_minor")
ACCOUNTS = (
    *("number", "name", "search", "sort_name", "type", "state", "currency", "master_user", "created", "billing_day"),
    *("payment_terms_days", "funds_minor", "receivable_minor"),
)


def files(book: Book) -> Samples:
    """Each file through its service, then its rows once more by the driver; processor time, for a thousand rows."""
    charges, accounts = ImportRequest("c.csv", _charges()), _accounts()
    with fresh_desk(book) as desk:
        gc.collect()
        gc.freeze()
        charged = _ms(lambda: desk.services.charges.import_file(desk.finance, charges))
        added = _ms(lambda: desk.services.accounts.import_file(desk.root, "a.csv", accounts))
        gc.unfreeze()
        return {
            "import: charges": [charged],
            "raw: charges": [_raw(desk, "charge", CHARGES, "")],
            "import: accounts": [added],
            "raw: accounts": [_raw(desk, "account", ACCOUNTS, "number > '2'")],
        }


def _raw(desk: Desk, table: str, columns: tuple[str, ...], where: str) -> float:
    """Numbers are unique, so that those of accounts get a letter."""
    named = ", ".join("number || 'x'" if column == "number" else column for column in columns)
    with closing(sqlite3.connect(desk.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        rows = connection.execute(f"SELECT {named} FROM {table} {where and f'WHERE {where}'}").fetchall()
        assert len(rows) == ROWS
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.execute("BEGIN IMMEDIATE")
        took = _ms(lambda: connection.executemany(statement, rows))
        connection.execute("ROLLBACK")
    return took


def _charges() -> bytes:
    lines = ["account,date,description,quantity,unit_price,amount"]
    for row in range(ROWS):
        many, price = row % 9_973 + 1, row % 997 + 1
        amount = f"{many * price // 10_000}.{many * price // 100 % 100:02d}"
        figures = f"{many // 100}.{many % 100:02d},{price // 100}.{price % 100:02d}"
        lines.append(f"{CORPORATE},2026-03-{row % 16 + 1:02d},Compute hours {row % 8},{figures},{amount}")
    return "\n".join(lines).encode()


def _accounts() -> bytes:
    rows = (f"{20_000_000 + row},Brightwater {row % 977} {row} LLC,corporate,USD,user{row}" for row in range(ROWS))
    return "\n".join(("number,name,type,currency,master_user", *rows)).encode()


def _ms(act: Callable[[], object]) -> float:
    start_s = time.process_time()
    act()
    return (time.process_time() - start_s) * 1000 * 1000 / ROWS


# 100,000 rows a second where the driver alone does 298,000.
MOST_RATIO = 2.98
MEASUREMENT = Measurement(
    scenarios=(files,),
    figures=(
        Figure("17", "1,000 charges", "import: charges", floor="raw: charges", most_ratio=MOST_RATIO),
        Figure("17", "1,000 accounts", "import: accounts", floor="raw: accounts", most_ratio=MOST_RATIO),
    ),
)
