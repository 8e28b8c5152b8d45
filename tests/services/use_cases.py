"""Every use case of every service as a call that succeeds for whoever may make it, and who that is.

`MAY` is the table of the rule book carried out by hand: it is never read from the policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.desk_fixtures import CORPORATE, RETAIL, Desk
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import AccountFilter, AccountState, AccountType
from tui_billing.domain.pages import Direction
from tui_billing.domain.payments import CancelReason, PaymentFilter
from tui_billing.services.accounts import NewAccount
from tui_billing.services.charges import ImportRequest
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.session import OperatorSession

ROOT, FINANCE, OPS, SALES, HELP = (
    Profile.ROOT,
    Profile.FINANCE_ADMIN,
    Profile.OPS_ADMIN,
    Profile.SALES_SUPPORT,
    Profile.HELP_DESK,
)
MASTER, BILLING = Profile.MASTER_USER, Profile.BILLING_ADMIN

ANY_ACCOUNT = {ROOT, FINANCE, OPS, SALES, HELP}  # Account manage
MONEY = {ROOT, FINANCE}  # Finance Create/Manage
PEOPLE = {ROOT, OPS}  # Account create; User create/manage
OWN = {MASTER, BILLING}  # Account admin, Billing Admin manage: the own account alone
NEW = NewAccount("20000001", "Newcomer Ltd", AccountType.CORPORATE, "USD", "newcomer")

IMPORTED = f"account,date,description,quantity,unit_price,amount\n{RETAIL},2026-03-01,Compute,1,5,5"
NEW_ACCOUNTS = "number,name,type,currency,master_user\n20000001,Newcomer Ltd,corporate,USD,newcomer"

MAY: dict[str, set[Profile]] = {
    "users.list": PEOPLE,
    "users.add": PEOPLE,
    "users.unlock": PEOPLE,
    "users.disable": PEOPLE,
    "users.enable": PEOPLE,
    "users.change_profile": PEOPLE,
    "accounts.page": ANY_ACCOUNT,
    "accounts.show": ANY_ACCOUNT | OWN,
    "accounts.add": PEOPLE,
    "accounts.import_file": PEOPLE,
    "accounts.change_state": PEOPLE,
    "cards.attach": MONEY | OWN,
    "cards.link": MONEY | OWN,
    "documents.receipt": MONEY | OWN,
    "documents.charge_back_receipts": MONEY | OWN,
    "documents.invoice": ANY_ACCOUNT | OWN,
    "documents.statement": ANY_ACCOUNT | OWN,
    "payments.page": MONEY | OWN,
    "payments.details": MONEY | OWN,
    "payments.account_number": MONEY | OWN,
    "payments.record": MONEY,
    "payments.make": OWN,
    "credits.issue": MONEY,
    "credits.cancel": MONEY,
    "refunds.charge_back": MONEY,
    "refunds.cancel_payment": MONEY,
    "disputes.record": MONEY,
    "disputes.reverse": MONEY,
    "previews.record": MONEY,
    "previews.make": OWN,
    "previews.credit": MONEY,
    "previews.take_back": MONEY,
    "previews.dispute": MONEY,
    "previews.reversal": MONEY,
    "invoices.page": ANY_ACCOUNT | OWN,
    "invoices.details": ANY_ACCOUNT | OWN,
    "statements.list": ANY_ACCOUNT | OWN,
    "charges.import_file": MONEY,
    "billing_runs.run": MONEY,
    "automatic_payments.failed": MONEY,
    "dashboards.show": ANY_ACCOUNT | OWN,
    "outcomes.look_up": MONEY | OWN,
    "reconciliation.reconcile": MONEY,
    "reconciliation.exceptions": MONEY,
    "checks.check": MONEY,
    "checks.card_clearing": MONEY,
    "backups.backup": MONEY,
    "backups.restore": MONEY,
    "backups.copy": MONEY,
}
# How a session comes about, and what the desk looks up before there is one.
OPEN_TO_ALL = {"sign_in.sign_in", "sign_in.confirm", "outcomes.resolve_all", "changes.seen", "changes.version"}


@dataclass(frozen=True)
class Case:
    """A desk on which every use case has something to work on."""

    desk: Desk
    card_payment: str
    recorded_payment: str
    credit: str
    dispute: str
    won: str
    invoice: int

    @classmethod
    def prepared(cls, desk: Desk) -> Case:
        """Make one of everything."""
        invoice = desk.invoice("10.00", RETAIL)
        credit, paid, recorded = desk.credit("4.00", RETAIL), desk.make("20.00"), desk.record("30.00")
        desk.charge("1.00", RETAIL)
        won, dispute = desk.won_dispute("7.00").charge_back, desk.dispute("6.00")
        assert won is not None
        desk.set_card("card_approved")
        desk.charge_back(paid.payment, "1.00")
        return cls(desk, paid.payment.id, recorded.payment.id, credit.payment.id, dispute, won.id, invoice.sequence)


Call = Callable[[Case, OperatorSession], Any]
CALLS: dict[str, Call] = {
    "users.list": lambda c, s: c.desk.services.users.list(s),
    "users.add": lambda c, s: c.desk.services.users.add(
        s, "newcomer", HELP, "a long enough sentence", c.desk.services.passwords
    ),
    "users.unlock": lambda c, s: c.desk.services.users.unlock(s, "mara"),
    "users.disable": lambda c, s: c.desk.services.users.disable(s, "finance2"),
    "users.enable": lambda c, s: c.desk.services.users.enable(s, "finance2"),
    "users.change_profile": lambda c, s: c.desk.services.users.change_profile(s, "finance2", HELP),
    "accounts.page": lambda c, s: c.desk.services.accounts.page(s, AccountFilter(), Direction.FIRST, None, 5),
    "accounts.show": lambda c, s: c.desk.services.accounts.show(s, RETAIL),
    "accounts.add": lambda c, s: c.desk.services.accounts.add(s, NEW),
    "accounts.import_file": lambda c, s: c.desk.services.accounts.import_file(s, "new.csv", NEW_ACCOUNTS.encode()),
    "accounts.change_state": lambda c, s: c.desk.services.accounts.change_state(s, CORPORATE, AccountState.ACTIVE),
    "cards.attach": lambda c, s: c.desk.services.cards.attach(s, RETAIL, "card_disputed"),
    "cards.link": lambda c, s: c.desk.services.cards.link(s, RETAIL),
    "documents.receipt": lambda c, s: c.desk.services.documents.receipt(s, RETAIL, c.card_payment),
    "documents.charge_back_receipts": lambda c, s: c.desk.services.documents.charge_back_receipts(
        s, RETAIL, c.card_payment
    ),
    "documents.invoice": lambda c, s: c.desk.services.documents.invoice(s, RETAIL, c.invoice),
    "documents.statement": lambda c, s: c.desk.services.documents.statement(s, RETAIL, c.desk.clock().date()),
    "payments.page": lambda c, s: c.desk.services.payments.page(s, RETAIL, PaymentFilter.ALL, Direction.FIRST, None, 5),
    "payments.details": lambda c, s: c.desk.services.payments.details(s, RETAIL, c.card_payment),
    "payments.account_number": lambda c, s: c.desk.services.payments.account_number(s, c.card_payment),
    "payments.record": lambda c, s: c.desk.services.payments.record(s, CORPORATE, RecordRequest("5"), c.desk.key()),
    "payments.make": lambda c, s: c.desk.services.payments.make(s, RETAIL, "5", c.desk.key()),
    "credits.issue": lambda c, s: c.desk.services.credits.issue(s, RETAIL, CreditRequest("5", "x"), c.desk.key()),
    "credits.cancel": lambda c, s: c.desk.services.credits.cancel(s, c.credit, CancelReason.OTHER, c.desk.key()),
    "refunds.charge_back": lambda c, s: c.desk.services.refunds.charge_back(
        s, c.card_payment, ChargeBackRequest("5"), c.desk.key()
    ),
    "refunds.cancel_payment": lambda c, s: c.desk.services.refunds.cancel_payment(
        s, c.recorded_payment, CancelReason.OTHER, c.desk.key()
    ),
    "disputes.record": lambda c, s: c.desk.services.disputes.record(s, c.dispute, c.desk.key()),
    "disputes.reverse": lambda c, s: c.desk.services.disputes.reverse(s, c.won, "", c.desk.key()),
    "previews.dispute": lambda c, s: c.desk.services.previews.dispute(s, c.dispute),
    "previews.reversal": lambda c, s: c.desk.services.previews.reversal(s, c.won),
    "previews.record": lambda c, s: c.desk.services.previews.record(s, CORPORATE, "5"),
    "previews.make": lambda c, s: c.desk.services.previews.make(s, RETAIL, "5"),
    "previews.credit": lambda c, s: c.desk.services.previews.credit(s, RETAIL, "5"),
    "previews.take_back": lambda c, s: c.desk.services.previews.take_back(s, c.card_payment, "5"),
    "invoices.page": lambda c, s: c.desk.services.invoices.page(s, RETAIL, Direction.FIRST, None, 5),
    "invoices.details": lambda c, s: c.desk.services.invoices.details(s, RETAIL, c.invoice),
    "statements.list": lambda c, s: c.desk.services.statements.list(s, RETAIL),
    "charges.import_file": lambda c, s: c.desk.services.charges.import_file(
        s, ImportRequest("march.csv", IMPORTED.encode())
    ),
    "billing_runs.run": lambda c, s: c.desk.services.billing_runs.run(s),
    "automatic_payments.failed": lambda c, s: c.desk.services.automatic_payments.failed(s),
    "dashboards.show": lambda c, s: c.desk.services.dashboards.show(s, RETAIL),
    "outcomes.look_up": lambda c, s: c.desk.services.outcomes.look_up(s, RETAIL, c.card_payment),
    "reconciliation.reconcile": lambda c, s: c.desk.services.reconciliation.reconcile(s),
    "reconciliation.exceptions": lambda c, s: c.desk.services.reconciliation.exceptions(
        s, None, Direction.FIRST, None, 5
    ),
    "checks.check": lambda c, s: c.desk.services.checks.check(s),
    "checks.card_clearing": lambda c, s: c.desk.services.checks.card_clearing(s),
    "backups.backup": lambda c, s: c.desk.services.backups.backup(s, c.desk.settings.log_file),
    "backups.copy": lambda c, s: c.desk.services.backups.copy(
        s, str(c.desk.settings.log_file.with_name("copy.db")), c.desk.settings.log_file.with_name("copy.sandbox.db")
    ),
    "backups.restore": lambda c, s: c.desk.services.backups.restore(s, c.desk.settings.log_file),
}
# The use cases that take an account number: how a customer could try to look at another account.
BY_NUMBER: dict[str, Callable[[Desk, OperatorSession, str], Any]] = {
    "accounts.show": lambda d, s, n: d.services.accounts.show(s, n),
    "cards.attach": lambda d, s, n: d.services.cards.attach(s, n, "card_approved"),
    "cards.link": lambda d, s, n: d.services.cards.link(s, n),
    "documents.receipt": lambda d, s, n: d.services.documents.receipt(s, n, "0" * 32),
    "documents.charge_back_receipts": lambda d, s, n: d.services.documents.charge_back_receipts(s, n, "0" * 32),
    "documents.invoice": lambda d, s, n: d.services.documents.invoice(s, n, 1),
    "documents.statement": lambda d, s, n: d.services.documents.statement(s, n, d.clock().date()),
    "payments.page": lambda d, s, n: d.services.payments.page(s, n, PaymentFilter.ALL, Direction.FIRST, None, 5),
    "payments.details": lambda d, s, n: d.services.payments.details(s, n, "0" * 32),
    "payments.make": lambda d, s, n: d.services.payments.make(s, n, "5", d.key()),
    "previews.make": lambda d, s, n: d.services.previews.make(s, n, "5"),
    "outcomes.look_up": lambda d, s, n: d.services.outcomes.look_up(s, n, "0" * 32),
    "invoices.page": lambda d, s, n: d.services.invoices.page(s, n, Direction.FIRST, None, 5),
    "invoices.details": lambda d, s, n: d.services.invoices.details(s, n, 1),
    "statements.list": lambda d, s, n: d.services.statements.list(s, n),
    "dashboards.show": lambda d, s, n: d.services.dashboards.show(s, n),
    # Closed to customers altogether, whichever number they give.
    "accounts.change_state": lambda d, s, n: d.services.accounts.change_state(s, n, AccountState.ACTIVE),
    "payments.record": lambda d, s, n: d.services.payments.record(s, n, RecordRequest("5"), d.key()),
    "credits.issue": lambda d, s, n: d.services.credits.issue(s, n, CreditRequest("5", "x"), d.key()),
    "previews.record": lambda d, s, n: d.services.previews.record(s, n, "5"),
    "previews.credit": lambda d, s, n: d.services.previews.credit(s, n, "5"),
}
# The use cases that take a payment's ID.
BY_PAYMENT: dict[str, Callable[[Desk, OperatorSession, str], Any]] = {
    "payments.details": lambda d, s, p: d.services.payments.details(s, s.account_number or "", p),
    "outcomes.look_up": lambda d, s, p: d.services.outcomes.look_up(s, s.account_number or "", p),
    "documents.receipt": lambda d, s, p: d.services.documents.receipt(s, s.account_number or "", p),
    "documents.charge_back_receipts": lambda d, s, p: d.services.documents.charge_back_receipts(
        s, s.account_number or "", p
    ),
    "payments.account_number": lambda d, s, p: d.services.payments.account_number(s, p),
    "credits.cancel": lambda d, s, p: d.services.credits.cancel(s, p, CancelReason.OTHER, d.key()),
    "refunds.charge_back": lambda d, s, p: d.services.refunds.charge_back(s, p, ChargeBackRequest(), d.key()),
    "refunds.cancel_payment": lambda d, s, p: d.services.refunds.cancel_payment(s, p, CancelReason.OTHER, d.key()),
    "previews.take_back": lambda d, s, p: d.services.previews.take_back(s, p),
}
