"""Credits: Issue Credit and Cancel Credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.idempotency import checked_key
from tui_billing.domain.money import Money
from tui_billing.domain.money_actions import refuse_cancel_credit, refuse_credit
from tui_billing.domain.payments import CancelReason, PaymentKind, PaymentMethod, PaymentState
from tui_billing.domain.text import checked_text
from tui_billing.services.accounts import held
from tui_billing.services.cancelling import cancel
from tui_billing.services.idempotency import content_of, earlier_result
from tui_billing.services.money_in import take_in
from tui_billing.services.permissions import requires
from tui_billing.services.requests import CreditRequest
from tui_billing.services.results import MoneyMoved, told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession


@dataclass(frozen=True, slots=True)
class Credits(Service):
    """Credits granted to customers, which pay their charges before their own money does."""

    @requires(Permission.FINANCE, within="writing", action="Issue Credit", keyed=True)
    def issue(
        self, session: OperatorSession, connection: Connection, number: str, request: CreditRequest, key: str
    ) -> MoneyMoved:
        """Issue Credit: raise the customer's balance, once per key; a reason is required."""
        key, content = checked_key(key), content_of("credit", number, request)
        account = held(connection, number)
        if (earlier := earlier_result(connection, key, content)) is not None:
            return told(connection, earlier)
        refuse_credit(account)
        amount_minor = Money.parse(request.amount, account.currency).minor_units
        today = self.clock().date()
        if request.expires is not None and request.expires <= today:
            raise InvalidInput("Expires must be a day after today.", "Expires")
        values: dict[str, Any] = {
            "kind": PaymentKind.CREDIT.value,
            "state": PaymentState.COMPLETED.value,
            "amount_minor": amount_minor,
            "unapplied_minor": amount_minor,
            "received": today,
            "method": PaymentMethod.CREDIT.value,
            "memo": checked_text(request.reason, "Reason", required=True),
            "expires": request.expires,
        }
        moved = take_in(self, connection, session, account, key, content, values)
        self.audit(connection, session, "Issue Credit", moved.payment.id, f"done: {moved.payment.amount} on {number}")
        return moved

    @requires(Permission.FINANCE, within="writing", action="Cancel Credit", keyed=True)
    def cancel(
        self, session: OperatorSession, connection: Connection, credit_id: str, reason: CancelReason, key: str
    ) -> MoneyMoved:
        """Cancel Credit: take a credit back whole, once per key; what it had paid is due again."""
        return cancel(self, connection, session, credit_id, reason, key, refuse_cancel_credit, "Cancel Credit")
