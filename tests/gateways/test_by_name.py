"""A desk's gateways: there by name from the start, made when they are first asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_billing.gateways.base import PaymentGateway
from tui_billing.gateways.by_name import GatewaysByName
from tui_billing.gateways.sandbox import SandboxGateway


def test_a_gateway_is_made_once_and_not_before_it_is_asked_for(tmp_path: Path) -> None:
    made: list[PaymentGateway] = []

    def sandbox() -> PaymentGateway:
        made.append(SandboxGateway(tmp_path / "record.db"))
        return made[-1]

    gateways = GatewaysByName({"sandbox": sandbox})
    assert list(gateways) == ["sandbox"]
    assert len(gateways) == 1
    assert made == []
    assert gateways["sandbox"] is gateways["sandbox"]
    assert [*gateways.values()] == made
    with pytest.raises(KeyError):
        gateways["another"]
