"""Which screen a profile sees first behind the log in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui_billing.domain.access import Permission
from tui_billing.screens.all_accounts import AllAccounts
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.nothing_to_do import NothingToDo

if TYPE_CHECKING:
    from tui_billing.domain.accounts import Account
    from tui_billing.services.desk_services import DeskServices
    from tui_billing.services.session import OperatorSession


async def first_screen(services: DeskServices, session: OperatorSession) -> tuple[type[DeskScreen], Account | None]:
    """All Accounts for the provider, the own dashboard for a customer, and an explanation for the others."""
    if session.may(Permission.ACCOUNT_MANAGE):
        return AllAccounts, None
    if session.may(Permission.ACCOUNT_ADMIN, Permission.BILLING_ADMIN) and session.account_number is not None:
        from tui_billing.screens.dashboard import Dashboard

        return Dashboard, await asyncio.to_thread(services.accounts.show, session, session.account_number)
    return NothingToDo, None
