"""The base of every screen of the application: what the application asks of whichever is on top."""

from __future__ import annotations

from typing import Generic, TypeVar

from textual.screen import Screen

ResultT = TypeVar("ResultT")


class PlainScreen(Screen[ResultT], Generic[ResultT], inherit_bindings=False):
    """A screen without Textual's own keys, which copy text and save pictures."""

    holds_keys = False
    """Set while another screen is being prepared: keys typed meanwhile are for that one."""

    busy = False
    """Set while a payment is in flight."""

    def action_reload(self) -> None:
        """Read what is shown again; most screens show nothing that could have changed."""
