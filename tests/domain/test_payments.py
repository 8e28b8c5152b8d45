"""Which way back each payment has, and which accounts each action is open to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tui_billing.domain.accounts import Account, AccountState, AccountType, CardOnFile
from tui_billing.domain.errors import RuleRefused
from tui_billing.domain.money_actions import (
    refuse_cancel_credit,
    refuse_cancel_payment,
    refuse_charge_back,
    refuse_credit,
    refuse_make,
    refuse_record,
    way_back,
)
from tui_billing.domain.payments import ChargeBackState, Payment, PaymentKind, PaymentMethod, PaymentState

MOMENT = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
CARD = CardOnFile("Visa", "4242", "12/29", "sandbox", "customer", "card_approved")
ACCOUNT = Account(
    1,
    "10000001",
    "Globex",
    AccountType.CORPORATE,
    AccountState.ACTIVE,
    "USD",
    "globex",
    MOMENT.date(),
    1,
    30,
    None,
    CARD,
    0,
    0,
)
PAYMENT = Payment(
    sequence=1,
    id="a" * 32,
    account_id=1,
    account_number="10000001",
    currency="USD",
    kind=PaymentKind.RECORD,
    state=PaymentState.COMPLETED,
    amount_minor=1_000,
    unapplied_minor=400,
    charged_back_minor=0,
    charge_back_pending_minor=0,
    received=date(2026, 3, 17),
    recorded_at=MOMENT,
    method=PaymentMethod.BANK_TRANSFER,
    reference="",
    memo="",
    expires=None,
    recorded_by="finance",
    card_label="",
    gateway="",
    gateway_reference="",
    failure_reason="",
    unanswered_at=None,
    key="k",
    cancelled_by="",
    cancelled_at=None,
    cancel_reason=None,
)
REFUSALS: dict[str, Callable[[Payment], None]] = {
    "Issue Charge Back": refuse_charge_back,
    "Cancel Payment": refuse_cancel_payment,
    "Cancel Credit": refuse_cancel_credit,
}
EVERY_STATE = list(AccountState)


@pytest.mark.parametrize("kind", PaymentKind)
def test_every_kind_of_payment_has_one_way_back_and_the_others_name_it(kind: PaymentKind) -> None:
    for action, refuse in REFUSALS.items():
        payment = replace(PAYMENT, kind=kind)
        if action == way_back(kind):
            refuse(payment)
        else:
            with pytest.raises(RuleRefused, match=f"Use {way_back(kind)}"):
                refuse(payment)


@pytest.mark.parametrize("kind", [PaymentKind.AUTO, PaymentKind.MANUAL])
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (PaymentState.COMPLETED, None),
        (PaymentState.PARTLY_CHARGED_BACK, None),
        (PaymentState.PENDING, "This payment is still Pending"),
        (PaymentState.FAILED, r"This payment failed \(Insufficient funds\.\); no money came in"),
        (PaymentState.CHARGED_BACK, "Already charged back in full"),
    ],
)
def test_a_card_payment_can_be_charged_back_while_some_of_it_is_there(
    kind: PaymentKind, state: PaymentState, reason: str | None
) -> None:
    payment = replace(PAYMENT, kind=kind, state=state, failure_reason="Insufficient funds.")
    if reason is None:
        refuse_charge_back(payment)
    else:
        with pytest.raises(RuleRefused, match=reason):
            refuse_charge_back(payment)


@pytest.mark.parametrize("refuse", [refuse_cancel_payment, refuse_cancel_credit])
@pytest.mark.parametrize(
    ("state", "reason"), [(PaymentState.PENDING, "still Pending"), (PaymentState.FAILED, "no money came in")]
)
def test_of_a_card_payment_that_brought_no_money_in_no_other_way_back_is_named(
    refuse: Callable[[Payment], None], state: PaymentState, reason: str
) -> None:
    with pytest.raises(RuleRefused, match=reason) as refused:
        refuse(replace(PAYMENT, kind=PaymentKind.AUTO, state=state, failure_reason="Insufficient funds."))
    assert "Issue Charge Back" not in refused.value.sentence


def test_a_card_payment_with_a_pending_charge_back_takes_no_second_one() -> None:
    payment = replace(PAYMENT, kind=PaymentKind.MANUAL, charge_back_pending_minor=1)
    with pytest.raises(RuleRefused, match="still Pending; its outcome is being looked up"):
        refuse_charge_back(payment)


@pytest.mark.parametrize(
    ("kind", "refuse"), [(PaymentKind.RECORD, refuse_cancel_payment), (PaymentKind.CREDIT, refuse_cancel_credit)]
)
def test_what_was_cancelled_says_when_and_by_whom(kind: PaymentKind, refuse: Callable[[Payment], None]) -> None:
    payment = replace(PAYMENT, kind=kind, state=PaymentState.CANCELLED, cancelled_at=MOMENT, cancelled_by="finance2")
    with pytest.raises(RuleRefused, match=r"Already cancelled on 2026-03-17 09:30 UTC by finance2\."):
        refuse(payment)


def test_what_may_still_go_back_leaves_out_what_went_and_what_is_on_its_way() -> None:
    payment = replace(PAYMENT, charged_back_minor=300, charge_back_pending_minor=200)
    assert payment.returnable.minor_units == 500


@pytest.mark.parametrize("account_type", AccountType)
@pytest.mark.parametrize("state", EVERY_STATE)
def test_record_payment_is_open_to_corporate_accounts_in_every_state(
    account_type: AccountType, state: AccountState
) -> None:
    account = replace(ACCOUNT, type=account_type, state=state)
    if account_type is AccountType.CORPORATE:
        refuse_record(account)
    else:
        with pytest.raises(RuleRefused, match=f"this account is {account_type.label}"):
            refuse_record(account)


@pytest.mark.parametrize("account_type", AccountType)
@pytest.mark.parametrize("state", EVERY_STATE)
def test_make_payment_is_open_to_retail_accounts_that_are_not_terminated(
    account_type: AccountType, state: AccountState
) -> None:
    account = replace(ACCOUNT, type=account_type, state=state)
    if account_type is AccountType.RETAIL and state is not AccountState.TERMINATED:
        refuse_make(account)
    else:
        with pytest.raises(RuleRefused):
            refuse_make(account)


def test_make_payment_asks_for_a_card_on_file() -> None:
    with pytest.raises(RuleRefused, match="no card on file"):
        refuse_make(replace(ACCOUNT, type=AccountType.RETAIL, card=None))


@pytest.mark.parametrize("account_type", AccountType)
@pytest.mark.parametrize("state", EVERY_STATE)
def test_issue_credit_is_closed_to_the_provider_itself_and_to_terminated_accounts(
    account_type: AccountType, state: AccountState
) -> None:
    account = replace(ACCOUNT, type=account_type, state=state)
    if account_type is not AccountType.SYSTEM and state is not AccountState.TERMINATED:
        refuse_credit(account)
    else:
        with pytest.raises(RuleRefused):
            refuse_credit(account)


def test_the_screens_words_are_those_of_the_rule_book() -> None:
    assert [kind.label for kind in PaymentKind] == ["AUTO", "MANUAL", "RECORD", "Credit"]
    assert [state.label for state in PaymentState] == [
        "Pending",
        "Completed",
        "Failed",
        "Cancelled",
        "Charged back",
        "Partly charged back",
    ]
    assert [state.label for state in ChargeBackState] == ["Pending", "Completed", "Failed"]
    assert PAYMENT.means == "Bank transfer"
    assert replace(PAYMENT, card_label=CARD.label).means == "Visa •••• 4242"


def test_a_balance_is_a_credit_balance_or_an_amount_due_and_never_both() -> None:
    held, owing = replace(ACCOUNT, funds_minor=500), replace(ACCOUNT, receivable_minor=700)
    assert (str(held.balance), str(held.credit_balance), str(held.amount_due)) == ("USD 5.00", "USD 5.00", "USD 0.00")
    assert (str(owing.balance), str(owing.credit_balance), str(owing.amount_due)) == (
        "USD -7.00",
        "USD 0.00",
        "USD 7.00",
    )
