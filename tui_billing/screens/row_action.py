"""What the actions on a row are, whatever the row is: one entry of the gear menu and its direct key."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class RowAction:
    """The key, which is the letter in the gear menu too, and the words."""

    key: str
    name: str
    label: str
    tooltip: str

    on_key_bar: bool = True
    """Whether the key bar has room for it beside the keys of the list; gear menu, help and palette always name it."""

    @property
    def binding(self) -> Binding:
        """The direct key of this action on a screen."""
        action = f"do('{self.name}')"
        return Binding(self.key, action, self.label, tooltip=self.tooltip, id=self.name, show=self.on_key_bar)
