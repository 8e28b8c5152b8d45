"""`payments` and `credits`: money in, money back, and never twice."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CARDLESS, CORPORATE, MISSING, RETAIL, TRIAL, YEN, Desk

PAYMENT_FIELDS = set(
    "id account kind state amount unapplied returnable charged_back charge_back_pending received recorded_at"
    " recorded_by method card reference memo expires gateway gateway_reference failure_reason cancelled_by"
    " cancelled_at cancel_reason key".split()
)
MOMENT = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"


def payments(line: CommandLine, number: str = CORPORATE, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = line.json("finance", "payments", "list", number, *arguments)["payments"]
    return found


def euros(minor_units: int) -> dict[str, Any]:
    return {"minor_units": minor_units, "currency": "EUR"}


def test_a_payment_is_recorded_with_everything_said_about_it(line: CommandLine) -> None:
    said = ("--memo", "March", "--reference", "SEPA 1", "--method", "check", "--received", "2026-02-01", "--key", "k-1")
    done = line.json("finance", "payments", "record", CORPORATE, "1,234.50", *said)
    assert set(done) == {"payment", "account"}
    payment = done["payment"]
    assert set(payment) == PAYMENT_FIELDS
    assert payment["amount"] == payment["unapplied"] == {"minor_units": 123450, "currency": "USD"}
    assert (payment["kind"], payment["state"], payment["method"]) == ("record", "completed", "check")
    assert (payment["memo"], payment["reference"], payment["received"]) == ("March", "SEPA 1", "2026-02-01")
    assert (payment["account"], payment["recorded_by"], payment["key"]) == (CORPORATE, "finance", "k-1")
    assert payment["returnable"]["minor_units"] == 0
    assert re.fullmatch(MOMENT, payment["recorded_at"])
    assert done["account"]["credit_balance"] == {"minor_units": 123450, "currency": "USD"}


def test_the_same_key_twice_records_one_payment(line: CommandLine) -> None:
    command = ("payments", "record", CORPORATE, "10", "--key", "once")
    first, second = line.json("finance", *command), line.json("finance", *command)
    assert first == second
    assert len(payments(line)) == 1


def test_the_same_key_with_other_content_is_refused(line: CommandLine) -> None:
    line.json("finance", "payments", "record", CORPORATE, "10", "--key", "once")
    ran = line.as_user("finance", "payments", "record", CORPORATE, "11", "--key", "once")
    assert ran.code == 3
    assert "key" in ran.err
    assert len(payments(line)) == 1


def test_without_a_key_two_commands_are_two_payments_with_keys_of_their_own(line: CommandLine) -> None:
    for _ in range(2):
        assert line.as_user("finance", "payments", "record", CORPORATE, "10").code == 0
    first, second = payments(line)
    assert first["key"] != second["key"]


def test_an_empty_key_is_no_key(line: CommandLine) -> None:
    assert line.as_user("finance", "payments", "record", CORPORATE, "10", "--key", "").code == 2


@pytest.mark.parametrize("amount", ["0", "-5", "-5.00", "NaN", "1e5", "1_000", "１２", "1.234", "+5", "", "100000000"])
def test_a_figure_that_is_no_plain_amount_is_a_usage_error(line: CommandLine, amount: str) -> None:
    ran = line.as_user("finance", "payments", "record", CORPORATE, amount)
    assert (ran.code, ran.out) == (2, "")
    assert payments(line) == []


@pytest.mark.parametrize(
    ("user", "arguments", "code"),
    [
        ("finance", ["record", MISSING, "5"], 4),
        ("finance", ["record", RETAIL, "5"], 3),
        ("finance", ["record", "00000000", "5"], 3),
        ("finance", ["record", CORPORATE, "5", "--received", "2999-01-01"], 2),
        ("finance", ["record", CORPORATE, "5", "--memo", "card 4242 4242 4242 4242"], 2),
        ("finance", ["record", YEN, "5.5"], 2),
        ("helpdesk", ["record", CORPORATE, "5"], 3),
        ("ops", ["list", CORPORATE], 3),
        ("globex", ["record", CORPORATE, "5"], 3),
        ("finance", ["make", RETAIL, "5"], 3),
        ("globex", ["make", CORPORATE, "5"], 3),
        ("mara", ["make", CARDLESS, "5"], 4),
        ("mara.power", ["make", RETAIL, "5"], 3),
        ("finance", ["show", "01234567"], 4),
        ("finance", ["show", "0"], 4),
        ("finance", ["cancel", "01234567", "--reason", "other"], 4),
        ("finance", ["charge-back", "01234567"], 4),
        ("nobody", ["list", CORPORATE], 3),
    ],
)
def test_what_the_rules_refuse_has_its_exit_code(line: CommandLine, user: str, arguments: list[str], code: int) -> None:
    ran = line.as_user(user, "payments", *arguments)
    assert (ran.code, ran.out) == (code, "")
    as_json = line.as_user(user, "payments", *arguments, "--json")
    assert (as_json.code, as_json.document["error"]["exit_code"]) == (code, code)


def test_the_list_has_payments_without_credits_and_the_other_way_round(line: CommandLine, desk: Desk) -> None:
    desk.record("10")
    desk.credit("20")
    assert [payment["kind"] for payment in payments(line)] == ["record"]
    (credit,) = line.json("finance", "credits", "list", CORPORATE)["credits"]
    assert (credit["kind"], credit["reason"]) == ("credit", "Goodwill")
    assert set(credit) == PAYMENT_FIELDS | {"reason"}


def test_a_long_list_is_walked_page_by_page(line: CommandLine, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_billing.commands.payments.PAGE_ROWS", 2)
    monkeypatch.setattr("tui_billing.commands.credits.PAGE_ROWS", 2)
    for amount in ("1", "2", "3", "4", "5"):
        desk.record(amount)
        desk.credit(amount)
    assert [payment["amount"]["minor_units"] for payment in payments(line)] == [500, 400, 300, 200, 100]
    assert len(payments(line, CORPORATE, "--limit", "3")) == 3
    assert len(line.json("finance", "credits", "list", CORPORATE)["credits"]) == 5
    assert len(line.json("finance", "credits", "list", CORPORATE, "--limit", "1")["credits"]) == 1


def test_the_list_is_narrowed_by_state(line: CommandLine, desk: Desk) -> None:
    desk.record("1")
    desk.cancel(desk.record("2").payment)
    (cancelled,) = payments(line, CORPORATE, "--state", "cancelled")
    assert cancelled["amount"]["minor_units"] == 200
    assert (cancelled["cancelled_by"], cancelled["cancel_reason"]) == ("finance", "entered_in_error")
    assert payments(line, CORPORATE, "--state", "pending") == []


def test_the_text_of_the_list_has_aligned_amounts_and_an_empty_one_says_so(line: CommandLine, desk: Desk) -> None:
    assert line.as_user("finance", "payments", "list", CORPORATE).out == "There are no payments.\n"
    assert line.as_user("finance", "credits", "list", CORPORATE).out == "There are no credits.\n"
    desk.record("1")
    desk.record("12,345.67")
    rows = line.as_user("finance", "payments", "list", CORPORATE).out.splitlines()
    assert len({row.index(figure) + len(figure) for row, figure in zip(rows[1:], ("12,345.67", "1.00"), strict=True)})
    assert rows[0].split()[:3] == ["Date", "ID", "Kind"]


def test_a_customer_lists_the_own_payments(line: CommandLine, desk: Desk) -> None:
    desk.make("9.99")
    for user in ("mara", "mara.billing"):
        assert len(line.json(user, "payments", "list", RETAIL)["payments"]) == 1
    assert line.as_user("mara.user", "payments", "list", RETAIL).code == 3


def test_one_payment_is_shown_with_all_about_it(line: CommandLine, desk: Desk) -> None:
    desk.invoice("30")
    payment = desk.record("50").payment
    shown = line.json("finance", "payments", "show", payment.short_id)
    assert set(shown) == PAYMENT_FIELDS | {"paid", "charge_backs", "entries", "history"}
    assert [paid["amount"]["minor_units"] for paid in shown["paid"]] == [3000]
    assert [entry["event"] for entry in shown["entries"]] == ["payment_recorded", "funds_applied"]
    assert shown["history"][0]["user"] == "finance"
    assert f"ID: {payment.id}\n" in line.as_user("finance", "payments", "show", payment.id).out


def test_a_customer_is_shown_the_own_payments_only(line: CommandLine, desk: Desk) -> None:
    own, foreign = desk.make("5").payment, desk.record("5").payment
    assert line.as_user("mara", "payments", "show", own.id).code == 0
    ran = line.as_user("mara", "payments", "show", foreign.id)
    missing = line.as_user("mara", "payments", "show", "0" * 32)
    assert ran.code == missing.code == 4
    assert ran.err.replace(foreign.id, "0" * 32) == missing.err


def test_a_card_is_charged_and_charged_back_in_parts(line: CommandLine) -> None:
    made = line.json("mara", "payments", "make", RETAIL, "25")
    assert (made["payment"]["kind"], made["payment"]["returnable"]) == ("manual", euros(2500))
    assert made["payment"]["card"] == "Visa •••• 4242"
    payment_id = made["payment"]["id"]
    said = ("--reason", "fraudulent", "--case", "2026-118")
    part = line.json("finance", "payments", "charge-back", payment_id, "10", *said)
    assert set(part) == {"payment", "account", "charge_back"}
    assert (part["charge_back"]["amount"], part["charge_back"]["reason"]) == (euros(1000), "fraudulent")
    assert (part["payment"]["state"], part["payment"]["returnable"]) == ("partly_charged_back", euros(1500))
    too_much = line.as_user("finance", "payments", "charge-back", payment_id, "15.01")
    assert too_much.code == 3
    rest = line.json("finance", "payments", "charge-back", payment_id)
    assert (rest["payment"]["state"], rest["account"]["balance"]) == ("charged_back", euros(0))
    text = line.as_user("finance", "payments", "show", payment_id).out
    assert "Charge backs\n" in text


def test_a_declined_card_is_refused_with_the_reason(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_insufficient_funds")
    ran = line.as_user("mara", "payments", "make", RETAIL, "25")
    assert ran.code == 3
    assert "Insufficient funds." in ran.err
    (failed,) = payments(line, RETAIL)
    assert (failed["state"], failed["failure_reason"]) == ("failed", "Insufficient funds.")


def test_an_unknown_outcome_names_the_key_and_the_same_command_finds_it(line: CommandLine, desk: Desk) -> None:
    desk.set_card("card_timeout_after")
    ran = line.as_user("mara", "payments", "make", RETAIL, "25", "--json")
    assert ran.code == ran.document["error"]["exit_code"] == 5
    (pending,) = payments(line, RETAIL)
    assert pending["state"] == "pending"
    assert f"--key {pending['key']}" in ran.err
    look_up = ran.err.rpartition("or run: tui-billing ")[2].split()
    again = line.json("mara", "payments", "make", RETAIL, "25", "--key", pending["key"])
    assert (again["payment"]["id"], again["payment"]["state"]) == (pending["id"], "completed")
    assert again["account"]["balance"] == euros(2500)
    assert look_up == ["payments", "look-up", pending["id"]]
    # What a customer is told to do, a customer may do.
    assert line.json("mara", *look_up)["payment"]["state"] == "completed"


def test_a_recorded_payment_is_cancelled_once(line: CommandLine, desk: Desk) -> None:
    payment = desk.record("10").payment
    command = ("payments", "cancel", payment.short_id, "--reason", "duplicate")
    done = line.json("finance", *command, "--key", "c")
    assert (done["payment"]["state"], done["payment"]["cancel_reason"]) == ("cancelled", "duplicate")
    assert line.json("finance", *command, "--key", "c") == done
    again = line.as_user("finance", *command)
    assert again.code == 3
    assert "Already cancelled" in again.err


def test_a_credit_is_issued_and_cancelled(line: CommandLine) -> None:
    issue = ("credits", "issue", TRIAL, "5", "--reason", "Welcome", "--expires", "2999-12-31", "--key", "c-1")
    issued = line.json("finance", *issue)
    assert set(issued) == {"payment", "credit", "account"}
    assert (issued["credit"]["reason"], issued["credit"]["expires"]) == ("Welcome", "2999-12-31")
    assert issued["account"]["credit_balance"]["minor_units"] == 500
    assert line.json("finance", *issue) == issued
    cancelled = line.json("finance", "credits", "cancel", issued["credit"]["id"], "--reason", "other")
    assert cancelled["credit"]["state"] == "cancelled"
    assert cancelled["account"]["balance"]["minor_units"] == 0


@pytest.mark.parametrize(
    ("user", "arguments", "code"),
    [
        ("finance", ["issue", CORPORATE, "5", "--reason", ""], 2),
        ("finance", ["issue", CORPORATE, "5", "--reason", "x", "--expires", "2020-01-01"], 2),
        ("finance", ["issue", "00000000", "5", "--reason", "x"], 3),
        ("finance", ["issue", MISSING, "5", "--reason", "x"], 4),
        ("sales", ["issue", CORPORATE, "5", "--reason", "x"], 3),
        ("finance", ["cancel", "01234567", "--reason", "other"], 4),
    ],
)
def test_what_the_rules_of_credits_refuse_has_its_exit_code(
    line: CommandLine, user: str, arguments: list[str], code: int
) -> None:
    assert line.as_user(user, "credits", *arguments).code == code


def test_a_dry_run_says_what_would_happen_and_does_nothing(line: CommandLine, desk: Desk) -> None:
    invoice = desk.invoice("30")
    record = ("payments", "record", CORPORATE, "20", "--dry-run")
    preview = line.json("finance", *record)["preview"]
    assert preview["balance_now"]["minor_units"] == -3000
    assert preview["balance_after"]["minor_units"] == -1000
    assert preview["paid"] == [{"invoice": invoice.number, "amount": {"minor_units": 2000, "currency": "USD"}}]
    assert f"Pays {invoice.number}: USD 20.00\n" in line.as_user("finance", *record).out
    credit = line.json("finance", "credits", "issue", CORPORATE, "40", "--reason", "x", "--dry-run")["preview"]
    assert credit["balance_after"]["minor_units"] == 1000
    make = line.json("mara", "payments", "make", RETAIL, "5", "--dry-run")["preview"]
    assert make["balance_after"] == euros(500)
    assert payments(line) == []


def test_a_dry_run_of_a_way_back_re_opens_invoices_on_paper_only(line: CommandLine, desk: Desk) -> None:
    invoice = desk.invoice("30")
    payment, made = desk.record("30").payment, desk.make("5").payment
    cancel = ("payments", "cancel", payment.id, "--reason", "other")
    preview = line.json("finance", *cancel, "--dry-run")["preview"]
    assert preview["reopened"] == [{"invoice": invoice.number, "amount": {"minor_units": 3000, "currency": "USD"}}]
    back = line.json("finance", "payments", "charge-back", made.id, "2", "--dry-run")["preview"]
    assert back["balance_after"] == euros(300)
    assert payments(line)[0]["state"] == "completed"
    line.json("finance", *cancel)
    assert line.as_user("finance", *cancel, "--dry-run").code == 3


def test_what_was_done_is_told_in_a_sentence_with_the_new_balance(line: CommandLine, desk: Desk) -> None:
    desk.invoice("30")
    ran = line.as_user("finance", "payments", "record", CORPORATE, "10", "--key", "k")
    done, payment_id, key = ran.out.splitlines()
    assert done == "Done: recorded USD 10.00 on Globex Corporation (10000001). Amount due now: USD 20.00."
    assert payment_id.startswith("ID: ")
    assert key == "Key: k"
    ran = line.as_user("finance", "payments", "record", CORPORATE, "50")
    assert ran.out.splitlines()[0].endswith("Credit balance now: USD 30.00.")


def test_commands_at_the_same_moment_with_one_key_make_one_payment(line: CommandLine) -> None:
    command = ("payments", "record", CORPORATE, "10", "--key", "race", "--user", "finance", "--json")
    started = [line.start(*command) for _ in range(4)]
    ran = [process.ran() for process in started]
    assert [process.code for process in ran] == [0, 0, 0, 0]
    assert len({process.out for process in ran}) == 1
    assert len(payments(line)) == 1
