"""What can be done with a line of Exceptions, each with lines of one kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_billing.domain.exceptions import ExceptionKind, ExceptionLine
from tui_billing.screens.row_action import RowAction


@dataclass(frozen=True, slots=True)
class ExceptionAction(RowAction):
    """An action on a line of this kind."""

    kind: ExceptionKind = field(kw_only=True)

    def refusal(self, line: ExceptionLine | None) -> str:
        """Why this is not possible here, or nothing."""
        if line is None:
            return "Nothing is selected."
        if line.kind is not self.kind:
            return f"Only for lines of the kind {self.kind.label}."
        return "" if line.account_number else "The charge that is disputed is not in the ledger."


LOOK_UP = ExceptionAction(
    *("l", "look_up", "Look up", "Ask the gateway what became of it; moves no money"),
    kind=ExceptionKind.UNKNOWN_OUTCOME,
)
RECORD_DISPUTE = ExceptionAction(
    *("b", "record_dispute", "Record Dispute", "Enter the charge back that the bank has made; sends nothing"),
    kind=ExceptionKind.DISPUTE,
    on_key_bar=False,
)
REVERSE = ExceptionAction(
    *("v", "reverse", "Charge Back Reversed", "Book what the bank gave back after a dispute was won"),
    kind=ExceptionKind.DISPUTE_WON,
    on_key_bar=False,
)
ACTIONS = {action.name: action for action in (LOOK_UP, RECORD_DISPUTE, REVERSE)}
