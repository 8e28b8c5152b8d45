"""Who may do what, asked of the services themselves; and what a customer can learn of another customer: nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.desk_fixtures import CORPORATE, MISSING, NOW, RETAIL, USER_OF_PROFILE, Clock, Desk, opened_desk
from tests.services.use_cases import BY_NUMBER, BY_PAYMENT, CALLS, MAY, OPEN_TO_ALL, Case
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import SYSTEM_NUMBER, AccountState
from tui_billing.domain.errors import BillingError, NotFound, NotPermitted, RuleRefused, SignInRefused
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.service import Service

NOBODY = "0" * 32
COUNTS = " UNION ALL ".join(
    f"SELECT '{name}', count(*) FROM {name}"
    for name in ("account", "user", "payment", "charge_back", "invoice", "charge", "ledger_entry", "money_action")
)


pytestmark = pytest.mark.one_database(reason="permissions are checked before the database is asked anything")


@pytest.fixture(scope="module")
def busy_template(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case]:
    """A desk's directory, closed, on which every use case has something to work on."""
    directory = tmp_path_factory.mktemp("busy")
    with opened_desk(desk_template, directory) as desk:
        case = Case.prepared(desk)
    return directory, case


def case_in(desk: Desk, prepared: Case) -> Case:
    return replace(prepared, desk=desk)


def refusal_of(call: Callable[[], Any]) -> tuple[type[BillingError], str]:
    with pytest.raises(BillingError) as refusal:
        call()
    return type(refusal.value), refusal.value.sentence


def public_methods(services: DeskServices) -> dict[str, Any]:
    """Every public method that a service defines, as `noun.method`."""
    found = {}
    for noun, service in services.load().items():
        own = [kind for kind in type(service).__mro__ if kind not in (Service, object)]
        for name, method in (item for kind in own for item in vars(kind).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                found[f"{noun}.{name}"] = method
    return found


def test_every_public_use_case_of_every_service_says_what_it_requires(desk: Desk) -> None:
    methods = public_methods(desk.services)
    assert len(methods) > 30
    assert [name for name, method in methods.items() if not hasattr(method, "required")] == []


def test_every_public_use_case_is_in_the_matrix_below(desk: Desk) -> None:
    assert set(public_methods(desk.services)) - OPEN_TO_ALL == set(MAY) == set(CALLS)


@pytest.mark.parametrize("use_case", sorted(MAY))
def test_a_profile_may_do_what_the_rule_book_says_and_nothing_else(
    busy_template: tuple[Path, Case], tmp_path: Path, subtests: pytest.Subtests, use_case: str
) -> None:
    template, prepared = busy_template
    for profile in MAY[use_case]:
        with subtests.test(may=profile.value), opened_desk(template, tmp_path / profile.name, Clock(NOW)) as desk:
            CALLS[use_case](case_in(desk, prepared), desk.sign_in(USER_OF_PROFILE[profile]))
    # Those who may not leave nothing behind for one another.
    with opened_desk(template, tmp_path / "refused", Clock(NOW)) as desk:
        case, before = case_in(desk, prepared), desk.rows(COUNTS)
        for profile in set(Profile) - MAY[use_case]:
            with subtests.test(may_not=profile.value):
                session = desk.sign_in(USER_OF_PROFILE[profile])
                with pytest.raises(NotPermitted, match=rf"Your profile, {profile.value}, does not allow this\."):
                    CALLS[use_case](case, session)
                assert desk.rows(COUNTS) == before


@pytest.mark.parametrize("user", ["mara", "mara.billing", "mara.power", "mara.user"])
def test_a_customer_hears_of_a_foreign_account_what_is_heard_of_one_that_does_not_exist(
    desk: Desk, subtests: pytest.Subtests, user: str
) -> None:
    session = desk.session(user)
    for use_case, call in BY_NUMBER.items():
        with subtests.test(use_case=use_case):
            kind, sentence = refusal_of(partial(call, desk, session, MISSING))
            assert kind in (NotFound, NotPermitted)
            for foreign in (CORPORATE, SYSTEM_NUMBER):
                heard = refusal_of(partial(call, desk, session, foreign))
                assert heard == (kind, sentence.replace(MISSING, foreign))


def test_every_use_case_that_takes_a_number_is_tried(desk: Desk) -> None:
    taking = {
        name
        for name, method in public_methods(desk.services).items()
        if [each for each in inspect.signature(method).parameters if each != "connection"][2:3] == ["number"]
    }
    assert taking - {"accounts.page"} == set(BY_NUMBER)
    by_id = {
        name
        for name, method in public_methods(desk.services).items()
        if {"payment_id", "credit_id"} & set(inspect.signature(method).parameters)
    }
    assert by_id == set(BY_PAYMENT)


@pytest.mark.parametrize("user", ["mara", "mara.billing", "mara.user"])
def test_a_customer_hears_of_a_foreign_payment_what_is_heard_of_one_that_does_not_exist(
    desk: Desk, subtests: pytest.Subtests, user: str
) -> None:
    foreign, missing = desk.record("5.00").payment.id, "f" * 32
    session = desk.session(user)
    for use_case, call in BY_PAYMENT.items():
        with subtests.test(use_case=use_case):
            if use_case == "payments.account_number" and user != "mara.user":
                assert call(desk, session, foreign) == call(desk, session, missing) == RETAIL
                continue
            kind, sentence = refusal_of(partial(call, desk, session, missing))
            heard = refusal_of(partial(call, desk, session, foreign))
            assert heard == (kind, sentence.replace(missing, foreign))


def test_a_customer_hears_of_a_foreign_invoice_what_is_heard_of_one_that_does_not_exist(desk: Desk) -> None:
    foreign, session = desk.invoice("5.00").sequence, desk.session("mara")
    details = desk.services.invoices.details
    assert refusal_of(lambda: details(session, RETAIL, foreign)) == refusal_of(lambda: details(session, RETAIL, 10**9))


def test_a_number_given_by_keyword_opens_no_foreign_account(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.services.accounts.show(desk.session("mara"), number=CORPORATE)
    with pytest.raises(NotFound):
        desk.services.payments.make(desk.session("mara"), number=CORPORATE, amount="5", key="k")


def test_a_help_desk_user_cannot_issue_a_credit(desk: Desk) -> None:
    kind, _ = refusal_of(lambda: BY_NUMBER["credits.issue"](desk, desk.session("helpdesk"), CORPORATE))
    assert kind is NotPermitted
    assert desk.audit()[-1] == (
        *("helpdesk", "203.0.113.7 52011 198.51.100.2 22", "Issue Credit", CORPORATE),
        "refused: Your profile, Help Desk, does not allow this.",
    )


def test_a_changed_profile_takes_effect_at_the_sessions_next_action(desk: Desk) -> None:
    session = desk.session("finance2")
    record = BY_NUMBER["payments.record"]
    record(desk, session, CORPORATE)
    desk.services.users.change_profile(desk.root, "finance2", Profile.HELP_DESK)
    with pytest.raises(NotPermitted, match="Help Desk"):
        record(desk, session, CORPORATE)
    assert session.profile is Profile.HELP_DESK
    desk.services.users.change_profile(desk.root, "finance2", Profile.FINANCE_ADMIN)
    record(desk, session, CORPORATE)


def test_a_disabled_user_is_out_at_the_next_action_whatever_it_is(desk: Desk) -> None:
    session = desk.session("finance2")
    desk.services.users.disable(desk.root, "finance2")
    case = Case(desk, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, 1)
    for use_case, call in CALLS.items():
        with pytest.raises(SignInRefused, match=r"Your access has ended\. Ask an administrator\."):
            call(case, session)
        assert use_case
    desk.services.users.enable(desk.root, "finance2")
    BY_NUMBER["payments.record"](desk, session, CORPORATE)


@pytest.mark.parametrize("state", AccountState)
def test_the_state_of_an_account_decides_at_once_which_of_its_users_may_go_on(desk: Desk, state: AccountState) -> None:
    sessions = {name: desk.session(name) for name in ("mara", "mara.billing")}
    desk.set_state(state)
    master_may = state is not AccountState.TERMINATED
    others_may = state in (AccountState.NEW, AccountState.ACTIVE)
    for name, may in (("mara", master_may), ("mara.billing", others_may)):
        if may:
            assert desk.services.accounts.show(sessions[name], RETAIL).state is state
            assert desk.sign_in(name).name == name
        else:
            with pytest.raises(SignInRefused, match="Your access has ended"):
                desk.services.accounts.show(sessions[name], RETAIL)
            with pytest.raises(SignInRefused, match="do not open this desk"):
                desk.sign_in(name)


def test_the_provider_still_works_on_a_terminated_account(desk: Desk) -> None:
    paid = desk.make("20.00").payment
    desk.set_state(AccountState.TERMINATED)
    assert desk.charge_back(paid).account.balance.minor_units == 0
    with pytest.raises(RuleRefused, match="this account is Terminated"):
        desk.credit("1.00", RETAIL)


def test_a_session_of_one_account_stays_with_that_account(desk: Desk) -> None:
    session = desk.session("globex")
    assert session.account_number == CORPORATE
    assert desk.services.accounts.show(session, CORPORATE).number == CORPORATE
    with pytest.raises(NotFound, match=rf"There is no account {RETAIL}\."):
        desk.services.accounts.show(session, RETAIL)


def test_every_refusal_is_in_the_audit_log(desk: Desk) -> None:
    session = desk.session("helpdesk")
    case = Case(desk, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, 1)
    quiet = set()
    for use_case in sorted(MAY):
        if Profile.HELP_DESK in MAY[use_case]:
            continue
        before = len(desk.audit())
        with pytest.raises(NotPermitted):
            CALLS[use_case](case, session)
        after = desk.audit()[before:]
        if not after:
            quiet.add(use_case)
        else:
            ((user, origin, _, _, outcome),) = after
            assert (user, origin) == ("helpdesk", "203.0.113.7 52011 198.51.100.2 22")
            assert outcome == "refused: Your profile, Help Desk, does not allow this."
    assert quiet == set()
