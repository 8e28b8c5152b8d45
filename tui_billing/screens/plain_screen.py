"""The base of every screen of the application: what the application asks of whichever is on top."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.widget import Widget

from tui_billing.terminal.frames import FramedScreen

ResultT = TypeVar("ResultT")


class PlainScreen(FramedScreen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A screen without Textual's own keys, which copy text and save pictures."""

    NOTICES: ClassVar[bool] = True
    """Whether notices, and the words for what the mouse points at, appear on it; else they wait for the one beneath."""

    holds_keys = False
    """Set while another screen is being prepared: keys typed meanwhile are for that one."""

    busy = False
    """Set while a payment is in flight."""

    _behind = False

    def _extend_compose(self, widgets: list[Widget]) -> None:
        # Two widgets, and their styles, in each screen.
        if self.NOTICES:
            super()._extend_compose(widgets)

    def action_reload(self) -> None:
        """Read what is shown again; most screens show nothing that could have changed."""

    def catch_up(self) -> None:
        """Others have changed something: read what is shown again, beneath the keys; most screens need not."""

    def show_outage(self, sentence: str) -> None:
        """Say that the database does not answer, or with nothing to say that it does again."""

    def fall_behind(self) -> None:
        """Others have changed something: catch up, now or as soon as nothing lies over this screen any more."""
        self._behind = True
        self._catch_up_on_top()

    def caught_up(self) -> None:
        """What is shown is about to be read again; what others change from now on still counts."""
        self._behind = False

    def on_screen_resume(self) -> None:
        """Catch up with what has been changed while something lay over this screen."""
        self._catch_up_on_top()

    def _catch_up_on_top(self) -> None:
        if self._behind and self.is_active and self.is_mounted:
            self.caught_up()
            self.catch_up()
