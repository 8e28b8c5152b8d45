"""A billing run over accounts that each have charges: what one account takes, be there few or many."""

from __future__ import annotations

import time

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.fresh import fresh_desk
from tests.desk_fixtures import OPENED, Clock, Desk
from tui_billing.services.charges import ImportRequest

FEW, MANY = 500, 5_000
DAYS = 60
FIRST = 20_000_000
LINES_AT_ONCE = 100_000


def runs(book: Book) -> Samples:
    """Few accounts, then ten times as many."""
    return {"run: few": [_run(book, FEW)], "run: many": [_run(book, MANY)]}


def _run(book: Book, accounts: int) -> float:
    """Milliseconds of the processor for each account."""
    clock = Clock(OPENED)
    with fresh_desk(book, clock) as desk:
        fill(desk, clock, accounts)
        start_s = time.process_time()
        run = desk.services.billing_runs.run(desk.finance)
        took_ms = (time.process_time() - start_s) * 1000
        assert run.invoiced.count == accounts
        return took_ms / accounts


def fill(desk: Desk, clock: Clock, accounts: int) -> None:
    """Open accounts with two charges each, of a period that is over by then."""
    numbers = range(FIRST, FIRST + accounts)
    opened = [f"{number},Brightwater {number} LLC,corporate,USD,user{number}" for number in numbers]
    for some in _parts(opened):
        content = "\n".join(("number,name,type,currency,master_user", *some)).encode()
        desk.services.accounts.import_file(desk.root, "accounts.csv", content)
    clock.advance(days=DAYS)
    charged = [f"{number},2026-02-{day},Compute hours,100,0.10,10.00" for number in numbers for day in (11, 12)]
    for some in _parts(charged):
        content = "\n".join(("account,date,description,quantity,unit_price,amount", *some)).encode()
        desk.services.charges.import_file(desk.finance, ImportRequest("charges.csv", content))


def _parts(lines: list[str]) -> list[list[str]]:
    return [lines[first : first + LINES_AT_ONCE] for first in range(0, len(lines), LINES_AT_ONCE)]


MEASUREMENT = Measurement(
    scenarios=(runs,),
    figures=(
        Figure("18", "an account billed, of 5,000, against one of 500", "run: many", floor="run: few", most_ratio=1.2),
    ),
)
