"""What a money action would do, worked out in a book that is not saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from tui_billing.domain.access import Permission
from tui_billing.domain.accounts import Account
from tui_billing.domain.ledger import NEW, Book, Event, Funding
from tui_billing.domain.money import Money
from tui_billing.domain.money_actions import (
    refuse_cancel_credit,
    refuse_cancel_payment,
    refuse_charge_back,
    refuse_credit,
    refuse_dispute,
    refuse_make,
    refuse_record,
)
from tui_billing.domain.payments import PaymentKind
from tui_billing.services.accounts import found
from tui_billing.services.disputes import reversal_amount, won_dispute
from tui_billing.services.lookups import charge_back_found, dispute_found, payment_found
from tui_billing.services.permissions import requires
from tui_billing.services.refunds import charge_back_amount
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.store import accounts, invoices, payments
from tui_billing.store.ledger import load_book

REFUSE_WAY_BACK = {
    PaymentKind.AUTO: refuse_charge_back,
    PaymentKind.MANUAL: refuse_charge_back,
    PaymentKind.RECORD: refuse_cancel_payment,
    PaymentKind.CREDIT: refuse_cancel_credit,
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The balance now and after, and the invoices that would be paid or re-opened, with how much of each.

    `pending` is what the card may have been charged already, where nobody knows yet.
    """

    now: Money
    after: Money
    paid: tuple[tuple[str, Money], ...]
    reopened: tuple[tuple[str, Money], ...]
    pending: Money | None = None


@dataclass(frozen=True, slots=True)
class Previews(Service):
    """Says before OK what will happen; asked while the operator types."""

    @requires(Permission.FINANCE, within="reading", trying=True)
    def record(self, session: OperatorSession, connection: Connection, number: str, amount: str) -> Preview:  # noqa: ARG002
        """What Record Payment of this amount would do."""
        account = found(connection, number)
        refuse_record(account)
        return _of_money_in(self, connection, account, PaymentKind.RECORD, amount)

    @requires(within="reading", own=(Permission.BILLING_ADMIN,), trying=True)
    def make(self, session: OperatorSession, connection: Connection, number: str, amount: str) -> Preview:  # noqa: ARG002
        """What Make Payment of this amount would do, once the card has been charged."""
        account = found(connection, number)
        refuse_make(account)
        pending = [each.amount_minor for each in payments.pending(connection) if each.account_id == account.id]
        preview = _of_money_in(self, connection, account, PaymentKind.MANUAL, amount)
        return replace(preview, pending=account.money(sum(pending))) if pending else preview

    @requires(Permission.FINANCE, within="reading", trying=True)
    def credit(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        number: str,
        amount: str,
        expires: date | None = None,
    ) -> Preview:
        """What Issue Credit of this amount would do."""
        account = found(connection, number)
        refuse_credit(account)
        return _of_money_in(self, connection, account, PaymentKind.CREDIT, amount, expires)

    @requires(Permission.FINANCE, within="reading", trying=True)
    def take_back(self, session: OperatorSession, connection: Connection, payment_id: str, amount: str = "") -> Preview:  # noqa: ARG002
        """What a charge back of this amount, or of all that is left, or a cancellation would do."""
        payment = payment_found(connection, payment_id)
        REFUSE_WAY_BACK[payment.kind](payment)
        account = accounts.by_id(connection, payment.account_id)
        amount_minor = charge_back_amount(payment, amount).minor_units
        book = load_book(connection, account, reversing=payment.sequence)
        book.take_back(payment.sequence, amount_minor)
        return _of_book(connection, account, book)

    @requires(Permission.FINANCE, within="reading", trying=True)
    def dispute(self, session: OperatorSession, connection: Connection, reference: str) -> Preview:  # noqa: ARG002
        """What recording the dispute with this reference would do."""
        dispute, payment = dispute_found(connection, reference)
        refuse_dispute(payment, dispute.amount)
        account = accounts.by_id(connection, payment.account_id)
        book = load_book(connection, account, reversing=payment.sequence)
        book.take_back(payment.sequence, dispute.amount_minor)
        return _of_book(connection, account, book)

    @requires(Permission.FINANCE, within="reading", trying=True)
    def reversal(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        charge_back_id: str,
        amount: str = "",
    ) -> Preview:
        """What Charge Back Reversed of this amount, or of all that has not come back, would do."""
        charge_back = charge_back_found(connection, charge_back_id)
        won_dispute(connection, charge_back)
        payment = payment_found(connection, charge_back.payment_id)
        regained_minor = reversal_amount(payment, charge_back, amount).minor_units
        account = accounts.by_id(connection, payment.account_id)
        book = load_book(connection, account, reversing=payment.sequence)
        book.regain(payment.sequence, regained_minor)
        return _of_book(connection, account, book)


def _of_money_in(
    service: Service,
    connection: Connection,
    account: Account,
    kind: PaymentKind,
    amount: str,
    expires: date | None = None,
) -> Preview:
    amount_minor = Money.parse(amount, account.currency).minor_units
    book = load_book(connection, account)
    book.fund(Funding(NEW, kind, expires, amount_minor))
    service.store.payment_ids.foresee(connection)
    return _of_book(connection, account, book)


def _of_book(connection: Connection, account: Account, book: Book) -> Preview:
    change_minor: Counter[int] = Counter()
    for entry in book.entries:
        if entry.invoice_sequence is not None:
            sign = {Event.FUNDS_APPLIED: 1, Event.APPLICATION_UNDONE: -1}.get(entry.event, 0)
            change_minor[entry.invoice_sequence] += sign * entry.amount_minor
    numbers = invoices.numbers(connection, list(change_minor))
    changes = [(numbers[sequence], minor) for sequence, minor in sorted(change_minor.items())]
    return Preview(
        account.balance,
        account.money(book.funds_minor - book.receivable_minor),
        paid=tuple((number, account.money(minor)) for number, minor in changes if minor > 0),
        reopened=tuple((number, account.money(-minor)) for number, minor in changes if minor < 0),
    )
