"""The gateway on Stripe tells nobody its key, prints nothing and is imported late."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateways.harnesses import Harness
from tests.gateways.stripe_double import SECRET_KEY, Fault, StripeDouble
from tui_billing.gateways.stripe import StripeGateway


def test_the_secret_key_is_nowhere_but_in_the_request(
    at_stripe: Harness,
    double: StripeDouble,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    recwarn: pytest.WarningsRecorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STRIPE_LOG", "debug")
    double.notice = "Please upgrade."
    with caplog.at_level(logging.DEBUG):
        gateway = StripeGateway(lambda: SECRET_KEY, double.url)
        gateway.charge(at_stripe.request())
        gateway.charge(at_stripe.request(card="pm_card_chargeCustomerFail", key="d"))
        double.fail_next(Fault.CUT)
        gateway.charge(at_stripe.request("e"))
    gateway.close()
    assert capfd.readouterr() == ("", "")
    assert SECRET_KEY not in caplog.text + repr(gateway) + repr(vars(gateway))
    assert [warning for warning in recwarn if "upgrade" in str(warning.message)] == []


def test_a_proxy_of_the_environment_never_sees_what_goes_to_this_machine(
    double: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    gateway = StripeGateway(lambda: SECRET_KEY, double.url)
    assert gateway.create_customer("10000001", "Globex", "k").startswith("cus_")
    gateway.close()


def test_a_password_file_does_not_replace_the_secret_key(
    double: StripeDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    gateway = StripeGateway(lambda: SECRET_KEY, double.url)
    assert gateway.create_customer("10000001", "Globex", "k").startswith("cus_")
    gateway.close()


def test_the_package_is_imported_when_the_first_call_is_made_and_not_before() -> None:
    program = "import sys, tui_billing.desk; sys.exit('stripe' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
