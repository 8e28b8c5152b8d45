"""Imported by the fork server alone: it does everything once, so that those it starts find all statements compiled."""

from __future__ import annotations

import gc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from tests.compiled_once import share_compiled_statements
from tests.desk_fixtures import POSTGRESQL, SQLITE, copied, create_desk, make_template
from tests.postgresql.databases import let_go
from tests.services.processes import carry_out, opened


def _do_everything_once(kind: str) -> None:
    with TemporaryDirectory() as folder:
        template, directory = Path(folder, "template"), Path(folder, "desk")
        template.mkdir()
        with copied(make_template(template, kind, "desk", create_desk), directory), opened(directory) as desk:
            services, *_ = desk
            orders = [("record", "1.00", "recorded"), ("make", "1.00", "made")]
            assert {carry_out(*desk, order) for order in orders} == {"done"}
            with services.payments.store.reading() as connection:
                ids = dict(map(tuple, connection.execute(text("SELECT key, id FROM payment"))))
            orders = [("cancel", ids["recorded"], "cancelled"), ("give part back", ids["made"], "given back")]
            assert {carry_out(*desk, order) for order in orders} == {"done"}
            services.billing_runs.run(desk[1])


share_compiled_statements(pytest.MonkeyPatch())
for each in (SQLITE, POSTGRESQL):
    _do_everything_once(each)
# No connection is carried across a fork.
let_go()
# What was there before a fork stays as it is: looking through it would copy it.
gc.freeze()
gc.set_threshold(100_000, 50, 100)
