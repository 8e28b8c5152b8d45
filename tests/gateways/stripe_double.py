"""Stripe as the tests see it: localstripe behind a layer that adds what it lacks, and that fails when it is told to.

Added are idempotency keys, newest-first lists by moment and page, the guard against refunding too much, test cards with
their decline codes, disputes and hosted pages. Shapes and rules are those of Stripe's published API.
"""

from __future__ import annotations

import http.client
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl, urlencode

SECRET_KEY = "sk_test_of_the_desk"
LONGEST_WAIT_S = 20
CHARGES, REFUNDS = "/v1/payment_intents", "/v1/refunds"
LARGEST = 99_999_999
ACCEPTED, FAILS_WHEN_CHARGED, ASKS_TO_CONFIRM = "4242424242424242", "4000000000000341", "4000002500003155"
# Stripe's test cards that localstripe does not know: the number it treats alike, and why the bank declines.
TEST_CARDS = {
    "pm_card_visa_chargeDeclinedInsufficientFunds": (FAILS_WHEN_CHARGED, "insufficient_funds"),
    "pm_card_visa_chargeDeclinedLostCard": (FAILS_WHEN_CHARGED, "lost_card"),
    "pm_card_chargeDeclinedExpiredCard": (FAILS_WHEN_CHARGED, "expired_card"),
    "pm_card_chargeCustomerFail": (FAILS_WHEN_CHARGED, "generic_decline"),
    "pm_card_authenticationRequired": (ASKS_TO_CONFIRM, ""),
    "pm_card_createDispute": (ACCEPTED, ""),
    "pm_card_pendingRefund": (ACCEPTED, ""),
}
NOT_SAVED = (400, 401, 404, 429)
Json = dict[str, Any]
Answer = tuple[int, Json]


class Fault(Enum):
    """What goes wrong with a request."""

    BUSY = "429: not looked at"
    ERROR_BEFORE = "500: nothing was done, and that is the answer for this key from now on"
    ERROR_AFTER = "500: but it was done"
    CUT = "done, and the connection is cut in the middle of the answer"
    DROPPED = "the connection is cut before anything was done"
    SLOW = "done, and the answer is held back until released"
    LATE = "held back on its way to Stripe until released"
    GARBAGE = "done, and answered with a page that is no JSON"
    BAD_GATEWAY = "done, and answered with an error of another shape"


@dataclass
class Saved:
    """What the first request with a key asked, and the answer if there is one yet."""

    asked: tuple[str, str]
    answer: Answer | None = None


@dataclass
class StripeDouble:
    """The layer in front of localstripe: `fail_next` arms a fault, `release` lets go what is held back."""

    upstream_port: int
    port: int = 0
    faults: list[tuple[str, str, Fault]] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    disputes: list[Json] = field(default_factory=list)
    new_disputes: str = "needs_response"
    notice: str = ""
    stop: Callable[[], None] = lambda: None
    lines: list[socket.socket] = field(default_factory=list)
    _saved: dict[str, Saved] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _declines: dict[str, str] = field(default_factory=dict)
    _released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _idle: threading.Condition = field(default_factory=threading.Condition)
    _busy: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail_next(self, fault: Fault, path: str = CHARGES, method: str = "POST") -> None:
        self.faults.append((method, path, fault))

    def release(self) -> None:
        """Let everything held back go on, and wait until it has been dealt with."""
        self._released.set()
        with self._idle:
            assert self._idle.wait_for(lambda: self._busy == 0, LONGEST_WAIT_S)

    def hang_up(self) -> None:
        """End the connections that were kept open."""
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def forget_keys(self) -> None:
        """What Stripe does when a key is a day old."""
        self._saved.clear()

    def working_on(self, idempotency_key: str) -> None:
        """From now on, a request with this key is being carried out."""
        self._saved[idempotency_key] = Saved(("/v1/charges", "something that takes long"))

    def intents(self) -> list[Json]:
        return self._listed(CHARGES, {"limit": "1000"})["data"]  # type: ignore[no-any-return]

    def handle(self, method: str, path: str, sent: str, headers: dict[str, str]) -> tuple[Answer | None, Fault | None]:
        """The answer to a request, none if the connection is to be cut, and the fault that strikes it."""
        params = dict(parse_qsl(sent))
        self.requests.append((method, path, params, headers))
        fault = self._fault_for(method, path)
        if fault is Fault.LATE:
            self._released.wait(LONGEST_WAIT_S)
        if fault is Fault.BUSY:
            return (429, _error("rate_limit_error", "Too many requests", code="rate_limit")), fault
        if fault is Fault.DROPPED:
            return None, fault
        if headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return (401, _error("invalid_request_error", "Invalid API Key provided: sk_test_*****desk")), fault
        if method == "GET":
            answer = self._read(path, params)
        else:
            answer = self._once(headers.get("idempotency-key", ""), path, sent, params, fault)
        if fault is Fault.SLOW:
            self._released.wait(LONGEST_WAIT_S)
        return answer, fault

    @contextmanager
    def working(self) -> Iterator[None]:
        with self._idle:
            self._busy += 1
        try:
            yield
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _fault_for(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for armed in self.faults:
                if armed[:2] == (method, path):
                    self.faults.remove(armed)
                    return armed[2]
        return None

    def _once(self, key: str, path: str, sent: str, params: dict[str, str], fault: Fault | None) -> Answer:
        with self._lock:
            saved = self._saved.get(key)
            if saved is None:
                self._saved[key] = Saved((path, sent))
        if saved is not None:
            if saved.answer is None:
                return 409, _error("invalid_request_error", "In use.", code="idempotency_key_in_use")
            if saved.asked != (path, sent):
                return 400, _error("idempotency_error", "Keys for idempotent requests can only be used once.")
            return saved.answer
        answer = (500, _error("api_error", "Oh.")) if fault is Fault.ERROR_BEFORE else self._write(path, params)
        if fault is Fault.ERROR_AFTER:
            answer = 500, _error("api_error", "Oh.")
        with self._lock:
            self._saved[key].answer = answer
            if answer[0] in NOT_SAVED:
                del self._saved[key]
        return answer

    def _read(self, path: str, params: dict[str, str]) -> Answer:
        if path == "/v1/disputes":
            return 200, _page(path, self.disputes, params)
        if path in (CHARGES, REFUNDS):
            return 200, self._listed(path, params)
        return self.forward("GET", path, params)

    def _write(self, path: str, params: dict[str, str]) -> Answer:
        if path == CHARGES:
            return self._charge(params)
        if path == REFUNDS:
            with self._lock:
                return self._refund(params)
        if path == "/v1/checkout/sessions":
            asked = {"mode", "customer", "success_url", "allowed_payment_method_types[0]"}
            if params["mode"] != "setup" or set(params) != asked:
                return 400, _error("invalid_request_error", "Wrong parameters")
            return 200, {"id": "cs_test_1", "object": "checkout.session", "url": "https://checkout.stripe.com/c/cs_1"}
        if path.endswith("/attach"):
            return self._attach(path.split("/")[-2], params)
        return self.forward("POST", path, params)

    def _charge(self, params: dict[str, str]) -> Answer:
        if any(name.startswith("payment_method_types") for name in params):
            code = "payment_method_types_no_longer_supported"
            return 400, _error("invalid_request_error", "Received unknown parameter", code=code)
        if int(params["amount"]) > LARGEST:
            return 400, _error("invalid_request_error", "Too large", code="amount_too_large", param="amount")
        params = {
            n: v for n, v in params.items() if not n.startswith("allowed_payment_method_types") and n != "description"
        }
        token = params.get("payment_method", "")
        if token:
            params["payment_method"] = self._method(token)
        status, answer = self.forward("POST", CHARGES, params)
        if status == 402:
            return status, self._declined(answer, params["payment_method"])
        if status == 200 and self._token(token) == "pm_card_createDispute":
            self.disputes.append(self._dispute(answer))
        return status, self._whole(answer) if status == 200 else answer

    def _method(self, token: str) -> str:
        """The payment method to charge in place of a test card."""
        if token not in TEST_CARDS:
            return token
        number, decline = TEST_CARDS[token]
        card = {"number": number, "exp_month": "8", "exp_year": "2031", "cvc": "123"}
        asked = {"type": "card"} | {f"card[{name}]": value for name, value in card.items()}
        method = str(self.forward("POST", "/v1/payment_methods", asked)[1]["id"])
        self._declines[method], self._tokens[method] = decline, token
        return method

    def _token(self, method: str) -> str:
        return self._tokens.get(method, method)

    def _attach(self, token: str, params: dict[str, str]) -> Answer:
        method = self._method(token)
        kept = self.forward("GET", f"/v1/payment_methods/{method}", {})[1]
        if kept.get("customer"):
            return 400, _error("invalid_request_error", "The payment method has already been attached to a customer.")
        status, answer = self.forward("POST", f"/v1/payment_methods/{kept.get('id', method)}/attach", params)
        return status, self._declined(answer, method) if status == 402 else answer

    def _refund(self, params: dict[str, str]) -> Answer:
        status, intent = self.forward("GET", f"{CHARGES}/{params['payment_intent']}", {})
        if status != 200:
            return status, _error("invalid_request_error", "No such payment_intent", code="resource_missing")
        if not intent["latest_charge"]:
            return 400, _error(
                "invalid_request_error", "This PaymentIntent does not have a successful charge to refund."
            )
        listed = self.forward("GET", REFUNDS, {"payment_intent": intent["id"], "limit": "1000"})[1]["data"]
        left = intent["amount"] - sum(refund["amount"] for refund in listed)
        if not left:
            return 400, _error("invalid_request_error", "Refunded already.", code="charge_already_refunded")
        if int(params["amount"]) > left:
            message = "Refund amount is greater than unrefunded amount on charge"
            return 400, _error("invalid_request_error", message, param="amount")
        status, refund = self.forward("POST", REFUNDS, params)
        return status, self._refund_as_it_stands(refund)

    def _listed(self, path: str, params: dict[str, str]) -> Json:
        rows = self.forward("GET", path, {"limit": "100000"})[1]["data"]
        whole = self._whole if path == CHARGES else self._refund_as_it_stands
        return _page(path, [whole(row) for row in rows], params)

    def _whole(self, intent: Json) -> Json:
        if error := intent.get("last_payment_error"):
            intent["last_payment_error"] = self._declined({"error": error}, str(intent["payment_method"]))["error"]
        return intent | {"amount_received": intent["amount"] if intent["status"] == "succeeded" else 0}

    def _declined(self, answer: Json, method: str) -> Json:
        code = self._declines.get(method) or "generic_decline"
        return {"error": {"type": "card_error"} | answer["error"] | {"decline_code": code}}

    def _refund_as_it_stands(self, refund: Json) -> Json:
        intent = self.forward("GET", f"{CHARGES}/{refund['payment_intent']}", {})[1]
        pending = self._token(str(intent["payment_method"])) == "pm_card_pendingRefund"
        return refund | ({"status": "pending"} if pending else {})

    def _dispute(self, intent: Json) -> Json:
        return {
            "id": f"dp_{next(self._numbers)}",
            "object": "dispute",
            "amount": intent["amount"],
            "currency": intent["currency"],
            "charge": intent["latest_charge"]["id"],
            "payment_intent": intent["id"],
            "reason": "fraudulent",
            "status": self.new_disputes,
            "created": intent["created"],
        }

    def forward(self, method: str, path: str, params: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream_port, timeout=LONGEST_WAIT_S)
        headers = {"Authorization": f"Bearer {SECRET_KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        sent = urlencode(params)
        try:
            connection.request(method, f"{path}?{sent}" if method == "GET" else path, sent or None, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        finally:
            connection.close()


def _error(kind: str, message: str, **more: str) -> Json:
    return {"error": {"type": kind, "message": message, **more}}


def _page(path: str, rows: list[Json], params: dict[str, str]) -> Json:
    since, limit = int(params.get("created[gte]", 0)), int(params.get("limit", 10))
    found = sorted((row for row in reversed(rows) if row["created"] >= since), key=lambda row: -row["created"])
    after = [row["id"] for row in found].index(params["starting_after"]) + 1 if "starting_after" in params else 0
    return {
        "object": "list",
        "url": path,
        "data": found[after : after + limit],
        "has_more": len(found) > after + limit,
    }
