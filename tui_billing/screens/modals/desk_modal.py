"""What every modal of the desk has: it ends only when it is on top, whatever has come to lie over it meanwhile."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import ModalScreen

from tui_billing.screens.plain_screen import PlainScreen

ResultT = TypeVar("ResultT")


class DeskModal(PlainScreen[ResultT], ModalScreen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A modal typed by what it returns; `finish` it, never dismiss it: that would take away whatever is on top."""

    NOTICES = False
    _finished: tuple[ResultT | None] | None = None

    def finish(self, result: ResultT | None) -> None:
        """Go with this result, now or as soon as nothing lies over this modal any more."""
        if self._finished is not None:
            return
        self._finished = (result,)
        self._go()

    def on_screen_resume(self) -> None:
        """Go, if it was finished while something lay over it."""
        self._go()

    def _go(self) -> None:
        if self._finished is None or not self.is_active:
            return
        self.dismiss(self._finished[0])
        # What it changed there is shown with its going, and not after all that follows from that.
        if isinstance(self.app.screen, PlainScreen):
            self.app.screen.paint()
