"""The settings of the gateway on Stripe: which are taken, and how the secret key is kept secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_billing.config import STRIPE_KEY_VARIABLE, Settings, StripeSettings, read_settings, stripe_key
from tui_billing.domain.errors import SetUpRefused

KEY = "sk_test_51abcXYZ"


def settings(directory: Path, toml: str, demo: bool = False) -> Settings:
    configuration = directory / "config.toml"
    configuration.write_text(toml, encoding="utf-8")
    return read_settings(demo=demo, environment={"HOME": str(directory), "TUI_BILLING_CONFIG": str(configuration)})


def key_file(directory: Path, text: str = KEY + "\n", mode: int = 0o600) -> Settings:
    file = directory / "stripe.key"
    file.write_text(text)
    file.chmod(mode)
    return settings(directory, f'gateway = "stripe"\nstripe_key_file = "{file}"\n')


def test_the_sandbox_is_the_gateway_unless_another_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, "").gateway == "sandbox"
    assert settings(tmp_path, 'gateway = "stripe"').gateway == "stripe"


def test_a_demo_desk_knows_nothing_of_stripe(tmp_path: Path) -> None:
    demo = settings(tmp_path, 'gateway = "stripe"\nstripe_key_file = "/keys/stripe"\n', demo=True)
    assert (demo.gateway, demo.stripe) == ("sandbox", StripeSettings())
    with pytest.raises(SetUpRefused, match="demo"):
        stripe_key(demo, {STRIPE_KEY_VARIABLE: KEY})


def test_the_key_comes_from_a_file_of_one_s_own(tmp_path: Path) -> None:
    assert stripe_key(key_file(tmp_path), {}) == KEY


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    assert stripe_key(key_file(tmp_path), {STRIPE_KEY_VARIABLE: "rk_live_1"}) == "rk_live_1"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SetUpRefused, match="can be read by others") as refused:
        stripe_key(key_file(tmp_path, mode=mode), {})
    assert "chmod 600" in refused.value.sentence
    assert KEY not in refused.value.sentence


def test_a_key_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUpRefused, match=r"none\.key cannot be read: No such file"):
        stripe_key(settings(tmp_path, f'stripe_key_file = "{tmp_path}/none.key"'), {})


def test_a_key_file_of_the_home_directory_is_found(tmp_path: Path) -> None:
    file = settings(tmp_path, 'stripe_key_file = "~/stripe.key"').stripe.key_file
    assert file == Path.home() / "stripe.key"


@pytest.mark.parametrize("text", ["", "pk_test_51abcXYZ", "sk_!", "sk_test_1\nsk_test_2", "sk_test_é", "hunter2"])
def test_what_is_no_secret_key_is_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(SetUpRefused, match="holds no secret key") as refused:
        stripe_key(key_file(tmp_path, text), {})
    assert not text or text not in refused.value.sentence


def test_a_desk_without_a_key_says_where_to_put_one(tmp_path: Path) -> None:
    with pytest.raises(SetUpRefused, match=STRIPE_KEY_VARIABLE):
        stripe_key(settings(tmp_path, ""), {})


@pytest.mark.parametrize(
    "address", ["https://api.stripe.com", "http://127.0.0.1:8420", "http://localhost:1", "http://[::1]:8420"]
)
def test_an_address_may_be_secure_or_on_this_machine(tmp_path: Path, address: str) -> None:
    assert settings(tmp_path, f'[stripe]\napi_base = "{address}"').stripe.api_base == address


@pytest.mark.parametrize(
    "address",
    [
        "http://api.stripe.com",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "127.0.0.1:8420",
        "https://",
        "http://[::1",
    ],
)
@pytest.mark.parametrize("key", ["api_base", "after_card_page"])
def test_the_key_is_never_sent_in_clear_over_a_network(tmp_path: Path, key: str, address: str) -> None:
    with pytest.raises(SetUpRefused, match=key):
        settings(tmp_path, f'[stripe]\n{key} = "{address}"')


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ('gateway = "paypal"', "sandbox, stripe"),
        ("gateway = 1", "gateway"),
        ('[stripe]\nsecret_key = "sk_test_1"', "secret_key"),
        ('stripe = "x"', "stripe"),
        ("[stripe]\napi_base = 1", "api_base"),
        ('stripe_key_file = ""', "stripe_key_file"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_named(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(SetUpRefused, match=named):
        settings(tmp_path, toml)
