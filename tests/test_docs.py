"""The documentation says what is there."""

from __future__ import annotations

import re
from pathlib import Path

from docs.make_pictures import FOLDER, SCENES
from tests.gateways.stripe_double import TEST_CARDS
from tui_billing.config import STRIPE_KEY_VARIABLE, STRIPE_TYPES
from tui_billing.domain.demo_users import DEMO_PASSWORD
from tui_billing.domain.ledger import LEGS
from tui_billing.gateways.sandbox import CARDS
from tui_billing.gateways.stripe_words import DECLINES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_there_is_a_picture_of_each_scene_and_of_nothing_else() -> None:
    assert {file.stem for file in FOLDER.glob("*.svg")} == set(SCENES)


def test_the_readme_shows_every_picture() -> None:
    assert set(re.findall(r"docs/pictures/([\w-]+)\.svg", README)) == set(SCENES)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_pictures_ask_nobody_for_anything() -> None:
    for file in FOLDER.glob("*.svg"):
        addresses = set(re.findall(r"https?://[^\"' )]+", file.read_text(encoding="utf-8")))
        assert addresses <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}, file.name


def test_the_readme_names_the_demo_password() -> None:
    assert DEMO_PASSWORD in README


def test_the_readme_has_two_commands_that_set_themselves_up() -> None:
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert [command.rsplit(" && ", 1)[1] for command in commands] == [".venv/bin/tui-billing demo", ".venv/bin/pytest"]


def test_every_test_card_is_on_the_page_of_the_sandbox() -> None:
    sandbox = page("sandbox.md")
    for card, behaviour in CARDS.items():
        assert f"| `{card}` | {behaviour.meaning} |" in sandbox


def test_every_decline_is_on_the_page_of_the_gateway_with_its_words() -> None:
    rows = [line for line in page("gateway.md").splitlines() if line.startswith("| ")]
    for code, words in DECLINES.items():
        assert [row for row in rows if row.startswith(f"| {words} |") and f"`{code}`" in row], code


def test_every_test_card_of_stripe_s_double_is_on_the_page_of_the_gateway() -> None:
    for card in {*TEST_CARDS, "pm_card_visa"} - {"pm_card_visa_chargeDeclinedLostCard"}:
        assert f"| `{card}` |" in page("gateway.md")


def test_every_setting_of_the_gateway_is_on_its_page() -> None:
    for setting in ("gateway", "stripe_key_file", STRIPE_KEY_VARIABLE, *STRIPE_TYPES):
        assert f"`{setting}` |" in page("gateway.md")


def test_the_rules_list_every_event_with_its_legs() -> None:
    rules = page("rules.md")
    for event, legs in LEGS.items():
        cells = (event.value, *legs)
        assert "| " + " | ".join(cell.replace("_", " ") for cell in cells) + " |" in rules


def test_every_page_is_reached_from_the_readme() -> None:
    pages = {f"docs/{file.name}" for file in (ROOT / "docs").glob("*.md")}
    assert {name for name in pages if name not in README} == set()
