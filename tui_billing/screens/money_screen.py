"""What the screens that move money share: the gear menu, the dialogs, and the notice afterwards."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from tui_billing.domain.accounts import Account
from tui_billing.domain.payments import Payment
from tui_billing.domain.text import shown
from tui_billing.screens.desk_screen import DeskScreen
from tui_billing.screens.payment_actions import ACTIONS, PaymentAction

if TYPE_CHECKING:
    from tui_billing.screens.modals.gear_menu import GearEntry
    from tui_billing.screens.modals.money_dialog import MoneyDialog
    from tui_billing.services.results import MoneyMoved


async def told_of(screen: DeskScreen, dialog: MoneyDialog[Any]) -> MoneyMoved | None:
    """Open a dialog that moves money, say afterwards what it did, and give that; none if it was left."""
    moved = await screen.opened_form(dialog)
    if moved is not None:
        notice = f"{shown(moved.account.name)}: {dialog.told(moved)}. Balance: {moved.account.balance}."
        # The row first: a notice takes longer to appear than the row to be read.
        screen.call_after_refresh(screen.notify, notice, title=dialog.heading, markup=False)
    return moved


class MoneyScreen(DeskScreen):
    """A screen with a gear menu; its direct keys and the menu's entries are the same actions."""

    MONEY: ClassVar[tuple[PaymentAction, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "gear", "Gear menu", key_display="g", tooltip="What can be done here", id="gear"),
    ]

    @property
    def chosen(self) -> tuple[Account | None, Payment | None]:
        """The account and the payment that an action would be about."""
        raise NotImplementedError

    def other_entries(self) -> list[GearEntry]:
        """What the gear menu offers beside the money; each is the action of a direct key."""
        return []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide the money actions that the profile does not allow."""
        if action == "do" and not self.session.may(*ACTIONS[str(parameters[0])].permissions):
            return False
        return super().check_action(action, parameters)

    @work
    async def action_gear(self) -> None:
        """Open the gear menu and do what is chosen there, with the row it was opened for."""
        from tui_billing.screens.modals.gear_menu import GearEntry, GearMenu

        account, payment = self.chosen
        entries = []
        if account is not None:
            allowed = [action for action in self.MONEY if self.session.may(*action.permissions)]
            entries = [
                GearEntry(action.key, action.label_for(payment), action.name, action.refusal(account, payment))
                for action in allowed
            ]
            entries += self.other_entries()
        chosen = await self.opened(GearMenu(entries))
        if chosen in ACTIONS and account is not None:
            self._do(chosen, account, payment)
        elif chosen:
            await self.run_action(chosen)

    def action_do(self, name: str) -> None:
        """Open the dialog of a money action for the row at hand."""
        account, payment = self.chosen
        if account is None:
            self.notify("No account is selected.", severity="warning", markup=False)
        else:
            self._do(name, account, payment)

    def _do(self, name: str, account: Account, payment: Payment | None) -> None:
        self.holds_keys = True
        self._run_dialog(name, account, payment)

    @work
    async def _run_dialog(self, name: str, account: Account, payment: Payment | None) -> None:
        try:
            # The list may be older than what another operator has done.
            fresh = await self._fresh(account, payment)
            if fresh is None:
                return
            await self._offer(name, *fresh)
        finally:
            self.holds_keys = False

    async def _fresh(self, account: Account, payment: Payment | None) -> tuple[Account, Payment | None] | None:
        with self.reporting_errors():
            found = await asyncio.to_thread(self.services.accounts.show, self.session, account.number)
            if payment is not None:
                ask = self.services.payments.details
                payment = (await asyncio.to_thread(ask, self.session, account.number, payment.id)).payment
            return found, payment
        return None

    async def _offer(self, name: str, account: Account, payment: Payment | None) -> None:
        """The dialog of the action, or the reason why the row does not allow it."""
        refusal = ACTIONS[name].refusal(account, payment)
        if refusal:
            self.notify(shown(refusal), title=ACTIONS[name].label_for(payment), severity="warning", markup=False)
            return
        from tui_billing.screens.modals.dialogs import dialog_for

        dialog = dialog_for(name, self.services, self.session, account, payment)
        dialog.before_it_goes = self._show_moved
        if await told_of(self, dialog) is None:
            self.money_moved(None)

    async def _show_moved(self, moved: MoneyMoved) -> None:
        self.caught_up()
        self.money_moved(moved)
        await self.settled(monotonic())

    def money_moved(self, moved: MoneyMoved | None) -> None:
        """Show what has changed; none if the dialog was left, which may have left a Pending row."""
        raise NotImplementedError
