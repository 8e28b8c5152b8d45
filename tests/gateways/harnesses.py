"""Every gateway with what a contract test needs to know of it: its cards, and how to make it lose an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from tests.gateways.stripe_double import CHARGES, REFUNDS, SECRET_KEY, Fault, StripeDouble
from tests.gateways.stripe_server import running_double
from tui_billing.gateways.base import ChargeRequest, PaymentGateway, RefundRequest
from tui_billing.gateways.sandbox import CARDS, SandboxGateway
from tui_billing.gateways.stripe import StripeGateway


class Loss(Enum):
    """How an answer is lost."""

    AFTER = "the money moved"
    BEFORE = "nothing arrived"
    ERROR = "an internal error, and nothing moved"


@dataclass
class Harness:
    """A gateway under test. `losing_charge` and `losing_refund` give the card to charge for the next one to be lost."""

    gateway: PaymentGateway
    customer: str
    approved: str
    insufficient_funds: str
    disputed: str
    losing_charge: Callable[[Loss], str]
    losing_refund: Callable[[Loss], str]
    win_dispute: Callable[[], str]
    let_the_bank_decide: Callable[[], None]
    break_down: Callable[[], None]

    def request(self, key: str = "c", amount: int = 1_000, card: str = "", currency: str = "EUR") -> ChargeRequest:
        """A charge, of the card that is approved if no other is named."""
        return ChargeRequest(key, f"payment of {key}", self.customer, card or self.approved, amount, currency)

    def refund_request(
        self, reference: str, key: str = "r", amount: int = 1_000, currency: str = "EUR"
    ) -> RefundRequest:
        """A refund of the charge with this reference."""
        return RefundRequest(key, f"charge back of {key}", reference, amount, currency)


@contextmanager
def sandbox(directory: Path) -> Iterator[Harness]:
    """The sandbox, whose cards decide what goes wrong."""
    record = directory / "sandbox.db"
    charges = {Loss.AFTER: "card_timeout_after", Loss.BEFORE: "card_timeout_before", Loss.ERROR: "card_error"}
    refunds = {Loss.AFTER: "card_refund_timeout_after", Loss.BEFORE: "card_refund_timeout_before"}

    later = timedelta()

    def decide() -> None:
        nonlocal later
        later = CARDS["card_dispute_won"].decided_after

    def break_down() -> None:
        for file in directory.glob("sandbox.db*"):
            file.unlink()
        record.mkdir()

    yield Harness(
        SandboxGateway(record, lambda: datetime.now(UTC) + later),
        "customer",
        "card_approved",
        "card_insufficient_funds",
        "card_disputed",
        charges.__getitem__,
        refunds.__getitem__,
        lambda: "card_dispute_won",
        decide,
        break_down,
    )


@contextmanager
def stripe(double: StripeDouble, timeout_s: tuple[float, float] = (5, 20)) -> Iterator[Harness]:
    """The real client of the gateway on Stripe, against the double, which decides what goes wrong."""
    faults = {Loss.AFTER: Fault.CUT, Loss.BEFORE: Fault.DROPPED, Loss.ERROR: Fault.ERROR_BEFORE}
    gateway = StripeGateway(lambda: SECRET_KEY, double.url, timeout_s=timeout_s)
    customer = gateway.create_customer("10000002", "Mara Lindqvist", "the customer")

    def losing(path: str) -> Callable[[Loss], str]:
        def lose(loss: Loss) -> str:
            double.fail_next(faults[loss], path)
            return "pm_card_visa"

        return lose

    def win_dispute() -> str:
        double.new_disputes = "won"
        return "pm_card_createDispute"

    try:
        yield Harness(
            gateway,
            customer,
            "pm_card_visa",
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            "pm_card_createDispute",
            losing(CHARGES),
            losing(REFUNDS),
            win_dispute,
            lambda: None,
            double.stop,
        )
    finally:
        gateway.close()


@contextmanager
def gateway_named(name: str, directory: Path, localstripe: Callable[[], int]) -> Iterator[Harness]:
    """A harness of this gateway; localstripe is only started for the one that needs it."""
    if name == SandboxGateway.name:
        with sandbox(directory) as harness:
            yield harness
        return
    with running_double(localstripe()) as double, stripe(double) as harness:
        yield harness
