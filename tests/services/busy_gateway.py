"""The sandbox with something going on around each call: other desks, late arrivals, and the end of the process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tui_billing.gateways.base import Answer, ChargeRequest, RefundRequest
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.services.service import utc_now


class DeskDied(BaseException):
    """The process ended here."""


class BusyGateway(SandboxGateway):
    """The sandbox, with something going on before and after a request reaches it."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = utc_now) -> None:
        super().__init__(path, clock)
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def charge(self, request: ChargeRequest) -> Answer:
        return self._around(lambda: super(BusyGateway, self).charge(request))

    def refund(self, request: RefundRequest) -> Answer:
        return self._around(lambda: super(BusyGateway, self).refund(request))

    def _around(self, call: Callable[[], Answer]) -> Answer:
        before, after = self.before, self.after
        self.before = self.after = lambda: None
        before()
        answer = call()
        after()
        return answer
