"""The stripe package set up for a desk: it prints nothing, repeats nothing, and every failure is told apart.

Only imported when the first call is made, since the package takes a third of a second to import.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
import stripe
from urllib3.exceptions import ConnectTimeoutError

from tui_billing.gateways.base import ChargeRequest, RefundRequest
from tui_billing.gateways.stripe_answers import UNREADABLE, Failing, StripeFailure, text_of
from tui_billing.gateways.stripe_words import words_of_error

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams, PaymentIntentCreateParams, RefundCreateParams
    from stripe.params.checkout import SessionCreateParams

Fields = dict[str, Any]
PAGE = 100
PLACEHOLDER_AMOUNT = 200
NOT_REACHED = "Stripe could not be reached; nothing was sent."
NO_ANSWER = "Stripe did not answer in time, or the connection was lost."
INTERNAL = "Stripe answered with an internal error."
TOO_BUSY = "Stripe takes no more requests for the moment; nothing was done."
BAD_KEY = "Stripe does not accept the secret key, or the key does not allow this; nothing was done."
KEY_USED = "An earlier request came with this idempotency key."


class _Transport(stripe.RequestsClient):
    """The package's own client, with answers that can be read or are none, and without notices on the terminal."""

    def request(  # type: ignore[override]  # the package's own RequestsClient differs from its base in the same way
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        content, status, answered = super().request(method, url, headers, post_data)
        if not _readable(content, status):
            raise stripe.APIConnectionError(UNREADABLE)  # type: ignore[no-untyped-call]
        return content, status, {name: answered[name] for name in answered if name.lower() != "stripe-notice"}


class StripeConnection:
    """One client for one secret key. Every method raises `StripeFailure` and nothing else."""

    def __init__(self, secret_key: str, base_url: str | None, timeout_s: tuple[float, float]) -> None:
        logging.getLogger("stripe").setLevel(logging.WARNING)
        stripe.enable_telemetry = False
        self._session = _session(proxies=base_url is None or base_url.startswith("https://"))
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={} if base_url is None else {"api": base_url.rstrip("/")},
            max_network_retries=0,
            http_client=_Transport(timeout=timeout_s, session=self._session),
        )

    def make_customer(self, account_number: str, name: str, key: str) -> Fields:
        """A customer, with the account's number in its metadata."""
        params: CustomerCreateParams = {"name": name, "metadata": {"account_number": account_number}}
        return self._ask(lambda client: client.v1.customers.create(params, _once(key)))

    def attach(self, customer: str, method: str) -> Fields:
        """The payment method, kept for the customer."""
        return self._ask(lambda client: client.v1.payment_methods.attach(method, {"customer": customer}))

    def payment_method(self, method: str) -> Fields:
        """The payment method as it is kept."""
        return self._ask(lambda client: client.v1.payment_methods.retrieve(method))

    def make_card_page(self, customer: str, afterwards: str) -> Fields:
        """A hosted page that keeps a card without charging it."""
        params: SessionCreateParams = {
            "mode": "setup",
            "customer": customer,
            "allowed_payment_method_types": ["card"],
            "success_url": afterwards,
        }
        return self._ask(lambda client: client.v1.checkout.sessions.create(params))

    def make_intent(self, request: ChargeRequest, amount: int) -> Fields:
        """A payment, confirmed at once while the customer is away."""
        params: PaymentIntentCreateParams = {
            "amount": amount,
            "currency": request.currency.lower(),
            "customer": request.customer_reference,
            "payment_method": request.payment_method_reference,
            "allowed_payment_method_types": ["card"],
            "confirm": True,
            "off_session": True,
            "metadata": {"payment_id": request.payment_id, "key": request.key},
        }
        return self._ask(lambda client: client.v1.payment_intents.create(params, _once(request.key)))

    def make_placeholder(self, key: str) -> Fields:
        """A payment that nobody confirms, under a key that is thereby used up."""
        params: PaymentIntentCreateParams = {
            "amount": PLACEHOLDER_AMOUNT,
            "currency": "usd",
            "allowed_payment_method_types": ["card"],
            "description": "Placeholder of a request that never arrived. No money moves.",
            "metadata": {"key": key, "withdrawn": "true"},
        }
        return self._ask(lambda client: client.v1.payment_intents.create(params, _once(key)))

    def cancel(self, intent: Fields) -> None:
        """End a payment that has not taken money, so that it never will."""
        reference = text_of(intent, "id")
        self._ask(lambda client: client.v1.payment_intents.cancel(reference))

    def make_refund(self, request: RefundRequest, amount: int) -> Fields:
        """A refund of a payment, whole or in part."""
        params: RefundCreateParams = {
            "payment_intent": request.charge_reference,
            "amount": amount,
            "metadata": {"charge_back_id": request.charge_back_id, "key": request.key},
        }
        return self._ask(lambda client: client.v1.refunds.create(params, _once(request.key)))

    def intents(self, since: datetime) -> Iterator[Fields]:
        """All payments made since then, newest first."""
        return self._every(lambda client, asked: client.v1.payment_intents.list(asked), since)

    def refunds(self, since: datetime) -> Iterator[Fields]:
        """All refunds made since then, newest first."""
        return self._every(lambda client, asked: client.v1.refunds.list(asked), since)

    def disputes(self, since: datetime) -> Iterator[Fields]:
        """All disputes and inquiries opened since then, newest first."""
        return self._every(lambda client, asked: client.v1.disputes.list(asked), since)

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self._session.close()

    def _ask(self, call: Callable[[stripe.StripeClient], stripe.StripeObject]) -> Fields:
        try:
            return call(self._client).to_dict()
        except stripe.StripeError as error:
            raise _told_apart(error) from None

    def _every(
        self, listing: Callable[[stripe.StripeClient, Any], stripe.StripeObject], since: datetime
    ) -> Iterator[Fields]:
        asked: Fields = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        while True:
            page = self._ask(lambda client, asked=asked: listing(client, asked))  # type: ignore[misc]
            rows = page.get("data")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise StripeFailure(Failing.UNANSWERED, UNREADABLE)
            yield from rows
            if not rows or not page.get("has_more"):
                return
            asked = asked | {"starting_after": rows[-1].get("id")}


def _once(key: str) -> stripe.RequestOptions:
    """The key as a header can carry it: any text becomes 64 plain characters."""
    return {"idempotency_key": hashlib.sha256(f"tui-billing {key}".encode()).hexdigest()}


def _session(*, proxies: bool) -> requests.Session:
    """No redirects, no cookies, no password file; the proxies of the environment, but not for plain http."""
    session = requests.Session()
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.auth = lambda request: request
    session.trust_env = proxies
    return session


def _readable(content: bytes, status: int) -> bool:
    """Whether this is JSON of the shape that Stripe's API has: an object, with an error inside if it failed."""
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and (200 <= status < 300 or isinstance(answer.get("error"), dict))


def _told_apart(error: stripe.StripeError) -> StripeFailure:
    described = error.json_body.get("error", {}) if isinstance(error.json_body, dict) else {}
    if isinstance(error, stripe.IdempotencyError):
        return StripeFailure(Failing.KEY_USED, KEY_USED)
    if isinstance(error, stripe.RateLimitError) and described.get("code") != "lock_timeout":
        return StripeFailure(Failing.NOT_TAKEN, TOO_BUSY)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return StripeFailure(Failing.REFUSED, BAD_KEY)
    if isinstance(error, stripe.CardError | stripe.InvalidRequestError):
        return StripeFailure(Failing.REFUSED, words_of_error(described))
    if isinstance(error, stripe.APIConnectionError):
        return _not_answered(error)
    return StripeFailure(Failing.UNANSWERED, INTERNAL)


def _not_answered(error: stripe.APIConnectionError) -> StripeFailure:
    if _never_left(error):
        return StripeFailure(Failing.NOT_TAKEN, NOT_REACHED)
    return StripeFailure(Failing.UNANSWERED, UNREADABLE if error.user_message == UNREADABLE else NO_ANSWER)


def _never_left(error: stripe.APIConnectionError) -> bool:
    """Whether there was no connection to send anything over: no such name, refused, or not made in time."""
    cause = error.__cause__
    if not isinstance(cause, requests.ConnectionError) or not cause.args:
        return False
    return isinstance(getattr(cause.args[0], "reason", None), ConnectTimeoutError)
