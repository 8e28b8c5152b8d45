"""What the places with a list share: the selected row, saved as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding

from tui_billing.documents.files import save_in
from tui_billing.domain.errors import refusal_of
from tui_billing.domain.text import shown
from tui_billing.screens.customer_screen import CustomerScreen
from tui_billing.screens.modals.gear_menu import GearEntry

if TYPE_CHECKING:
    from tui_billing.documents.document import Document

SAVE_KEY = "w"
LONGEST_PATH = 1_000


def save_binding(label: str, show: bool = True) -> Binding:
    """The direct key that saves the selected row, in the words of a place."""
    return Binding(SAVE_KEY, "save", label, show=show, tooltip="As a PDF that only you can read", id="save")


class DocumentScreen(CustomerScreen):
    """A place of a customer whose rows can be saved, unless the desk is set up to save nothing."""

    SAVES: ClassVar[str] = ""
    """The words of saving a row of this place."""

    _saving = False

    def documents(self) -> Callable[[], Sequence[Document]]:
        """What makes the documents of the row that is selected now; raises `RuleRefused` if it has none."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no saving where there is no folder for it."""
        if action == "save" and self.services.documents.folder is None:
            return False
        return super().check_action(action, parameters)

    def other_entries(self) -> list[GearEntry]:
        """Save the selected row."""
        entries = super().other_entries()
        if self.check_action("save", ()):
            entries.append(GearEntry(SAVE_KEY, self.SAVES, "save", refusal_of(self.documents)))
        return entries

    def action_save(self) -> None:
        """Save the selected row, unless one is being saved."""
        folder = self.services.documents.folder
        if refusal := refusal_of(self.documents):
            self.notify(shown(refusal), title=self.SAVES, severity="warning", markup=False)
        elif folder is not None and not self._saving:
            self._saving = True
            self._save(self.documents(), folder)

    @work(group="save")
    async def _save(self, documents: Callable[[], Sequence[Document]], folder: Path) -> None:
        def saved() -> list[Path]:
            return [save_in(document, folder) for document in documents()]

        try:
            paths = await self.asked(saved)
        finally:
            self._saving = False
        if paths:
            named = " and ".join(shown(str(path), LONGEST_PATH) for path in paths)
            self.notify(f"Saved as {named}.", title=self.SAVES, markup=False)
