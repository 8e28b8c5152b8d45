"""Who does what in words: bank references, memos, reasons and the people at the finance desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from tui_billing.domain.money import exponent
from tui_billing.domain.payments import RECORD_METHODS, CancelReason, PaymentKind, PaymentMethod
from tui_billing.store.demo.accounts import APPROVING, Plan
from tui_billing.store.demo.history import AccountHistory
from tui_billing.store.demo.usage import RATES

FINANCE = ("finance", "finance", "finance2")
EARLIER_CARD = "card_insufficient_funds"
EARLIER_LABEL = "Visa •••• 9995"
APPROVING_LABEL = "Visa •••• 4242"
REFERENCES = {
    PaymentMethod.BANK_TRANSFER: ("TRF", "SEPA", "SWIFT"),
    PaymentMethod.CHECK: ("Check no.",),
    PaymentMethod.CASH: ("Till receipt",),
    PaymentMethod.OTHER: ("Set-off note",),
}
RECORD_MEMOS = (
    *("", "", "", ""),
    "Paid without a remittance advice",
    "Remittance advice received by email",
    "Two transfers, one advice",
)
LOCAL_MEMOS = {"EUR": "Zapłacono za dwie faktury", "JPY": "振込手数料差引き", "GBP": "Íoctha in iomlán"}
CREDIT_REASONS = (
    "Service level credit: storage outage",
    "Goodwill: slow answer from support",
    "Promotional credit, spring campaign",
    "Migration discount",
    "Price agreed with sales, applied late",
)
CANCEL_REASONS = (CancelReason.ENTERED_IN_ERROR, CancelReason.RETURNED_BY_THE_BANK, CancelReason.DUPLICATE)
CANCEL_CREDIT_REASONS = (CancelReason.ENTERED_IN_ERROR, CancelReason.DUPLICATE, CancelReason.WRONG_ACCOUNT)


def minor_units(dollars: int, currency: str) -> int:
    """A round amount of about that many US dollars, in minor units of the currency."""
    return dollars * RATES[currency] * int(10 ** exponent(currency)) // 1000


def card_label(plan: Plan) -> str:
    """The account's card as the screens name it."""
    return f"{plan.card_brand} •••• {plan.card_last_four}"


class Dealings:
    """What the finance desk, the billing run and the customer do in one account."""

    def __init__(self, history: AccountHistory, random: Random) -> None:
        self._history = history
        self._plan = history.plan
        self._random = random

    def record(self, at: datetime, amount_minor: int) -> int:
        """Record Payment: mostly a bank transfer, some days after it was received."""
        random = self._random
        method = RECORD_METHODS[0] if random.randrange(10) < 7 else random.choice(RECORD_METHODS[1:])
        received = at.date() - timedelta(random.choice((0, 0, 0, 1, 2, 5)))
        reference = f"{random.choice(REFERENCES[method])} {random.randrange(10**6, 10**7)}"
        memo = random.choice((*RECORD_MEMOS, LOCAL_MEMOS.get(self._plan.currency, "")))
        by = random.choice(FINANCE)
        words = {"received": received, "reference": reference, "memo": memo}
        return self._history.pay(at, by, PaymentKind.RECORD, method, amount_minor, **words)

    def charge(self, at: datetime, by: str, amount_minor: int, card: str, invoice_sequence: int | None = None) -> int:
        """Charge the card on file, or one that was on file earlier, for an invoice or of the customer's own accord."""
        label = {self._plan.card: card_label(self._plan), APPROVING: APPROVING_LABEL}.get(card, EARLIER_LABEL)
        return self._history.pay_by_card(at, by, amount_minor, card, label, invoice_sequence)

    def make(self, at: datetime, amount_minor: int) -> int:
        """Make Payment, by the master user."""
        return self.charge(at, self._history.master_user, amount_minor, self._plan.card)

    def credit(self, at: datetime, dollars: int, days: int | None, reason: str = "") -> int:
        """Issue Credit, to be used within some days or at any time."""
        by = self._random.choice(FINANCE)
        memo = reason or self._random.choice(CREDIT_REASONS)
        amount_minor = minor_units(dollars, self._plan.currency)
        expires = None if days is None else at.date() + timedelta(days)
        words = {"memo": memo, "expires": expires}
        return self._history.pay(at, by, PaymentKind.CREDIT, PaymentMethod.CREDIT, amount_minor, **words)

    def charge_back(self, at: datetime, sequence: int, amount_minor: int) -> None:
        """Issue Charge Back, mostly with the bank's case reference."""
        case = f"CB-{at.year}-{self._random.randrange(10**4, 10**5)}" if self._random.randrange(4) else ""
        self._history.charge_back(at, self._random.choice(FINANCE), sequence, amount_minor, case)

    def cancel(self, at: datetime, sequence: int) -> None:
        """Cancel Payment."""
        self._history.cancel(at, self._random.choice(FINANCE), sequence, self._random.choice(CANCEL_REASONS))

    def cancel_credit(self, at: datetime, sequence: int) -> None:
        """Cancel Credit."""
        self._history.cancel(at, self._random.choice(FINANCE), sequence, self._random.choice(CANCEL_CREDIT_REASONS))
