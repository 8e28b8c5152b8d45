"""Every procedure of the desk, as an operator carries it out in a terminal."""

from __future__ import annotations

from tests.terminal.demo_home import DemoHome
from tests.terminal.pty_desk import PtyDesk
from tui_billing.domain.money import Money

GLOBEX = "10000056"
MARA = "10000093"


def balance(demo: DemoHome, number: str) -> Money:
    select = "SELECT funds_minor - receivable_minor, currency FROM account WHERE number = ?"
    return Money(*demo.query(select, [number])[0])


def plus(amount: Money, minor_units: int) -> Money:
    return Money(amount.minor_units + minor_units, amount.currency)


def notices(desk: PtyDesk) -> str:
    """The notices on the screen, each line of which begins with a bar."""
    lines = [line.split("▌", 1)[1].strip() for line in desk.screen_text().splitlines() if "▌" in line]
    return " ".join(filter(None, lines))


def wait_for_notice(desk: PtyDesk, text: str) -> None:
    desk.wait_until(lambda: text in notices(desk), f"a notice {text!r}")


def go_to_payments(desk: PtyDesk, search: str, name: str) -> None:
    desk.send(f"/{search}")
    desk.wait_until(lambda: f"{name} " in selected_line(desk), f"{name} selected")
    desk.send("\r")
    desk.wait_for(f"Viewing a customer: {name}")
    desk.send("p")
    desk.wait_for("Usage and Billing › Payments")
    desk.wait_until(lambda: bool(selected_line(desk)), "a selected payment")


def selected_line(desk: PtyDesk) -> str:
    return next((line for line in desk.screen_text().splitlines() if line.startswith("› ")), "")


def press_and_see(desk: PtyDesk, key: str, dialog: str, typed: str, preview: str) -> None:
    """Open a dialog, fill it in, and read what will happen."""
    desk.send(key)
    desk.wait_for(f"╭─ {dialog} ─")
    desk.send(typed)
    desk.wait_for(preview)


def confirm(desk: PtyDesk, dialog: str, notice: str) -> None:
    desk.send("\r")
    desk.wait_until(lambda: f"╭─ {dialog} ─" not in desk.screen_text(), "the dialog gone")
    wait_for_notice(desk, notice)


def test_finance_records_a_payment_issues_a_credit_and_cancels_both(demo: DemoHome) -> None:
    start = balance(demo, GLOBEX)
    paid, credited = plus(start, 125_50), plus(start, 125_50 + 10_00)
    with demo.signed_in("finance", installed=True) as desk:
        go_to_payments(desk, "globex", "Globex Corporation")

        press_and_see(desk, "r", "Record Payment", "125.50", f"Balance {start} → {paid}")
        confirm(desk, "Record Payment", f"USD 125.50 recorded. Balance: {paid}.")
        desk.wait_for(f"Balance {paid}")
        desk.wait_until(lambda: "USD 125.50" in selected_line(desk), "the new payment selected")

        press_and_see(desk, "c", "Issue Credit", "10\tGoodwill", f"Balance {paid} → {credited}")
        confirm(desk, "Issue Credit", f"credit of USD 10.00 issued. Balance: {credited}.")
        desk.wait_for(f"Balance {credited}")
        desk.wait_until(lambda: "USD 10.00" in selected_line(desk), "the new credit selected")

        desk.send("j")
        desk.wait_until(lambda: "USD 125.50" in selected_line(desk), "the payment selected")
        press_and_see(desk, "x", "Cancel Payment", "", f"Balance {credited} → {plus(start, 10_00)}")
        confirm(desk, "Cancel Payment", f"payment of USD 125.50 cancelled. Balance: {plus(start, 10_00)}.")
        desk.wait_for(f"Balance {plus(start, 10_00)}")

        desk.send("k")
        desk.wait_until(lambda: "Credit" in selected_line(desk), "the credit selected")
        press_and_see(desk, "x", "Cancel Credit", "", f"Balance {plus(start, 10_00)} → {start}")
        confirm(desk, "Cancel Credit", f"credit of USD 10.00 cancelled. Balance: {start}.")
        desk.wait_for(f"Balance {start}")
        desk.send("\x11")
        assert desk.wait_for_exit()[0] == 0
    assert balance(demo, GLOBEX) == start
    demo.assert_books_are_right()


def test_finance_charges_a_card_payment_back_and_the_customer_pays_again(demo: DemoHome) -> None:
    start = balance(demo, MARA)
    with demo.signed_in("finance", installed=True) as desk:
        go_to_payments(desk, "lindqvist", "Mara Lindqvist")
        press_and_see(desk, "b", "Issue Charge Back", "\x01\x0b20", f"Balance {start} → {plus(start, -20_00)}")
        confirm(desk, "Issue Charge Back", f"Balance: {plus(start, -20_00)}.")
        assert "EUR 20.00 charged back to Visa" in notices(desk)
        desk.wait_for(f"Balance {plus(start, -20_00)}")

    with demo.signed_in("mara", sees="Mara Lindqvist", installed=True) as desk:
        desk.wait_for("h Dashboard  u Usage and Billing")
        desk.send("u")
        desk.wait_for(f"Balance {plus(start, -20_00)}")
        press_and_see(desk, "m", "Make Payment", "\x01\x0b20", f"Balance {plus(start, -20_00)} → {start}")
        confirm(desk, "Make Payment", f"Balance: {start}.")
        assert "EUR 20.00 charged to Visa" in notices(desk)
        desk.wait_for(f"Balance {start}")
    assert balance(demo, MARA) == start
    demo.assert_books_are_right()
