"""The dialogs of a dispute: recording what the bank took, and what it gave back."""

from __future__ import annotations

from collections.abc import Iterable

from tui_billing.domain.accounts import Account
from tui_billing.domain.errors import InvalidInput
from tui_billing.domain.exceptions import ExceptionLine
from tui_billing.screens.modals.money_dialog import MoneyDialog
from tui_billing.services.desk_services import DeskServices
from tui_billing.services.previews import Preview
from tui_billing.services.results import MoneyMoved
from tui_billing.services.session import OperatorSession
from tui_billing.widgets.field import Field
from tui_billing.widgets.text_field import TextField


class DisputeDialog(MoneyDialog[str]):
    """A money action about a line of Exceptions; what it asks for is the amount."""

    def __init__(self, services: DeskServices, session: OperatorSession, account: Account, line: ExceptionLine) -> None:
        super().__init__(services, session, account, None)
        self.line = line

    def fields(self) -> Iterable[Field]:
        """The amount, and which dispute it is."""
        self._amount = TextField(value=self.line.amount.figure)
        yield Field("Amount", self._amount, self.amount_note, fixed=not self.may_be_less)
        yield Field("Dispute", TextField(value=self.line.reference), fixed=True)

    @property
    def amount_note(self) -> str:
        """How much it may be."""
        hint = f"at most {self.line.amount.figure}" if self.may_be_less else "as the bank took it"
        return f"{self.line.currency}  {hint}"

    @property
    def may_be_less(self) -> bool:
        """Whether the operator says how much."""
        return False

    def request(self) -> str:
        """The amount as typed."""
        if not self._amount.value.strip():
            raise InvalidInput("Amount is required.", field="Amount")
        return self._amount.value


class RecordDispute(DisputeDialog):
    """A charge back that the bank has made itself."""

    HEADING = "Record Dispute"

    def preview(self, request: str) -> Preview:  # noqa: ARG002
        """What recording it would do."""
        return self.services.previews.dispute(self.session, self.line.reference)

    def submit(self, request: str, key: str) -> MoneyMoved:  # noqa: ARG002
        """Record it; nothing is sent."""
        return self.services.disputes.record(self.session, self.line.reference, key)

    def told(self, moved: MoneyMoved) -> str:  # noqa: ARG002
        """The amount the bank took."""
        return f"dispute of {self.line.amount} recorded; nothing was sent"


class ReverseChargeBack(DisputeDialog):
    """Money of a dispute that was won."""

    HEADING = "Charge Back Reversed"

    @property
    def may_be_less(self) -> bool:
        """The bank may give back a part."""
        return True

    @property
    def _charge_back_id(self) -> str:
        assert self.line.charge_back_id is not None, "what was won is of a charge back"
        return self.line.charge_back_id

    def preview(self, request: str) -> Preview:
        """What the money that comes back would do."""
        return self.services.previews.reversal(self.session, self._charge_back_id, request)

    def submit(self, request: str, key: str) -> MoneyMoved:
        """Book it."""
        return self.services.disputes.reverse(self.session, self._charge_back_id, request, key)

    def told(self, moved: MoneyMoved) -> str:
        """What the payment now is."""
        return f"charge back reversed, the payment is {moved.payment.state.label.casefold()}"
