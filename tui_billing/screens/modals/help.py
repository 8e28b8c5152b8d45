"""Help: the keys of this screen and what they do."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from tui_billing.screens.modals.details import DetailsView
from tui_billing.widgets.details import Detail


class Help(DetailsView):
    """The page that lists the keys in force on a screen, with what each does."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__("Help", keys_on(screen))


def keys_on(screen: Screen[Any]) -> list[Detail]:
    """The keys in force on a screen, each with what it does."""
    lines: dict[str, Detail] = {}
    for _, binding, enabled, tooltip in screen.active_bindings.values():
        if not enabled or binding.system or not binding.description:
            continue
        keys = screen.app.get_key_display(binding)
        known = lines.get(binding.action)
        if known is not None and keys != known.label:
            keys = f"{known.label} {keys}"
        said = f"{binding.description}: {tooltip}" if tooltip else binding.description
        lines[binding.action] = Detail(keys, said)
    return list(lines.values())
