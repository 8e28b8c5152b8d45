"""A machine that does money actions in any order, with every fault a gateway has, and watches every rule of the ledger.

After each step the database is compared with the shadow, with its own entries, and with the gateway's record.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.desk_fixtures import (
    CORPORATE,
    DINAR,
    RETAIL,
    SQLITE,
    YEN,
    Clock,
    copied,
    create_desk,
    make_template,
    settings_in,
    with_gateways,
)
from tests.services import shadow
from tests.services.busy_gateway import BusyGateway, DeskDied
from tests.services.crashing import OpenRecord
from tests.services.inspector import Inspector
from tests.services.shadow import CHARGE_FATES, REFUND_FATES, Account, Fate, Payment, Request, Shadow
from tui_billing.desk import gateway_record, open_services
from tui_billing.domain.access import Profile
from tui_billing.domain.errors import OutcomeUnknown, RuleRefused
from tui_billing.domain.invoices import Charge
from tui_billing.domain.money import Money
from tui_billing.domain.payments import CancelReason
from tui_billing.gateways.sandbox import SandboxGateway
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.requests import ChargeBackRequest, CreditRequest, RecordRequest
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession
from tui_billing.store.checking import CARD_CLEARING

REASON = CancelReason.OTHER
PAYING = {RETAIL: "mara", DINAR: "dana"}
BALANCES = "SELECT number, funds_minor, receivable_minor FROM account"
INVOICES = """
    SELECT account.number, total_minor, due_minor FROM invoice JOIN account ON account.id = account_id
    ORDER BY sequence
"""


class Meanwhile(Enum):
    """What happens around a call to the gateway."""

    NOTHING = "nothing"
    DESK_DIES_BEFORE_SENDING = "the desk dies before sending"
    DESK_DIES_AFTER_SENDING = "the desk dies after sending"
    LOOKED_UP_BEFORE_IT_ARRIVES = "another desk has looked it up before it arrives, late"
    LOOKED_UP_AFTER_IT_ARRIVED = "another desk has looked it up before the answer is there"
    PRESSED_AGAIN = "the same key is pressed again"
    RIVAL = "another operator does the same with a key of their own"


@dataclass(frozen=True)
class Done:
    """An action that was kept under a key, how to do it again, and which of the gateway's requests it led to."""

    again: Callable[[str], MoneyMoved]
    payment: Payment
    key: str
    asked: tuple[object, ...]
    request: Request | None = None


@cache
def template(kind: str) -> Path:
    """A database of this kind to begin each example with, and the gateway's empty record beside it."""
    directory = Path(tempfile.mkdtemp(prefix="money-machine-"))
    atexit.register(shutil.rmtree, directory)
    make_template(directory, kind, "money_machine", create_desk)
    SandboxGateway(gateway_record(settings_in(directory))).totals()
    return directory


class MoneyMachine(RuleBasedStateMachine):
    """Several customers in several currencies, and everything an operator can do to their money."""

    kind = SQLITE

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="money-machine-"))
        self.kept = ExitStack()
        self.kept.enter_context(copied(template(self.kind), self.directory))
        settings = settings_in(self.directory)
        self.clock = Clock()
        self.gateway = BusyGateway(gateway_record(settings))
        self.record = self.gateway._record = OpenRecord(gateway_record(settings))
        self.services: DeskServices = with_gateways(open_services(settings, self.clock), self.gateway)
        self.inspector = Inspector(settings)
        user_ids = dict(self.inspector.ask('SELECT name, id FROM "user"'))
        self.finance = OperatorSession(user_ids["finance"], "finance", Profile.FINANCE_ADMIN, None)
        self.masters = {
            number: OperatorSession(user_ids[name], name, Profile.MASTER_USER, number)
            for number, name in PAYING.items()
        }
        self.corporate = [Account(CORPORATE, "USD", 2), Account(YEN, "JPY", 0)]
        self.retail = [Account(RETAIL, "EUR", 2), Account(DINAR, "KWD", 3)]
        self.shadow = Shadow([*self.corporate, *self.retail])
        self.done: list[Done] = []
        self.keys = 0

    def teardown(self) -> None:
        """Everything unknown is looked up in the end, and then desk and gateway agree to the last minor unit."""
        try:
            self.clock.advance(seconds=61)
            assert self.services.outcomes.reconcile(self.finance).still_unknown == 0
            self.shadow.look_up_all(self.clock())
            self.everything_agrees()
            assert self.services.checks.check(self.finance) == []
            assert self._clearing() == Counter({c: m for c, m in self.gateway.totals().items() if m})
        finally:
            self.inspector.close()
            self.record.connection.close()
            self.services.payments.store.close()
            self.kept.close()
            shutil.rmtree(self.directory)

    @rule(pick=st.integers(0, 3), amounts=st.lists(st.integers(0, 3_000), min_size=1, max_size=3))
    def charges_are_invoiced(self, pick: int, amounts: list[int]) -> None:
        account, today = self.shadow.accounts[pick], self.clock().date()
        lines = [Charge(today, "Usage", "1", "", amount) for amount in amounts]
        self.services.billing.add_charges(self.finance, account.number, lines)
        self.services.billing.issue_invoice(self.finance, account.number, today)
        account.charge(sum(amounts))

    @rule(pick=st.integers(0, 1), amount=st.integers(1, 4_000))
    def a_payment_is_recorded(self, pick: int, amount: int) -> None:
        account, key = self.corporate[pick], self._key()
        request = RecordRequest(self._typed(amount, account))
        done = Done(
            lambda key: self.services.payments.record(self.finance, account.number, request, key),
            self.shadow.add(Payment(key, account, shadow.RECORD, amount)),
            key,
            (shadow.RECORD, account.number, request),
        )
        account.money_in(done.payment)
        self._expect(done)

    @rule(pick=st.integers(0, 3), amount=st.integers(1, 2_000), days=st.none() | st.integers(1, 3))
    def a_credit_is_issued(self, pick: int, amount: int, days: int | None) -> None:
        account, key = self.shadow.accounts[pick], self._key()
        expires = None if days is None else self.clock().date() + timedelta(days=days * 30)
        request = CreditRequest(self._typed(amount, account), "Goodwill", expires)
        done = Done(
            lambda key: self.services.credits.issue(self.finance, account.number, request, key),
            self.shadow.add(Payment(key, account, shadow.CREDIT, amount, expires)),
            key,
            (shadow.CREDIT, account.number, request),
        )
        account.money_in(done.payment)
        self._expect(done)

    @rule(
        pick=st.integers(0, 1),
        amount=st.integers(1, 4_000),
        card=st.sampled_from(sorted(CHARGE_FATES)),
        meanwhile=st.sampled_from([m for m in Meanwhile if m is not Meanwhile.RIVAL]),
    )
    def a_customer_pays_by_card(self, pick: int, amount: int, card: str, meanwhile: Meanwhile) -> None:
        account, key = self.retail[pick], self._key()
        typed = self._typed(amount, account)
        set_card = "UPDATE account SET card_payment_method_reference = ? WHERE number = ?"
        self.inspector.tell(set_card, (card, account.number))
        request = Request(key, amount, CHARGE_FATES[card], self.clock())
        payment = Payment(key, account, shadow.MANUAL, amount, card=card, state=shadow.PENDING, charge=request)
        done = Done(
            lambda key: self.services.payments.make(self.masters[account.number], account.number, typed, key),
            self.shadow.add(payment),
            key,
            (shadow.MANUAL, account.number, typed),
            request,
        )
        self._send(done, request, meanwhile)

    @rule(
        pick=st.integers(0, 5),
        share=st.sampled_from(["whole", "part", "all but one", "too much"]),
        meanwhile=st.sampled_from(Meanwhile),
    )
    @precondition(lambda self: any(p.kind == shadow.MANUAL for p in self.shadow.payments.values()))
    def a_card_payment_is_charged_back(self, pick: int, share: str, meanwhile: Meanwhile) -> None:
        payment = self._pick(pick, shadow.MANUAL)
        self.shadow.look_up(payment, self.clock())
        amount = {
            "whole": payment.returnable,
            "part": payment.returnable // 3,
            "all but one": payment.returnable - 1,
            "too much": payment.returnable + 1,
        }[share]
        typed = "" if share == "whole" or amount < 1 else self._typed(amount, payment.account)
        amount = amount if typed else payment.returnable
        fate = REFUND_FATES.get(payment.card, Fate.APPROVED)
        refund = Request(self._key(), amount, fate, self.clock())
        done = Done(
            self._charging_back(payment, typed), payment, refund.key, ("charge back", payment.key, typed), refund
        )
        open_to_it = payment.state in (shadow.COMPLETED, shadow.PARTLY)
        if not open_to_it or payment.waiting or amount > payment.returnable:
            self._expect_refusal(lambda: done.again(refund.key))
        else:
            payment.refunds.append(refund)
            self._send(done, refund, meanwhile)

    @rule(pick=st.integers(0, 9), kind=st.sampled_from([shadow.RECORD, shadow.CREDIT]))
    @precondition(lambda self: self.shadow.payments)
    def a_payment_or_credit_is_cancelled(self, pick: int, kind: str) -> None:
        payment, key = self._pick(pick), self._key()
        done = Done(self._cancelling(payment, kind), payment, key, ("cancel", payment.key))
        if payment.kind != kind or payment.state != shadow.COMPLETED:
            self._expect_refusal(lambda: done.again(key))
        else:
            self.shadow.cancel(payment)
            self._expect(done)

    @rule(pick=st.integers(0, 19))
    @precondition(lambda self: self.done)
    def an_earlier_action_is_done_again_with_its_key(self, pick: int) -> None:
        done = self.done[-1 - pick % len(self.done)]
        if done.request is not None:
            self.shadow.look_up(done.payment, self.clock())
        self._expect_outcome(done)

    @rule(pick=st.integers(0, 19), other=st.integers(0, 19))
    @precondition(lambda self: len(self.done) > 1)
    def a_key_is_used_again_for_another_action(self, pick: int, other: int) -> None:
        done, another = self.done[-1 - pick % len(self.done)], self.done[-1 - other % len(self.done)]
        if done.asked == another.asked:
            return
        if done.request is not None and done.request is not done.payment.charge:
            self.shadow.look_up(done.payment, self.clock())
        self._expect_refusal(lambda: done.again(another.key))

    @rule(seconds=st.sampled_from([0, 1, 61, 86_400]))
    def time_passes_and_the_desk_reconciles(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)
        self.services.outcomes.reconcile(self.finance)
        self.shadow.look_up_all(self.clock())

    @invariant()
    def everything_agrees(self) -> None:
        """The database, its entries, the gateway's record and the shadow tell the same story."""
        ask = self.inspector.ask
        stored = {number: figures for number, *figures in ask(BALANCES)}
        for account in self.shadow.accounts:
            assert stored[account.number] == [max(account.balance, 0), max(-account.balance, 0)], account.number
        expected = [(p.key, p.state, p.amount, p.left, p.given_back, p.waiting) for p in self.shadow.payments.values()]
        assert expected == ask(
            "SELECT key, state, amount_minor, unapplied_minor, charged_back_minor, charge_back_pending_minor"
            " FROM payment ORDER BY sequence"
        )
        invoices = ask(INVOICES)
        for account in self.shadow.accounts:
            own = [(total, left) for number, total, left in invoices if number == account.number]
            assert own == [(invoice.total, invoice.due) for invoice in account.invoices]
        assert all(0 <= left <= total for _, total, left in invoices)
        assert self.inspector.differing() == []
        self._gateway_agrees()

    def _gateway_agrees(self) -> None:
        clearing = self._clearing()
        assert clearing == Counter({a.currency: a.clearing for a in self.retail if a.clearing})
        answered, everything = self.inspector.gateway_totals()
        assert clearing == answered
        moved: Counter[str] = Counter()
        for currency, sign, request in self.shadow.requests():
            moved[currency] += sign * request.amount * request.moved
        assert everything == {c: m for c, m in moved.items() if m}

    def _clearing(self) -> Counter[str]:
        return Counter({c: int(minor) for _, c, minor in self.inspector.ask(CARD_CLEARING) if minor})

    def _send(self, done: Done, request: Request, meanwhile: Meanwhile) -> None:
        self.gateway.before = lambda: self._before(done, request, meanwhile)
        self.gateway.after = lambda: self._after(request, meanwhile)
        self.done.append(done)
        try:
            self._expect_outcome(done, lambda: self.shadow.answer(done.payment, request))
        except DeskDied:
            assert meanwhile in (Meanwhile.DESK_DIES_BEFORE_SENDING, Meanwhile.DESK_DIES_AFTER_SENDING)
        assert request.state in (shadow.COMPLETED, shadow.FAILED, shadow.PENDING)

    def _before(self, done: Done, request: Request, meanwhile: Meanwhile) -> None:
        if meanwhile is Meanwhile.DESK_DIES_BEFORE_SENDING:
            raise DeskDied
        if meanwhile is Meanwhile.LOOKED_UP_BEFORE_IT_ARRIVES:
            self.clock.advance(seconds=61)
            self.services.outcomes.resolve_all()
            self.shadow.look_up_all(self.clock())
        if meanwhile is Meanwhile.PRESSED_AGAIN:
            self._expect_outcome(done)
        if meanwhile is Meanwhile.RIVAL:
            self._expect_refusal(lambda: self._charging_back(done.payment, "")(self._key()))
        request.arrive()

    def _after(self, request: Request, meanwhile: Meanwhile) -> None:
        if meanwhile is Meanwhile.DESK_DIES_AFTER_SENDING:
            raise DeskDied
        if meanwhile is Meanwhile.LOOKED_UP_AFTER_IT_ARRIVED:
            self.services.outcomes.resolve_all()
            self.shadow.look_up_all(self.clock())

    def _expect(self, done: Done) -> None:
        self._expect_outcome(done)
        self.done.append(done)

    def _expect_outcome(self, done: Done, then: Callable[[], None] = lambda: None) -> None:
        told: MoneyMoved | RuleRefused | OutcomeUnknown
        try:
            told = done.again(done.key)
        except (RuleRefused, OutcomeUnknown) as refusal:
            told = refusal
        then()
        state = done.payment.state if done.request is None else done.request.state
        if state == shadow.PENDING:
            assert isinstance(told, OutcomeUnknown), told
        elif done.request is not None and state == shadow.FAILED:
            assert isinstance(told, RuleRefused), told
            assert "key" not in str(told)
        else:
            assert isinstance(told, MoneyMoved), told
            assert told.payment.key == done.payment.key
            assert told.account.balance.minor_units == done.payment.account.balance
            assert told.charge_back is None or told.charge_back.key == done.key

    @staticmethod
    def _expect_refusal(action: Callable[[], MoneyMoved]) -> None:
        try:
            told = action()
        except RuleRefused:
            return
        raise AssertionError(f"not refused: {told}")

    def _charging_back(self, payment: Payment, typed: str) -> Callable[[str], MoneyMoved]:
        request = ChargeBackRequest(typed)
        return lambda key: self.services.refunds.charge_back(self.finance, self._id(payment), request, key)

    def _cancelling(self, payment: Payment, kind: str) -> Callable[[str], MoneyMoved]:
        cancel = self.services.credits.cancel if kind == shadow.CREDIT else self.services.refunds.cancel_payment
        return lambda key: cancel(self.finance, self._id(payment), REASON, key)

    def _pick(self, pick: int, kind: str = "") -> Payment:
        candidates = [p for p in self.shadow.payments.values() if kind in ("", p.kind)]
        return candidates[-1 - pick % len(candidates)]

    def _id(self, payment: Payment) -> str:
        ((payment_id,),) = self.inspector.ask("SELECT id FROM payment WHERE key = ?", (payment.key,))
        return str(payment_id)

    def _key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    @staticmethod
    def _typed(amount: int, account: Account) -> str:
        return Money(amount, account.currency).figure
