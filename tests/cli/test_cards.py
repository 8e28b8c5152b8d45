"""Cards on file from the command line."""

from __future__ import annotations

from tests.cli.conftest import CommandLine
from tests.desk_fixtures import CARDLESS, CORPORATE, RETAIL, Desk


def test_a_card_is_put_on_file_by_its_reference(line: CommandLine, desk: Desk) -> None:
    told = line.as_user("finance", "accounts", "attach-card", CARDLESS, "card_approved")
    assert (told.code, told.err) == (0, "")
    assert told.out == f"Done: Visa •••• 4242, expires 12/29, is on file of Nocard Svensson ({CARDLESS}) at sandbox.\n"
    found = line.json("mara", "accounts", "attach-card", RETAIL, "card_lost")
    assert found["card"]["gateway"] == "sandbox"
    assert "card_lost" not in str(found)


def test_a_card_number_is_refused_and_not_repeated(line: CommandLine, desk: Desk) -> None:
    told = line.as_user("finance", "accounts", "attach-card", CARDLESS, "4242424242424242")
    assert told.code == 2
    assert "That is a card number." in told.err
    assert "4242" not in told.out + told.err
    assert desk.account(CARDLESS).card is None


def test_a_corporate_account_has_no_card(line: CommandLine) -> None:
    for action in (("attach-card", CORPORATE, "card_approved"), ("card-link", CORPORATE)):
        told = line.as_user("finance", "accounts", *action)
        assert (told.code, "for retail accounts" in told.err) == (3, True)


def test_the_sandbox_says_that_it_has_no_page(line: CommandLine) -> None:
    assert "The gateway sandbox has no card page." in line.as_user("mara", "accounts", "card-link", RETAIL).out
    assert line.json("mara", "accounts", "card-link", RETAIL) == {"gateway": "sandbox", "address": None}
