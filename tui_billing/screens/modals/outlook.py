"""What a money action would do, as its dialog shows it, and whether that is still so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui_billing.domain.errors import BillingError
from tui_billing.domain.money import Money
from tui_billing.domain.text import shown

if TYPE_CHECKING:
    from tui_billing.services.previews import Preview

INVOICES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Outlook:
    """The balance now; what the form as it is would do, unless it cannot be done, and then perhaps why not.

    `as_of` is the version of the database before it was read.
    """

    now: Money
    preview: Preview | None = None
    refusal: str = ""
    as_of: object = field(default=None, compare=False)

    def is_news(self, before: Outlook, same_form: bool) -> bool:
        """Whether the figures are others than those before, by more than what was typed meanwhile."""
        return self != before if same_form else self.now != before.now

    @property
    def lines(self) -> tuple[str, ...]:
        """Balance now → balance after, and which invoices it will pay or re-open."""
        return (f"Balance now {self.now}",) if self.preview is None else preview_lines(self.preview)


class FiguresChanged(BillingError):
    """Nothing was done: what the operator has seen is not so any more."""

    title = "Changed meanwhile"

    def __init__(self, outlook: Outlook) -> None:
        super().__init__(changed_words(outlook))
        self.outlook = outlook


def changed_words(outlook: Outlook) -> str:
    """That the figures have changed, and what to do about it."""
    words = f"Changed meanwhile by another operator: balance now {outlook.now}."
    return f"{words} {outlook.refusal or 'Look at the new figures, then OK.'}"


def preview_lines(preview: Preview) -> tuple[str, ...]:
    """Balance now → balance after, which invoices it will pay or re-open, and what may have been charged already."""
    lines = [f"Balance {preview.now} → {preview.after}"]
    for word, changes in (("Pays", preview.paid), ("Re-opens", preview.reopened)):
        named = [f"{shown(number)} ({amount.figure})" for number, amount in changes[:INVOICES_NAMED]]
        if len(changes) > INVOICES_NAMED:
            rest_minor = sum(amount.minor_units for _, amount in changes[INVOICES_NAMED:])
            rest = Money(rest_minor, preview.now.currency).figure
            named.append(f"{len(changes) - INVOICES_NAMED} more ({rest})")
        if named:
            lines.append(f"{word} {', '.join(named)}")
    if not preview.paid and not preview.reopened:
        lines.append("Pays or re-opens no invoice")
    if preview.pending is not None:
        lines.append(f"{preview.pending} is Pending and may have been charged: look it up first (l on its row)")
    return tuple(lines)
