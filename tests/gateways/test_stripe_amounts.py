"""Amounts at Stripe: converted both ways without a loss, or declined before anything is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.gateways.harnesses import Harness
from tests.gateways.stripe_double import StripeDouble
from tui_billing.gateways.base import Approved, Declined
from tui_billing.gateways.stripe_amounts import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("amount_minor", "currency", "sent"),
    [
        (1_234, "USD", 1_234),
        (500, "JPY", 500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (700, "MGA", 7),
        (5_120, "KWD", 5_120),
        (1_000, "HUF", 1_000),
    ],
)
def test_amounts_are_sent_as_stripe_counts_them(amount_minor: int, currency: str, sent: int) -> None:
    assert to_stripe(amount_minor, currency) == sent
    assert from_stripe(sent, currency.lower()) == (amount_minor, currency)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "reason"),
    [
        (5_124, "KWD", "Stripe takes KWD with two decimals. Nothing was sent; end the amount with a 0."),
        (750, "MGA", "Stripe takes MGA without decimals. Nothing was sent; use a whole amount."),
        (1_000, "IQD", "Stripe does not take IQD. Nothing was sent."),
    ],
)
def test_an_amount_that_stripe_cannot_represent_is_declined(
    at_stripe: Harness, double: StripeDouble, amount_minor: int, currency: str, reason: str
) -> None:
    request = at_stripe.request(amount=amount_minor, currency=currency)
    assert at_stripe.gateway.charge(request) == Declined(reason)
    assert double.intents() == []


@pytest.mark.parametrize(("amount_minor", "currency"), [(5_120, "KWD"), (500, "JPY"), (5, "ISK")])
def test_what_moved_is_told_in_our_own_minor_units(at_stripe: Harness, amount_minor: int, currency: str) -> None:
    charged = at_stripe.gateway.charge(at_stripe.request(amount=amount_minor, currency=currency))
    assert isinstance(charged, Approved)
    at_stripe.gateway.refund(at_stripe.refund_request(charged.reference, amount=amount_minor, currency=currency))
    moved = {
        (t.amount_minor, t.currency) for t in at_stripe.gateway.transactions(datetime.now(UTC) - timedelta(hours=1))
    }
    assert moved == {(amount_minor, currency)}
