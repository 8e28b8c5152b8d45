"""The gateways of a desk, each imported and made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_billing.gateways.base import PaymentGateway


class GatewaysByName(Mapping[str, "PaymentGateway"]):
    """Gateways by name: what opens the first list asks none of them, and does not wait for their imports."""

    def __init__(self, makers: Mapping[str, Callable[[], PaymentGateway]]) -> None:
        self._makers = makers
        self._made: dict[str, PaymentGateway] = {}

    def __getitem__(self, name: str) -> PaymentGateway:
        if name not in self._made:
            # Two threads may make it at once: both then use the first.
            self._made.setdefault(name, self._makers[name]())
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)
