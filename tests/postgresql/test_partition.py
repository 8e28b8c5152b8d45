"""The way to the server is cut between COMMIT and its answer: each payment is there once, and the truth is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random, SystemRandom

import pytest

from tests.desk_fixtures import CORPORATE, POSTGRESQL, Clock, Desk
from tests.postgresql.cutting_proxy import Cut, cutting_proxy
from tests.postgresql.databases import server
from tui_billing.desk import open_services
from tui_billing.domain.errors import OutcomeUnknown
from tui_billing.services import asking_again
from tui_billing.services.requests import RecordRequest
from tui_billing.store.postgresql import PostgresqlStore

CUTS = 200


@pytest.mark.parametrize("desk_template", [POSTGRESQL], indirect=True, scope="session")
def test_two_hundred_cuts_between_commit_and_its_answer_lose_no_payment_and_double_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_again, "FIRST_WAIT_MS", 1)
    seed = SystemRandom().randrange(2**32)
    chance, finance, told = Random(seed), desk.finance, Counter[tuple[Cut, str]]()
    with cutting_proxy(server().folder / ".s.PGSQL.5432") as proxy:
        name = desk.settings.database.partition("?")[0].rpartition("/")[2]
        url = f"postgresql://desk@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
        services = open_services(replace(desk.settings, database=url), Clock())
        try:
            for number in range(1, CUTS + 1):
                how, key = chance.choice(list(Cut)), f"key-{number}"
                request = RecordRequest(f"{number // 100}.{number % 100:02d}")
                # Some hear at once that nobody knows, and ask again themselves.
                patience_s = chance.choice((0, 20, 20, 20))
                monkeypatch.setattr(PostgresqlStore, "patience_s", patience_s)
                proxy.cut(how)
                try:
                    moved = services.payments.record(finance, CORPORATE, request, key)
                    told[how, "done"] += 1
                except OutcomeUnknown:
                    assert patience_s == 0
                    moved = services.payments.record(finance, CORPORATE, request, key)
                    told[how, "not known"] += 1
                assert (moved.payment.key, moved.payment.amount_minor) == (key, number), f"seed {seed}"
                assert proxy.cuts == number
        finally:
            services.payments.store.close()
    assert set(told) == {(how, end) for how in Cut for end in ("done", "not known")}
    total_minor = CUTS * (CUTS + 1) // 2
    assert desk.rows("SELECT count(*), count(DISTINCT key), sum(amount_minor) FROM payment") == [
        (CUTS, CUTS, total_minor)
    ]
    assert desk.account().balance.minor_units == total_minor
    desk.assert_books_are_right()
