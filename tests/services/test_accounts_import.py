"""Accounts from a CSV file: all or none, every bad line named."""

from __future__ import annotations

import pytest

from tests.desk_fixtures import CORPORATE, Desk
from tui_billing.domain.accounts import AccountState, AccountType
from tui_billing.domain.errors import BadLines

HEADER = "number,name,type,currency,master_user,billing_day,payment_terms_days,credit_limit"
GOOD = "20000001,Soylent GmbH,Corporate,EUR,soylent,15,14,10000.00"


def taken(desk: Desk, *lines: str) -> int:
    content = "\n".join((HEADER, *lines)).encode()
    return desk.services.accounts.import_file(desk.root, "new.csv", content)


def test_every_line_becomes_an_account_in_state_new(desk: Desk) -> None:
    assert taken(desk, GOOD, "20000002,Ó Briain,retail,GBP,obriain,,,") == 2
    first, second = desk.account("20000001"), desk.account("20000002")
    assert (first.name, first.type, first.state) == ("Soylent GmbH", AccountType.CORPORATE, AccountState.NEW)
    assert (first.billing_day, first.payment_terms_days, first.credit_limit_minor) == (15, 14, 1_000_000)
    assert (second.billing_day, second.payment_terms_days, second.credit_limit_minor) == (1, 30, None)
    assert first.created == desk.clock().date()
    assert desk.audit("new.csv")[-1][2:] == ("import accounts", "new.csv", "done: 2 accounts")


BAD_LINES = {
    "2000,x,retail,EUR,x,,,": "Number must have eight digits and not be 00000000.",
    "20000002,,retail,EUR,x,,,": "Name is required.",
    "20000002,x,gold,EUR,x,,,": "Type “gold” is none of: retail, corporate, trial.",
    "20000002,x,system,EUR,x,,,": "There is one System account",
    "20000002,x,retail,XXX,x,,,": "“XXX” is not an ISO 4217 currency.",
    "20000002,x,retail,EUR,x,29,,": "Billing day must lie between 1 and 28",
    "20000002,x,retail,EUR,x,one,,": "billing_day “one” is not a whole number.",
    "20000002,x,retail,EUR,x,,,-1": "Amount is not a plain figure.",
    f"{CORPORATE},x,retail,EUR,x,,,": f"There is an account {CORPORATE} already.",
    GOOD: "There is an account 20000001 already.",
}


@pytest.mark.parametrize("line", BAD_LINES)
def test_a_bad_line_is_named_with_its_number_and_reason_and_nothing_is_taken(desk: Desk, line: str) -> None:
    before = desk.rows("SELECT count(*) FROM account")
    with pytest.raises(BadLines) as refusal:
        taken(desk, GOOD, line)
    (fault,) = refusal.value.details
    assert fault.startswith(f"Line 3: {BAD_LINES[line]}")
    assert desk.rows("SELECT count(*) FROM account") == before
