"""The sandbox's test cards, by payment-method reference, and how each behaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tui_billing.gateways.base import DisputeState


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a test card answers a charge and a refund: a decline reason, a fault, where the fault strikes, a dispute."""

    meaning: str
    charge_decline: str = ""
    charge_fault: str = ""
    refund_decline: str = ""
    refund_fault: str = ""
    delay_s: float = 0
    dispute: DisputeState | None = None
    decided_after: timedelta = timedelta()

    def dispute_state(self, age: timedelta) -> DisputeState | None:
        """How the dispute of a charge of this age stands; none if charges of the card are not disputed."""
        return DisputeState.OPEN if self.dispute is not None and age < self.decided_after else self.dispute


CARDS = {
    "card_approved": Behaviour("approves everything"),
    "card_insufficient_funds": Behaviour("declines: insufficient funds", charge_decline="Insufficient funds."),
    "card_expired": Behaviour("declines: the card has expired", charge_decline="The card has expired."),
    "card_lost": Behaviour("declines: reported lost", charge_decline="The card was reported lost."),
    "card_do_not_honor": Behaviour("declines without a reason", charge_decline="The bank declined without a reason."),
    "card_error": Behaviour("the gateway answers with an error, nothing charged", charge_fault="error"),
    "card_timeout_before": Behaviour("no answer, nothing charged", charge_fault="before"),
    "card_timeout_after": Behaviour("charged, but the answer is lost", charge_fault="after"),
    "card_refund_refused": Behaviour("approves; refuses refunds", refund_decline="The card issuer refuses refunds."),
    "card_refund_timeout_before": Behaviour("approves; no answer to a refund, nothing sent", refund_fault="before"),
    "card_refund_timeout_after": Behaviour("approves; refunds, but the answer is lost", refund_fault="after"),
    "card_slow": Behaviour("approves everything, each time after 5 seconds", delay_s=5),
    "card_disputed": Behaviour("approves; every charge is disputed at once", dispute=DisputeState.OPEN),
    "card_dispute_won": Behaviour(
        "approves; every charge is disputed at once, and two minutes later you win",
        dispute=DisputeState.WON,
        decided_after=timedelta(minutes=2),
    ),
}
