"""The stripe package set up for a desk: it prints nothing, repeats nothing, and every failure is told apart.

Only imported when the first call is made, since the package takes a third of a second to import.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import stripe
from urllib3.exceptions import ConnectTimeoutError

from tui_billing.gateways.stripe_answers import UNREADABLE, Failing, StripeFailure
from tui_billing.gateways.stripe_words import words_of_error

PAGE = 100
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
    """One client for one secret key."""

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

    def ask(self, call: Callable[[stripe.StripeClient], stripe.StripeObject]) -> dict[str, Any]:
        """What the call gives, as a plain dictionary; raises `StripeFailure` and nothing else."""
        try:
            return call(self._client).to_dict()
        except stripe.StripeError as error:
            raise _told_apart(error) from None

    def every(
        self, listing: Callable[[stripe.StripeClient, Any], stripe.StripeObject], since: datetime
    ) -> Iterator[dict[str, Any]]:
        """Everything of one kind that was created since then, newest first, page after page."""
        asked: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
        while True:
            page = self.ask(lambda client, asked=asked: listing(client, asked))  # type: ignore[misc]
            rows = page.get("data")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise StripeFailure(Failing.UNANSWERED, UNREADABLE)
            yield from rows
            if not rows or not page.get("has_more"):
                return
            asked = asked | {"starting_after": rows[-1].get("id")}

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self._session.close()


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
