"""Payments: listing them, Record Payment and Make Payment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.idempotency import checked_key
from tui_billing.domain.invoices import LedgerLine
from tui_billing.domain.money import Money
from tui_billing.domain.money_actions import refuse_make, refuse_record
from tui_billing.domain.pages import Direction, Page
from tui_billing.domain.payments import RECORD_METHODS, ChargeBack, Payment, PaymentFilter, PaymentKind, PaymentState
from tui_billing.domain.text import checked_text
from tui_billing.services.accounts import OWN, found, held
from tui_billing.services.card_payments import pending_values, send
from tui_billing.services.gateway_answers import once_sent
from tui_billing.services.idempotency import content_of, earlier_result
from tui_billing.services.lookups import payment_found
from tui_billing.services.money_in import add_payment, take_in
from tui_billing.services.outcomes import resolve_payment
from tui_billing.services.permissions import requires
from tui_billing.services.requests import MakeRequest, RecordRequest
from tui_billing.services.results import MoneyMoved, told
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import invoices, payments, users
from tui_billing.store.ledger import applications, lines_of_payment
from tui_billing.store.users import AuditEntry

# What is earlier is a slip of the pen, such as the year 26.
EARLIEST_RECEIVED = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """Everything about one payment or credit: what it paid (by invoice number), what went back, and its history."""

    payment: Payment
    paid: tuple[tuple[str, Money], ...]
    charge_backs: tuple[ChargeBack, ...]
    entries: tuple[LedgerLine, ...]
    history: tuple[AuditEntry, ...]


@dataclass(frozen=True, slots=True)
class Payments(Service):
    """Money coming in, and the list of all that came."""

    @requires(Permission.FINANCE, within="reading", own=OWN, trying=True)
    def page(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        number: str,
        chosen: PaymentFilter,
        direction: Direction,
        key: tuple[date, int] | None,
        limit: int,
        search: str = "",
    ) -> Page[Payment]:
        """One page of an account's payments and credits, newest first; the key is a row's received date, sequence."""
        return payments.listed(found(connection, number).id, chosen, search).page(connection, direction, key, limit)

    @requires(Permission.FINANCE, within="reading", own=OWN)
    def details(self, session: OperatorSession, connection: Connection, number: str, payment_id: str) -> PaymentDetails:  # noqa: ARG002
        """Everything about one of the account's payments; raises `NotFound`."""
        return payment_details(connection, number, payment_id)

    @requires(Permission.FINANCE, *OWN, trying=True)
    def account_number(self, session: OperatorSession, payment_id: str) -> str:
        """The number of the account that a payment belongs to; a customer's user is always told the own one."""
        if session.account_number is not None:
            return session.account_number
        with self.store.reading() as connection:
            return payment_found(connection, payment_id).account_number

    @requires(Permission.FINANCE, within="writing", action="Record Payment", keyed=True)
    def record(
        self, session: OperatorSession, connection: Connection, number: str, request: RecordRequest, key: str
    ) -> MoneyMoved:
        """Record Payment: money a corporate customer paid the provider, once per key."""
        key, content = checked_key(key), content_of("record", number, request)
        account = held(connection, number)
        if (earlier := earlier_result(connection, key, content)) is not None:
            return told(connection, earlier)
        refuse_record(account)
        values = self._recorded_values(account, request)
        moved = take_in(self, connection, session, account, key, content, values)
        self.audit(connection, session, "Record Payment", moved.payment.id, f"done: {moved.payment.amount} on {number}")
        return moved

    @requires(own=(Permission.BILLING_ADMIN,), action="Make Payment", keyed=True)
    def make(self, session: OperatorSession, number: str, amount: str, key: str) -> MoneyMoved:
        """Make Payment: charge the retail account's card on file through its gateway, once per key.

        Raises `RuleRefused` with the reason if the card is declined, and `OutcomeUnknown` if no answer came.
        """
        key, content = checked_key(key), content_of("make", number, MakeRequest(amount))
        with self.store.writing() as connection:
            account = held(connection, number)
            earlier = earlier_result(connection, key, content)
            if earlier is None:
                refuse_make(account)
                assert account.card is not None
                self.gateway(account.card.gateway)
                amount_minor = Money.parse(amount, account.currency).minor_units
                values = pending_values(self, account.card, PaymentKind.MANUAL, amount_minor)
                payment = add_payment(self, connection, session, account, key, content, values)
                self.audit(connection, session, "Make Payment", payment.id, f"sent: {payment.amount} on {number}")
        with once_sent():
            if earlier is None:
                assert account.card is not None
                send(self, payment, account.card)
            else:
                resolve_payment(self, earlier)
            with self.store.reading() as connection:
                return told(connection, earlier or payment.id)

    def _recorded_values(self, account: Account, request: RecordRequest) -> dict[str, Any]:
        received = request.received or self.clock().date()
        if received > self.clock().date():
            raise InvalidInput("Received date lies in the future. Record the payment when it has come.", "Received")
        if received < EARLIEST_RECEIVED:
            raise InvalidInput(f"Received date lies before {EARLIEST_RECEIVED}. Check the year.", "Received")
        if request.method not in RECORD_METHODS:
            raise InvalidInput(f"Method must be one of: {', '.join(m.label for m in RECORD_METHODS)}.", "Method")
        amount_minor = Money.parse(request.amount, account.currency).minor_units
        return {
            "kind": PaymentKind.RECORD.value,
            "state": PaymentState.COMPLETED.value,
            "amount_minor": amount_minor,
            "unapplied_minor": amount_minor,
            "received": received,
            "method": request.method.value,
            "reference": checked_text(request.reference, "Reference"),
            "memo": checked_text(request.memo, "Memo"),
        }


def payment_details(connection: Connection, number: str, payment_id: str) -> PaymentDetails:
    """Everything about one of the account's payments; raises `NotFound`."""
    payment = payment_found(connection, payment_id, number)
    paid_minor = applications(connection, payment.sequence)
    numbers = invoices.numbers(connection, list(paid_minor))
    return PaymentDetails(
        payment,
        tuple((numbers[sequence], Money(m, payment.currency)) for sequence, m in paid_minor.items()),
        tuple(payments.charge_backs_of(connection, payment.id)),
        tuple(lines_of_payment(connection, payment.sequence)),
        tuple(users.audit_of(connection, payment.id)),
    )
