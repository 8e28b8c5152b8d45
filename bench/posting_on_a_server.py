"""A payment recorded on PostgreSQL, beside raw psycopg; needs the server's programs on this machine."""

from __future__ import annotations

from contextlib import closing

import psycopg

from bench.book import Book
from bench.figures import Figure, Measurement, Samples
from bench.floors.raw_payment import RawPayments
from bench.fresh import fresh_desk_on_a_server
from bench.posting import in_turn


def on_postgresql(book: Book) -> Samples:
    """Some of each in turn, on a server of this machine."""
    with (
        fresh_desk_on_a_server(book) as (desk, url),
        closing(psycopg.connect(url, autocommit=True)) as connection,
    ):
        samples = in_turn(desk, "PostgreSQL", lambda: RawPayments(connection, "BEGIN", "%({})s"))
        connection.close()
        return samples


MEASUREMENT = Measurement(
    scenarios=(on_postgresql,),
    figures=(
        Figure("13", "a payment recorded on PostgreSQL", "service: PostgreSQL", floor="raw: PostgreSQL", most_ratio=2),
    ),
)
