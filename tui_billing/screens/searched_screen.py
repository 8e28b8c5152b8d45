"""What the screens with a list share: the search line over it."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui_billing.screens.desk_screen import DeskScreen, P, R
from tui_billing.widgets.search_line import SearchLine
from tui_billing.widgets.virtual_table import VirtualTable

# Details that are read within it are painted with the cursor; else it comes first, with what its row tells of itself.
DETAILS_S = 1 / 60


class SearchedScreen(DeskScreen):
    """A screen with one list, searched as one types; Enter opens, Esc clears the search before it goes back."""

    SEARCHES: ClassVar[str] = ""
    """What a search looks at, in words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", key_display="/", tooltip="Esc clears it", id="search"),
        Binding("down", "to_list", "To the list", show=False),
    ]
    search = ""
    _searching = False
    _details_until_s = 0.0

    def begin(self) -> None:
        """Without a search, and in the list."""
        super().begin()
        self.search = ""
        self._searching = False
        self._line.close()
        # At once: what is typed now is for the list.
        self.set_focus(self._list)

    @property
    def about_to_change(self) -> bool:
        """While other rows are on their way, or for a moment the details of the row that the cursor came to."""
        return self.is_mounted and (not self._list.settled or monotonic() < self._details_until_s)

    async def read_details(self, use_case: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Read what is shown beside the list of the row that the cursor came to."""
        self._details_until_s = monotonic() + DETAILS_S
        try:
            return await self.read(use_case, *args, **kwargs)
        finally:
            self._details_until_s = 0.0

    def search_line(self) -> SearchLine:
        """The line, for the screen to place over its list."""
        return SearchLine(placeholder=self.SEARCHES, id="search")

    def why_empty(self, nothing: str, no_match: str, *ways: str) -> str:
        """What an empty list says: that there is `nothing`, or, if some rows are left out, which keys show more."""
        ways = (*(("Esc clears the search",) if self.search else ()), *ways)
        return f"{no_match} {' · '.join(ways)}" if ways else nothing

    def show_found(self) -> None:
        """Show the rows that `search` finds."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc is there to clear a search, also where there is no way back; in its line a / is text."""
        if action == "back" and self._searching:
            return True
        if action == "search" and self._searching and self._line.has_focus:
            return False
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        """Go to the search line."""
        self._searching = True
        self._line.open()
        self.refresh_bindings()

    def action_to_list(self) -> None:
        """Go from the search line to what it found."""
        self._list.focus()

    def action_back(self) -> None:
        """Clear the search; without one, go one step back."""
        if not self._searching:
            super().action_back()
            return
        self._searching = False
        self._line.close()
        self._list.focus()
        self.refresh_bindings()

    def action_reload(self) -> None:
        """Read the list again."""
        self._list.reload()

    def catch_up(self) -> None:
        """Read the rows on the screen again; cursor, selection and search stay."""
        self._list.reread()

    @property
    def _line(self) -> SearchLine:
        return self.query_one(SearchLine)

    @property
    def _list(self) -> VirtualTable[Any]:
        return self.query_one(VirtualTable)

    @on(Input.Changed, "#search")
    def _on_search_changed(self, event: Input.Changed) -> None:
        if event.value != self.search:
            self.search = event.value
            self.show_found()

    @on(Input.Submitted, "#search")
    def _on_search_submitted(self) -> None:
        """Enter opens, from the search line too; the arrow down goes to the list."""
        self._list.focus()
        self._list.action_open()
