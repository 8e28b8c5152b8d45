"""Cards through Stripe, on its official package; docs/gateway.md says how requests are found again and called off."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from tui_billing.domain.errors import BillingError, GatewayUnavailable, RuleRefused, SetUpRefused
from tui_billing.gateways.base import (
    OTHER_REQUEST,
    WITHDRAWN,
    Answer,
    AttachedCard,
    ChargeRequest,
    Declined,
    Dispute,
    GatewayTransaction,
    RefundRequest,
    Unknown,
)
from tui_billing.gateways.stripe_amounts import to_stripe
from tui_billing.gateways.stripe_answers import (
    NO_MONEY_TAKEN,
    Failing,
    StripeFailure,
    answer_of_intent,
    answer_of_refund,
    card_of,
    dispute_of,
    part_of,
    text_of,
    transaction_of_intent,
    transaction_of_refund,
)
from tui_billing.gateways.stripe_words import CONFIRM_ONLINE

if TYPE_CHECKING:
    from tui_billing.gateways.stripe_connection import StripeConnection

T = TypeVar("T")
TIMEOUT_S = (5.0, 20.0)
AFTER_THE_PAGE = "https://stripe.com"
# How far back `find` looks if it is not told, and how far the clocks here and at Stripe may differ.
LOOK_BACK = timedelta(days=2)
CLOCKS_DIFFER = timedelta(hours=1)
NO_PACKAGE = "The package stripe is missing. Install tui-billing[stripe]."


class StripeGateway:
    """A card processor at Stripe, or at another address that speaks its API; timeouts are to connect and to read."""

    name = "stripe"

    def __init__(
        self,
        secret_key: Callable[[], str],
        base_url: str | None = None,
        *,
        after_the_page: str = AFTER_THE_PAGE,
        timeout_s: tuple[float, float] = TIMEOUT_S,
    ) -> None:
        self._secret_key = secret_key
        self._base_url = base_url
        self._after_the_page = after_the_page
        self._timeout_s = timeout_s
        self._opened: StripeConnection | None = None

    def check(self) -> None:
        """Raise `SetUpRefused` if the package or the secret key is missing, without importing or connecting."""
        self._secret_key()
        if find_spec("stripe") is None:
            raise SetUpRefused(NO_PACKAGE)

    def charge(self, request: ChargeRequest) -> Answer:
        """Take the money at once, without the customer being there."""
        return self._answer(request.key, lambda: self._charge(request))

    def refund(self, request: RefundRequest) -> Answer:
        """Give the money back to the card that was charged."""
        return self._answer(request.key, lambda: self._refund(request))

    def find(self, key: str, since: datetime | None = None) -> Answer | None:
        """What became of the request with this key, from the list of all that were made since then."""
        try:
            return self._found(key, (since or datetime.now(UTC) - LOOK_BACK) - CLOCKS_DIFFER)
        except (StripeFailure, BillingError) as failure:
            return Unknown(failure.sentence)

    def withdraw(self, key: str) -> None:
        """Use the key up for a payment that nobody ever confirms: Stripe then refuses every other request with it."""
        with suppress(StripeFailure, BillingError):
            self._connection.cancel(self._connection.make_placeholder(key))

    def create_customer(self, account_number: str, name: str, key: str) -> str:
        """A Stripe customer with the account's number in its metadata."""
        return self._read(lambda: text_of(self._connection.make_customer(account_number, name, key), "id"))

    def attach_card(self, customer_reference: str, payment_method_reference: str) -> AttachedCard:
        """Attach a payment method to the customer, or find it attached already, as after its page was filled in."""
        try:
            return self._read(lambda: card_of(self._connection.attach(customer_reference, payment_method_reference)))
        except RuleRefused:
            with suppress(BillingError):
                kept = self._read(lambda: self._connection.payment_method(payment_method_reference))
                if kept.get("customer") == customer_reference:
                    return self._read(lambda: card_of(kept))
            raise

    def card_link(self, customer_reference: str) -> str | None:
        """A page of Stripe's own, good for a day, that keeps the card without charging it."""
        return self._read(
            lambda: text_of(self._connection.make_card_page(customer_reference, self._after_the_page), "url")
        )

    def transactions(self, since: datetime) -> Sequence[GatewayTransaction]:
        """Payments and refunds that succeeded, also those that were not made by this desk."""

        def moved() -> list[GatewayTransaction]:
            intents, refunds = self._connection.intents(since), self._connection.refunds(since)
            found = [transaction_of_intent(intent) for intent in intents if intent.get("status") == "succeeded"]
            found += [transaction_of_refund(refund) for refund in refunds if refund.get("status") == "succeeded"]
            return sorted(found, key=lambda transaction: transaction.created)

        return self._read(moved)

    def disputes(self, since: datetime) -> Sequence[Dispute]:
        """Stripe's disputes; an inquiry is none until the bank takes the money."""

        def disputed() -> list[Dispute]:
            found = self._connection.disputes(since)
            disputes = [dispute_of(dispute) for dispute in found if dispute.get("status") not in NO_MONEY_TAKEN]
            return sorted(disputes, key=lambda dispute: dispute.created)

        return self._read(disputed)

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        if self._opened is not None:
            self._opened.close()

    @property
    def _connection(self) -> StripeConnection:
        if self._opened is None:
            secret_key = self._secret_key()
            # It would make the package print requests over the screen.
            os.environ.pop("STRIPE_LOG", None)
            try:
                from tui_billing.gateways.stripe_connection import StripeConnection
            except ImportError:
                raise SetUpRefused(NO_PACKAGE) from None
            self._opened = StripeConnection(secret_key, self._base_url, self._timeout_s)
        return self._opened

    def _answer(self, key: str, send: Callable[[], Answer]) -> Answer:
        try:
            return send()
        except BillingError as refusal:
            return Declined(refusal.sentence)
        except StripeFailure as failure:
            if failure.failing in (Failing.REFUSED, Failing.NOT_TAKEN):
                return Declined(failure.sentence)
            if failure.failing is Failing.KEY_USED:
                return self._answer_to_used(key, failure.sentence)
            return Unknown(failure.sentence)

    def _answer_to_used(self, key: str, sentence: str) -> Answer:
        """What to say of a request that was not carried out, since another one had come with its key."""
        first = self.find(key) or Unknown(sentence)
        return first if isinstance(first, Unknown) or first == Declined(WITHDRAWN) else Declined(OTHER_REQUEST)

    def _charge(self, request: ChargeRequest) -> Answer:
        amount = to_stripe(request.amount_minor, request.currency)
        return self._told(self._connection.make_intent(request, amount))

    def _refund(self, request: RefundRequest) -> Answer:
        amount = to_stripe(request.amount_minor, request.currency)
        return answer_of_refund(self._connection.make_refund(request, amount))

    def _told(self, intent: dict[str, Any]) -> Answer:
        """What a payment has come to; one that waits for the customer is cancelled, so that it cannot succeed later."""
        answer = answer_of_intent(intent)
        if answer is not None:
            return answer
        try:
            self._connection.cancel(intent)
        except StripeFailure:
            return Unknown("Stripe waits for the customer, and the payment could not be cancelled yet.")
        return Declined(CONFIRM_ONLINE)

    def _found(self, key: str, since: datetime) -> Answer | None:
        withdrawn = False
        for intent in self._connection.intents(since):
            metadata = part_of(intent, "metadata")
            if metadata.get("key") == key and "payment_id" in metadata:
                return self._told(intent)
            withdrawn |= metadata.get("key") == key and "withdrawn" in metadata
        for refund in self._connection.refunds(since):
            metadata = part_of(refund, "metadata")
            if metadata.get("key") == key and "charge_back_id" in metadata:
                return answer_of_refund(refund)
        return Declined(WITHDRAWN) if withdrawn else None

    def _read(self, read: Callable[[], T]) -> T:
        try:
            return read()
        except StripeFailure as failure:
            if failure.failing in (Failing.UNANSWERED, Failing.NOT_TAKEN):
                raise GatewayUnavailable(f"{failure.sentence} Trying again is harmless.") from None
            raise RuleRefused(failure.sentence) from None
