"""localstripe is started once for all tests of a worker, and only if one asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.gateways.harnesses import Harness, gateway_named, stripe
from tests.gateways.stripe_double import StripeDouble
from tests.gateways.stripe_server import running_double, running_localstripe


class Localstripe:
    """Starts localstripe when its port is asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self.port = cache(lambda: stack.enter_context(running_localstripe()))


@pytest.fixture(scope="session")
def localstripe() -> Iterator[Localstripe]:
    """The port of a running localstripe, when asked."""
    with ExitStack() as stack:
        yield Localstripe(stack)


@pytest.fixture(params=["sandbox", "stripe"])
def harness(request: pytest.FixtureRequest, tmp_path: Path, localstripe: Localstripe) -> Iterator[Harness]:
    """Every gateway in turn."""
    with gateway_named(request.param, tmp_path, localstripe.port) as harness:
        yield harness


@pytest.fixture
def double(localstripe: Localstripe) -> Iterator[StripeDouble]:
    """Stripe's double."""
    with running_double(localstripe.port()) as double:
        yield double


@pytest.fixture
def at_stripe(double: StripeDouble) -> Iterator[Harness]:
    """The gateway on Stripe, against the double."""
    with stripe(double) as harness:
        yield harness
