"""What can happen in one account: each event moves money through the account's book and leaves its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tui_billing.domain.invoices import Charge, stretch_of
from tui_billing.domain.ledger import LEGS, Book, Funding, OpenInvoice, Totals
from tui_billing.domain.payments import (
    CancelReason,
    ChargeBackReason,
    ChargeBackState,
    PaymentKind,
    PaymentMethod,
    PaymentState,
)
from tui_billing.store.demo.accounts import APPROVING, Plan
from tui_billing.store.demo.rows import Row, Rows

BILLING_RUN = "billing run"
DECLINES = {
    "card_insufficient_funds": "Insufficient funds.",
    "card_expired": "The card has expired.",
    "card_lost": "The card was reported lost.",
    "card_do_not_honor": "The bank declined without a reason.",
}
REFUND_DECLINES = {"card_refund_refused": "The card issuer refuses refunds."}
NEVER_ARRIVED = "The request never reached the gateway; no money moved."
UNSENT = ("card_error", "card_timeout_before", "card_refund_timeout_before")
ANSWER_LOST = ("card_timeout_after", "card_refund_timeout_after")
FORGET_AFTER = 16

EVENT_COLUMNS = {event: (event.value, debit.value, credit.value) for event, (debit, credit) in LEGS.items()}
PAYMENT_DEFAULTS: Row = {
    "charged_back_minor": 0,
    "charge_back_pending_minor": 0,
    "unapplied_minor": 0,
    "reference": "",
    "memo": "",
    "expires": None,
    "card_label": "",
    "gateway": "",
    "gateway_reference": "",
    "failure_reason": "",
    "cancelled_by": "",
    "cancelled_at": None,
    "cancel_reason": None,
    "invoice_sequence": None,
}


class AccountHistory:
    """One account's events in moment order, with the book that says what each one settles."""

    def __init__(
        self, plan: Plan, master_user: str, account_id: int, billing_day: int, random: Random, rows: Rows
    ) -> None:
        self.plan = plan
        self.master_user = master_user
        self.book = Book()
        self.payment_count = 0
        self._account_id = account_id
        self._billing_day = billing_day
        self._random = random
        self._rows = rows
        self._payments: dict[int, Row] = {}
        self._invoices: dict[int, Row] = {}
        self._held: set[int] = set()
        self._totals: dict[date, Totals] = {}

    def invoice(self, at: datetime, period: tuple[date, date], lines: Sequence[Charge]) -> OpenInvoice:
        """Issue the invoice of a period and settle it from the funds at hand."""
        total_minor = sum(line.amount_minor for line in lines)
        issued = at.date()
        row: Row = {"account_id": self._account_id, "period_start": period[0], "period_end": period[1]}
        row |= {"issued": issued, "due_date": issued + timedelta(self.plan.terms_days)}
        row |= {"total_minor": total_minor, "due_minor": 0}
        sequence = self._rows.add_invoice(row)
        self._invoices[sequence] = row
        self.charges(lines, sequence)
        invoice = OpenInvoice(sequence, issued, total_minor, total_minor)
        self.book.charge(invoice)
        self._post(at, BILLING_RUN)
        return invoice

    def charges(self, lines: Sequence[Charge], invoice_sequence: int | None = None) -> None:
        """Keep lines of usage, on an invoice or waiting for one."""
        for line in lines:
            row: Row = {"account_id": self._account_id, "invoice_sequence": invoice_sequence, "dated": line.dated}
            row |= {"description": line.description, "quantity": line.quantity, "unit_price": line.unit_price}
            row["amount_minor"] = line.amount_minor
            self._rows.charges.append(row)

    def pay(
        self, at: datetime, by: str, kind: PaymentKind, method: PaymentMethod, amount_minor: int, **details: Any
    ) -> int:
        """Take money or a credit in, let it settle what is open, and give the payment's sequence."""
        self._forget_spent()
        sequence = self._add(at, by, kind, method, amount_minor, PaymentState.COMPLETED, details)
        self.book.fund(Funding(sequence, kind, details.get("expires"), amount_minor))
        self._post(at, by)
        return sequence

    def pay_by_card(
        self, at: datetime, by: str, amount_minor: int, card: str, label: str, invoice_sequence: int | None = None
    ) -> int:
        """Charge a card as the sandbox would have: completed, failed, or taken with the answer lost.

        For an invoice it is an automatic payment, for none the customer's own.
        """
        key, payment_id = self._identifier(), self._identifier()
        details: Row = {"key": key, "id": payment_id, "gateway": "sandbox", "card_label": label}
        kind = PaymentKind.MANUAL
        if invoice_sequence is not None:
            kind = PaymentKind.AUTO
            details |= {"invoice_sequence": invoice_sequence, "reference": self._invoices[invoice_sequence]["number"]}
        currency = self.plan.currency
        decline = DECLINES.get(card) or (NEVER_ARRIVED if card in UNSENT[:2] else "")
        if decline == NEVER_ARRIVED:
            self._rows.add_gateway("wd", key, at, "", "withdrawn", 0, "", "", None, decline)
        else:
            transaction = ("charge", amount_minor, currency, card, None, decline or None)
            reference = self._rows.add_gateway("ch", key, at, payment_id, *transaction)
        if decline:
            details["failure_reason"] = decline
            return self._add(at, by, kind, PaymentMethod.CARD, amount_minor, PaymentState.FAILED, details)
        if card in ANSWER_LOST[:1]:
            return self._add(at, by, kind, PaymentMethod.CARD, amount_minor, PaymentState.PENDING, details)
        return self.pay(at, by, kind, PaymentMethod.CARD, amount_minor, gateway_reference=reference, **details)

    def hold(self, sequence: int) -> None:
        """Remember a payment although it is spent, since some of it will be taken back."""
        self._held.add(sequence)

    def charge_back(self, at: datetime, by: str, sequence: int, amount_minor: int, case_reference: str) -> None:
        """Return card money as the sandbox would have: completed, failed, or returned with the answer lost."""
        payment = self._payments[sequence]
        card = self.plan.card or APPROVING
        key = self._identifier()
        row: Row = {"id": self._identifier(), "payment_id": payment["id"], "amount_minor": amount_minor, "key": key}
        row |= {"reason": self._random.choice(tuple(ChargeBackReason)).value, "case_reference": case_reference}
        row |= {"issued_by": by, "issued_at": at, "failure_reason": "", "gateway_reference": ""}
        self._rows.charge_backs.append(row)
        self._rows.add_action(key, row["id"])
        decline = REFUND_DECLINES.get(card) or (NEVER_ARRIVED if card in UNSENT[2:] else "")
        if decline == NEVER_ARRIVED:
            self._rows.add_gateway("wd", key, at, "", "withdrawn", 0, "", "", None, decline)
        else:
            charge_reference = payment["gateway_reference"]
            transaction = ("refund", amount_minor, self.plan.currency, card, charge_reference, decline or None)
            reference = self._rows.add_gateway("re", key, at, row["id"], *transaction)
        if decline:
            row |= {"state": ChargeBackState.FAILED.value, "failure_reason": decline}
        elif card in ANSWER_LOST[1:]:
            row["state"] = ChargeBackState.PENDING.value
            payment["charge_back_pending_minor"] = amount_minor
        else:
            row |= {"state": ChargeBackState.COMPLETED.value, "gateway_reference": reference}
            self._returned(at, by, sequence, amount_minor)

    def cancel(self, at: datetime, by: str, sequence: int, reason: CancelReason) -> None:
        """Take a recorded payment or a credit back whole."""
        payment = self._payments[sequence]
        payment |= {"cancelled_by": by, "cancelled_at": at, "cancel_reason": reason.value}
        payment["state"] = PaymentState.CANCELLED.value
        self._rows.add_action(f"cancel-{payment['id']}", payment["id"])
        self._take_back(at, by, sequence, payment["amount_minor"])

    def close(self) -> None:
        """Bring what is left of payments and invoices into their rows, and the totals into theirs."""
        for start, totals in self._totals.items():
            self._rows.totals.append({"account_id": self._account_id, "start": start, **asdict(totals)})
        self._totals.clear()
        self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        for sequence, funding in self.book.fundings.items():
            self._payments[sequence]["unapplied_minor"] = funding.unapplied_minor
        for sequence, invoice in self.book.invoices.items():
            self._invoices[sequence]["due_minor"] = invoice.due_minor

    def _returned(self, at: datetime, by: str, sequence: int, amount_minor: int) -> None:
        payment = self._payments[sequence]
        payment["charged_back_minor"] += amount_minor
        whole = payment["charged_back_minor"] == payment["amount_minor"]
        payment["state"] = (PaymentState.CHARGED_BACK if whole else PaymentState.PARTLY_CHARGED_BACK).value
        self._take_back(at, by, sequence, amount_minor)

    def _take_back(self, at: datetime, by: str, sequence: int, amount_minor: int) -> None:
        self._held.discard(sequence)
        self.book.take_back(sequence, amount_minor)
        self._post(at, by)

    def _add(
        self,
        at: datetime,
        by: str,
        kind: PaymentKind,
        method: PaymentMethod,
        amount_minor: int,
        state: PaymentState,
        details: Row,
    ) -> int:
        row = {**PAYMENT_DEFAULTS, "received": at.date(), **details}
        row |= {"account_id": self._account_id, "kind": kind.value, "state": state.value}
        row |= {"method": method.value, "amount_minor": amount_minor, "recorded_at": at, "recorded_by": by}
        for name in ("id", "key"):
            row[name] = row.get(name) or self._identifier()
        sequence = self._rows.add_payment(row)
        self._rows.add_action(row["key"], row["id"])
        self._payments[sequence] = row
        self.payment_count += 1
        return sequence

    def _post(self, at: datetime, by: str) -> None:
        start = stretch_of(at.date(), self._billing_day)
        self._totals[start] = sum((entry.totals for entry in self.book.entries), self._totals.get(start, Totals()))
        for entry in self.book.entries:
            event, debit, credit = EVENT_COLUMNS[entry.event]
            row: Row = {"account_id": self._account_id, "event": event, "debit": debit, "credit": credit}
            row |= {"amount_minor": entry.amount_minor, "payment_sequence": entry.payment_sequence}
            row |= {"invoice_sequence": entry.invoice_sequence, "recorded_at": at, "recorded_by": by}
            self._rows.entries.append(row)
        self.book.entries.clear()

    def _forget_spent(self) -> None:
        """Drop what can no longer change, as the book looks through all it has at every event."""
        if len(self.book.fundings) <= FORGET_AFTER:
            return
        self._bring_up_to_date()
        book = self.book
        book.fundings = {n: f for n, f in book.fundings.items() if f.unapplied_minor or n in self._held}
        paid_by_held = {n for f in book.fundings.values() for n in f.applied_minor}
        book.invoices = {n: i for n, i in book.invoices.items() if i.due_minor or n in paid_by_held}
        self._payments = {n: self._payments[n] for n in book.fundings}
        self._invoices = {n: self._invoices[n] for n in book.invoices}

    def _identifier(self) -> str:
        return f"{self._random.getrandbits(128):032x}"
