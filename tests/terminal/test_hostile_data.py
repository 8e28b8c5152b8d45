"""What stands in the database never commands the terminal: nothing but text of it is written there."""

from __future__ import annotations

import pytest

from tests.terminal.demo_home import DemoHome

HOSTILE = {
    "colour": "\x1b[31mRED",
    "clipboard": "\x1b]52;c;cGF5IG1l\x07",
    "title": "\x1b]0;owned\x1b\\",
    "answerback": "\x1b[c\x1b[6n\x1bP$qm\x1b\\",
    "8-bit control": "\x9b31mX\x9d52;c;cGF5\x9c",
    "backspace": "paid\x08\x08\x08\x08due",
    "line break": "first\r\nsecond\x0b\x0cthird\u2028fourth\x85fifth",
    "right to left": "\u202egnp.exe\u2066\u2069\u200f",
    "invisible": "a\u200bb\u00adc\ufeffd\U000e0041e",
    "markup": "[@click=app.quit]PAY[/] [/] [bold red]x[/bold red] :smile:",
}
CONTROLS = [
    *("\x1b[31m", "\x1b]52", "\x1b]0", "\x1b[c", "\x1bP", "\x9b", "\x9d", "\x85", "\x08\x08", "\x0b", "\x0c"),
    *("\u2028", "\u202e", "\u2066", "\u2069", "\u200f", "\u200b", "\u00ad", "\ufeff", "\U000e0041"),
]


@pytest.fixture
def hostile(demo: DemoHome) -> DemoHome:
    """Each text in a name of its own, all together in whatever else of Globex is free text, some in the path."""
    every = "".join(HOSTILE.values())
    numbers = demo.query("SELECT number FROM account WHERE type <> 'system' ORDER BY number LIMIT ?", [len(HOSTILE)])
    for (number,), text in zip(numbers, HOSTILE.values(), strict=True):
        demo.query("UPDATE account SET name = name || ?, master_user = ? WHERE number = ?", [text, text, number])
    demo.query(
        "UPDATE account SET card_brand = ?1, card_last_four = ?1, card_expiry = ?1, card_gateway = 'sandbox',"
        " card_customer_reference = ?1, card_payment_method_reference = 'card_approved', name = 'Globex ' || ?1"
        " WHERE number = '10000056'",
        [every],
    )
    for table, columns in {
        "payment": "reference memo recorded_by card_label gateway_reference failure_reason cancelled_by",
        "charge": "description quantity unit_price",
        "charge_back": "case_reference failure_reason issued_by gateway_reference",
        "invoice": "number",
        "ledger_entry": "recorded_by",
        "audit_entry": "user_name outcome",
    }.items():
        demo.query(f"DROP TRIGGER IF EXISTS {table}_refuses_update")
        for column in columns.split():
            demo.query(f"UPDATE {table} SET {column} = {column} || ?", [every])
    return DemoHome(demo.path.rename(demo.path.with_name("h\x1b]52;c;cGF5IG1l\x07\u202eome")))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["80x24", "160x50"])
def test_no_control_character_of_the_data_or_of_its_path_reaches_the_terminal(
    hostile: DemoHome, size: tuple[int, int]
) -> None:
    with hostile.signed_in(size=size, sees="All Accounts") as desk:
        desk.wait_for("Globex �[31mRED")
        steps = [
            ("jjjjjjjjj", "All Accounts"),
            ("\x1b[H", "› ⚙ ▤ 10000056"),
            ("d", "Viewing a customer"),
            ("u", "› Payments"),
            ("jj\r", "╭─ Payment "),
            ("\x1b[6~" * 20, "finance"),
            ("\x1b[27u", "r Record Payment"),
            ("g", "Gear menu ─"),
            ("\x1b[27u", "r Record Payment"),
            ("c", "╭─ Issue Credit ─"),
            ("1\tGoodwill\r", "USD 1.00 issued"),
            ("i", "› Invoices"),
            ("a", "› Activity"),
            ("\x10Go to account", "Go to account"),
        ]
        for keys, seen in steps:
            desk.send(keys)
            desk.wait_for(seen)
        desk.read_until_quiet()
        output = desk.raw_output.decode()
        assert [control for control in CONTROLS if control in output] == []
        desk.send("\x1b[27u\x11")
        assert desk.wait_for_exit()[0] == 0
