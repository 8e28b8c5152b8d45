"""With its PostgreSQL server stopped the desk stays, and goes on with the same form once that is started again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import tui_billing.app
from tests.desk_fixtures import PASSWORD, URL_FILE, create_desk, opened_in, settings_in
from tests.postgresql.cluster import Cluster, new_folder
from tests.screens.practice import Operator
from tests.screens.test_live import looks
from tui_billing.app import BillingApp
from tui_billing.desk import open_services

BANNER = "The database does not answer. Trying again…"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Cluster]:
    """A server of this test's own, with a desk's database on it."""
    cluster = Cluster(new_folder())
    cluster.make()
    cluster.start()
    (tmp_path / URL_FILE).write_text(cluster.url("postgres"))
    create_desk(tmp_path)
    yield cluster
    cluster.end()
    # It may still be tidying up.
    shutil.rmtree(cluster.folder, ignore_errors=True)


def somebody_records(directory: Path) -> None:
    with opened_in(directory) as desk:
        desk.record("7.00")


async def test_a_server_that_is_stopped_and_started_again_costs_neither_the_form_nor_a_second_payment(
    server: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tui_billing.app, "exit_on_signals", lambda app, loop: None)
    services = await asyncio.to_thread(open_services, settings_in(tmp_path))
    app = BillingApp(settings_in(tmp_path), lambda: services)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        finance = Operator(cast("Any", None), app, pilot)
        await finance.signs_in("finance", PASSWORD)
        await finance.is_at("AllAccounts")
        await finance.presses(*"slash G l o b e x enter u".split())
        await finance.is_at("Payments")
        await finance.presses("r")
        await finance.is_at("RecordPayment")
        await finance.types("10")
        await finance.sees("Balance USD 0.00 → USD 10.00")
        server.end()
        await looks(finance)
        await finance.until(lambda: BANNER in finance.screen, "said so")
        await finance.presses("enter")
        await finance.sees("Nothing was done")
        server.start()
        await looks(finance)
        await finance.until(lambda: BANNER not in finance.screen, "was back")
        await finance.presses("enter")
        await finance.is_told("USD 10.00 recorded")
        await finance.is_at("Payments")
        await asyncio.to_thread(somebody_records, tmp_path)
        await looks(finance)
        await finance.sees("USD 7.00", "Balance USD 17.00")
        await finance.settles()
    services.payments.store.close()
