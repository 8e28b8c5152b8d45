"""Documents about one account's money: who may see a thing may have it on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from tui_billing.config import SANDBOX
from tui_billing.documents.document import Document
from tui_billing.domain.access import Permission
from tui_billing.domain.errors import NotFound, RuleRefused
from tui_billing.domain.payments import ChargeBackState, Payment
from tui_billing.services.accounts import OWN, found
from tui_billing.services.billing_documents import invoice_of, statement_of
from tui_billing.services.invoices import invoice_details
from tui_billing.services.payments import payment_details
from tui_billing.services.permissions import requires
from tui_billing.services.receipts import charge_back_receipt_of, receipt_of
from tui_billing.services.service import Service
from tui_billing.services.session import OperatorSession
from tui_billing.services.statements import statements_of

TRAINING = "From a training database: no real money has moved."
PRETENDED = "Charged in the sandbox: no real money has moved."


@dataclass(frozen=True, slots=True)
class Documents(Service):
    """What receipts, invoices and statements say; `folder` is where the desk saves them, none if it does not."""

    folder: Path | None = None
    training: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What every document says below its title: on paper nobody sees which database it came from."""
        return (TRAINING,) if self.training else ()

    @requires(Permission.FINANCE, within="reading", own=OWN)
    def receipt(self, session: OperatorSession, connection: Connection, number: str, payment_id: str) -> Document:  # noqa: ARG002
        """The receipt of a payment, or the credit or debit note of a credit; raises `RuleRefused` if no money came."""
        account, details = found(connection, number), payment_details(connection, number, payment_id)
        return receipt_of(account, details, self._notes_of(details.payment))

    @requires(Permission.FINANCE, within="reading", own=OWN)
    def charge_back_receipts(
        self,
        session: OperatorSession,  # noqa: ARG002
        connection: Connection,
        number: str,
        payment_id: str,
        charge_back_id: str = "",
    ) -> tuple[Document, ...]:
        """The receipts of the payment's charge backs: of all that completed, or of those whose ID begins so."""
        account, details = found(connection, number), payment_details(connection, number, payment_id)
        chosen = [each for each in details.charge_backs if each.id.startswith(charge_back_id)]
        if charge_back_id and not chosen:
            raise NotFound(f"Payment {details.payment.short_id} has no charge back {charge_back_id[:36]}.")
        if not charge_back_id:
            chosen = [each for each in chosen if each.state is ChargeBackState.COMPLETED]
        if not chosen:
            raise RuleRefused("Nothing of this payment has been charged back.")
        notes = self._notes_of(details.payment)
        return tuple(charge_back_receipt_of(account, details.payment, each, notes) for each in chosen)

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def invoice(self, session: OperatorSession, connection: Connection, number: str, sequence: int) -> Document:  # noqa: ARG002
        """One of the account's invoices; raises `NotFound`."""
        account, details = found(connection, number), invoice_details(connection, number, sequence)
        return invoice_of(account, details, self.clock().date(), self.notes)

    @requires(Permission.ACCOUNT_MANAGE, within="reading", own=OWN)
    def statement(self, session: OperatorSession, connection: Connection, number: str, day: date) -> Document:  # noqa: ARG002
        """The statement of the billing period that holds this day; raises `NotFound`."""
        today = self.clock().date()
        account = found(connection, number)
        statements = statements_of(connection, account, today)
        for statement in statements:
            if statement.start <= day <= statement.end:
                return statement_of(account, statement, today, self.notes)
        raise NotFound(f"There is no statement of a period with the day {day:%Y-%m-%d}.")

    def _notes_of(self, payment: Payment) -> tuple[str, ...]:
        """Those of every document, and whether the card was only charged in the sandbox."""
        return self.notes or ((PRETENDED,) if payment.gateway == SANDBOX else ())
