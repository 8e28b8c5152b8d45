"""What an open desk imports and when, off the event loop: first what the first list needs, then the rest."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui_billing.domain.accounts import Account
    from tui_billing.screens.desk_screen import DeskScreen
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession

# The services that the screens ask; some of the others would bring SQLModel along, for the commands alone.
ASKED = tuple(
    "accounts cards changes credits dashboards disputes documents invoices outcomes payments previews reconciliation"
    " refunds sign_in statements".split()
)

# How long a key may have to wait for its turn while another thread imports, and how long Python has it wait else.
TURN_S, USUAL_TURN_S = 0.0005, sys.getswitchinterval()


def load_first_screen(
    services: DeskServices,
) -> Callable[[DeskServices, OperatorSession], Awaitable[tuple[type[DeskScreen], Account | None]]]:
    """Import the screen behind the log in, and the service that it reads from."""
    from tui_billing.screens.home import first_screen

    services.load(("accounts",))
    return first_screen


def load_everything(services: DeskServices) -> None:
    """Import what the first list did without, so that nobody waits for it later; who types meanwhile hardly waits."""
    sys.setswitchinterval(TURN_S)
    try:
        import_module("tui_billing.screens.places")
        services.load(ASKED)
        # Each is made when it is asked for.
        dict(services.gateways)
    finally:
        sys.setswitchinterval(USUAL_TURN_S)
