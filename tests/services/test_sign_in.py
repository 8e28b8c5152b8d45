"""Signing in: one message for every failure, a lock after five, and no way to tell who exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.desk_fixtures import ORIGIN, PASSWORD, Desk
from tui_billing.domain.access import Profile
from tui_billing.domain.accounts import AccountState
from tui_billing.domain.errors import SignInRefused
from tui_billing.services.passwords import Passwords
from tui_billing.services.sign_in import FAILED, NOT_CONFIRMED, SignIn

WRONG = "not the password at all"


def refused(desk: Desk, name: str, password: str = WRONG) -> str:
    with pytest.raises(SignInRefused) as refusal:
        desk.sign_in(name, password)
    return refusal.value.sentence


def fail(desk: Desk, name: str, times: int) -> None:
    for _ in range(times):
        refused(desk, name)


class CountingPasswords(Passwords):
    """Counts how often the slow work is done."""

    def __init__(self, passwords: Passwords) -> None:
        self._argon2id = passwords._argon2id
        self.slow = 0

    def hash(self, password: str) -> str:
        self.slow += 1
        return super().hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        self.slow += password_hash is not None and len(password) <= 1_000
        return super().verify(password, password_hash)


@pytest.fixture
def counted(desk: Desk) -> tuple[SignIn, CountingPasswords]:
    """The sign-in with its slow work counted."""
    counting = CountingPasswords(desk.services.passwords)
    return replace(desk.services.sign_in, passwords=counting), counting


def test_the_right_password_opens_a_session_of_the_users_profile_and_account(desk: Desk) -> None:
    session = desk.sign_in("  mara ")
    assert (session.name, session.profile, session.account_number, session.origin) == (
        *("mara", Profile.MASTER_USER, "10000002"),
        ORIGIN,
    )
    assert desk.sign_in("root").account_number is None


def a_disabled_user(desk: Desk) -> None:
    desk.services.users.disable(desk.root, "mara")


def a_locked_user(desk: Desk) -> None:
    fail(desk, "mara", 5)


def a_terminated_account(desk: Desk) -> None:
    desk.set_state(AccountState.TERMINATED)


@pytest.mark.parametrize("prepare", [a_disabled_user, a_locked_user, a_terminated_account])
def test_every_failure_has_the_same_words(desk: Desk, prepare: Callable[[Desk], None]) -> None:
    prepare(desk)
    said = {refused(desk, "mara", PASSWORD), refused(desk, "mara"), refused(desk, "nobody"), refused(desk, "")}
    assert said == {FAILED}
    assert "mara" not in FAILED


@pytest.mark.parametrize("name", ["nobody", "", "MARA", "mara'--", "mara%", "\x1b[31m", "x" * 5_000])
def test_a_name_that_is_not_exactly_a_users_opens_nothing(desk: Desk, name: str) -> None:
    assert refused(desk, name, PASSWORD) == FAILED


@pytest.mark.parametrize("password", ["", PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "x" * 100_000, "\x00"])
def test_a_password_that_is_not_exactly_the_users_opens_nothing(desk: Desk, password: str) -> None:
    assert refused(desk, "mara", password) == FAILED


def test_every_attempt_costs_exactly_one_hash_whoever_exists(
    desk: Desk, counted: tuple[SignIn, CountingPasswords]
) -> None:
    sign_in, counting = counted
    a_disabled_user(desk)
    fail(desk, "globex", 5)
    attempts = [("finance", PASSWORD), ("finance", WRONG), ("nobody", WRONG), ("mara", PASSWORD), ("globex", PASSWORD)]
    attempts += [("finance", "x" * 5_000), ("nobody", "x" * 5_000), ("nobody", "")]
    for name, password in attempts:
        before = counting.slow
        try:
            sign_in.sign_in(name, password)
        except SignInRefused:
            assert (name, password) != ("finance", PASSWORD)
        assert counting.slow == before + 1, name


@pytest.mark.parametrize("name", ["mara", "finance", "root"])
def test_five_failures_in_a_row_lock_any_user_for_thirty_minutes(desk: Desk, name: str) -> None:
    fail(desk, name, 4)
    assert desk.sign_in(name).name == name
    fail(desk, name, 5)
    assert refused(desk, name, PASSWORD) == FAILED
    desk.clock.advance(minutes=29, seconds=59)
    assert refused(desk, name, PASSWORD) == FAILED
    desk.clock.advance(seconds=1)
    assert desk.sign_in(name).name == name


def test_success_starts_the_count_of_failures_again(desk: Desk) -> None:
    for _ in range(4):
        fail(desk, "mara", 4)
        desk.sign_in("mara")
    assert desk.rows("SELECT failures FROM \"user\" WHERE name = 'mara'") == [(0,)]


def test_trying_while_locked_does_not_make_the_lock_longer(desk: Desk) -> None:
    fail(desk, "mara", 5)
    desk.clock.advance(minutes=20)
    fail(desk, "mara", 10)
    desk.clock.advance(minutes=10)
    assert desk.sign_in("mara").name == "mara"


def test_after_a_lock_has_run_out_five_more_failures_lock_again(desk: Desk) -> None:
    fail(desk, "mara", 5)
    desk.clock.advance(minutes=30)
    fail(desk, "mara", 4)
    assert desk.sign_in("mara").name == "mara"
    fail(desk, "mara", 5)
    assert refused(desk, "mara", PASSWORD) == FAILED


def test_one_users_failures_do_not_lock_another(desk: Desk) -> None:
    fail(desk, "mara", 5)
    fail(desk, "nobody", 5)
    assert desk.sign_in("mara.billing").name == "mara.billing"


def test_an_administrator_can_unlock_a_user(desk: Desk) -> None:
    desk.session("ops")
    fail(desk, "mara", 5)
    desk.services.users.unlock(desk.session("ops"), "mara")
    assert desk.sign_in("mara").name == "mara"


def test_whoever_manages_users_unlocks_even_root(desk: Desk) -> None:
    ops = desk.session("ops")
    fail(desk, "root", 5)
    desk.services.users.unlock(ops, "root")
    assert desk.sign_in("root").name == "root"


def test_the_screen_unlocks_for_the_same_users_password_alone(desk: Desk) -> None:
    session = desk.session("mara")
    desk.services.sign_in.confirm(session, PASSWORD)
    with pytest.raises(SignInRefused) as refusal:
        desk.services.sign_in.confirm(session, WRONG)
    assert refusal.value.sentence == NOT_CONFIRMED
    assert "user name" not in NOT_CONFIRMED
    fail(desk, "mara", 4)
    with pytest.raises(SignInRefused):
        desk.services.sign_in.confirm(session, PASSWORD)


def test_unlocking_the_screen_takes_up_a_changed_profile(desk: Desk) -> None:
    session = desk.session("finance2")
    desk.services.users.change_profile(desk.root, "finance2", Profile.SALES_SUPPORT)
    desk.services.sign_in.confirm(session, PASSWORD)
    assert session.profile is Profile.SALES_SUPPORT


def test_every_attempt_is_in_the_audit_log_with_its_origin_and_true_outcome(desk: Desk) -> None:
    desk.sign_in("mara")
    refused(desk, "nobody")
    fail(desk, "mara", 5)
    refused(desk, "mara", PASSWORD)
    desk.services.users.disable(desk.root, "globex")
    refused(desk, "globex", PASSWORD)
    attempts = [(user, origin, outcome) for user, origin, action, _, outcome in desk.audit() if action == "sign in"]
    assert [attempt for attempt in attempts if attempt[0] != "root"][-9:] == [
        ("mara", ORIGIN, "done"),
        ("(nobody)", ORIGIN, "refused: no such user"),
        *[("mara", ORIGIN, "refused: wrong password")] * 5,
        ("mara", ORIGIN, "refused: locked"),
        ("globex", ORIGIN, "refused: disabled, or the account's state"),
    ]


@pytest.mark.one_database(reason="what is looked through is the file")
def test_a_password_is_never_in_the_log_the_database_or_a_representation(desk: Desk) -> None:
    secret = "the cat sat on the secret mat"
    user = desk.services.users.add(desk.root, "newcomer", Profile.HELP_DESK, secret, desk.services.passwords)
    session = desk.sign_in("newcomer", secret)
    refused(desk, "newcomer", secret + "!")
    password_hash = desk.rows("SELECT password_hash FROM \"user\" WHERE name = 'newcomer'")[0][0]
    shown = " ".join(map(repr, (user, session, desk.services, desk.services.passwords, desk.audit())))
    assert secret not in shown
    assert password_hash not in shown
    everything = b"".join(file.read_bytes() for file in desk.path.parent.iterdir())
    assert b"newcomer" in everything
    assert secret.encode() not in everything
